#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "guichet/v1/entitlements.pb.h"
#include "guichet/v1/ledger.pb.h"
#include "guichet/v1/payments.pb.h"

namespace guichet::payments {

/// An amount of a client's account that the log does not come to.
struct Difference {
  std::string client_id;
  std::string program;  // empty: of the account as a whole
  std::string beneficiary;
  /// entitled_by_postings, entitled_by_sets, instructed_by_postings, instructed_by_instructions: in
  /// cents; postings: how many.
  std::string what;
  std::int64_t in_account = 0;
  std::int64_t by_log = 0;

  auto operator<=>(const Difference&) const = default;
};

/// Recomputes accounts from the records that made them, in three ways that share nothing: from the
/// postings, from the entitlement sets, and from the instructions and what the bank rejected. Holds
/// them against the states of accounts. Takes the clients of one of several shares, so that memory
/// has a bound whatever their number. Records of a topic are added in order; those that come again
/// count once. Pure; one thread at a time.
class Recount {
 public:
  Recount(std::size_t share, std::size_t shares) : share_(share), shares_(shares) {}

  void add_posting(const v1::Posting& posting);
  /// `digest`: of the set's bytes, as the account keeps it.
  void add_set(const v1::EntitlementSet& set, const std::string& digest);
  void add_instruction(const v1::PaymentInstruction& instruction);
  void add_report(const std::string& client_id, const v1::PaymentReport& report);
  /// `held`: a fault keeps the client's records from being handled; the postings only are compared.
  void add_account(const v1::ClientAccount& account, bool held);

  std::size_t accounts() const { return accounts_; }
  /// Ordered by client.
  std::vector<Difference> differences() const;

 private:
  using Line = std::tuple<std::string, std::string, std::string>;  // program, government, whose
  struct Sums {
    std::int64_t entitled = 0;
    std::int64_t instructed = 0;
  };
  struct Client {
    std::uint64_t postings = 0;  // number of the last
    std::map<Line, Sums> by_postings;
    v1::ClientAccount sets;  // what the sets come to
    std::map<std::string, v1::Payment> instructed;
    std::map<std::string, bool> rejected;
    bool has_account = false;
    bool held = false;
    std::uint64_t account_postings = 0;
    std::map<Line, Sums> by_account;
  };
  /// Null: another share's.
  Client* find(const std::string& client_id);
  static std::map<Line, Sums> by_records(const Client& client);

  std::size_t share_;
  std::size_t shares_;
  std::size_t accounts_ = 0;
  std::map<std::string, Client> clients_;
};

}  // namespace guichet::payments
