#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "guichet/v1/ledger.pb.h"

namespace guichet::payments {

/// One account of the books, over all clients.
struct BookAccount {
  std::string government;
  std::string program;
  v1::LedgerEntry::Account account = v1::LedgerEntry::ACCOUNT_UNSPECIFIED;

  auto operator<=>(const BookAccount&) const = default;
};

/// program_cost, clients, bank_clearing, bank
std::string to_string(v1::LedgerEntry::Account account);

/// What the postings of `ledger` come to: a balance for each account, debits positive. Each
/// client's postings are added in their order; one that comes again, as may be on Kafka, counts
/// once.
class TrialBalance {
 public:
  void add(const v1::Posting& posting);

  const std::map<BookAccount, std::int64_t>& accounts() const { return accounts_; }
  std::uint64_t postings() const { return postings_; }
  /// Of all accounts, or of a government's: zero, or the books are wrong.
  std::int64_t sum() const;
  std::int64_t sum_of(const std::string& government) const;
  /// Postings that do not balance, and numbers of a client that are missing, as texts.
  const std::vector<std::string>& faults() const { return faults_; }

 private:
  std::map<BookAccount, std::int64_t> accounts_;
  std::unordered_map<std::string, std::uint64_t> last_;  // number of each client's last posting
  std::uint64_t postings_ = 0;
  std::vector<std::string> faults_;
};

/// Faults that are listed; a reader of more has read enough.
inline constexpr std::size_t kMaxFaults = 1'000;

}  // namespace guichet::payments
