#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

// A bank of the tests that knows ISO 20022 and nothing of Guichet: it shares no code with the
// product, reads its files by itself, and keeps its own accounts.

namespace guichet::testing {

/// What one program paid into one account in one month, as the remittance information says.
struct Credit {
  std::string account;  // the payee's
  std::string program;
  std::string government;  // that issued it
  std::string month;       // 2026-01, of the day of the payment

  auto operator<=>(const Credit&) const = default;
};

class SimulatedBank {
 public:
  /// Takes in a pain.001 file. What is wrong with it: a count or a sum that is not that of its
  /// payments, parts that do not add up, an id that was used before; empty: nothing. Pays everyone
  /// in it whom `rejects` does not name, by the EndToEndId.
  using Rejects = std::function<bool(const std::string& id)>;
  std::string take(const std::filesystem::path& file, const Rejects& rejects);

  /// The pain.002 to the file that was taken last. The same file has the same answer.
  std::string answer() const;

  /// A payment of the last file that was paid comes back after all: the pain.002 that says so. Once
  /// for each file.
  std::string late_return();

  /// What stands in the payees' accounts, by the programs that paid it; what came back left out.
  const std::map<Credit, std::int64_t>& credits() const { return credits_; }
  /// What was taken from the account of who pays, less what came back.
  std::int64_t debited_cents() const { return debited_cents_; }
  std::size_t payments() const { return ids_.size(); }
  std::size_t rejected() const { return rejected_; }

 private:
  struct Payment {
    std::string id;
    std::map<Credit, std::int64_t> parts;
    std::int64_t cents = 0;
    bool paid = false;
  };
  void book(Payment& payment, bool paid);
  std::string message(char kind, const std::vector<const Payment*>& payments) const;

  std::map<Credit, std::int64_t> credits_;
  std::int64_t debited_cents_ = 0;
  std::set<std::string> files_, ids_;
  std::size_t rejected_ = 0;
  // Of the last file.
  std::string message_id_, batch_id_;
  std::vector<Payment> last_;
};

}  // namespace guichet::testing
