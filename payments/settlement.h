#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "guichet/v1/ledger.pb.h"

namespace guichet::payments {

/// What one program paid out of the paying agent's account in a month.
struct SettlementLine {
  std::uint64_t payments = 0;
  std::int64_t paid_cents = 0;
  std::uint64_t returns = 0;  // paid, and came back in this month
  std::int64_t returned_cents = 0;

  std::int64_t net_cents() const { return paid_cents - returned_cents; }
};

/// What governments owe the one whose account pays for all, for a month: what the bank paid of each
/// one's programs, less what came back in the month. A month that is over does not change: what
/// comes back later stands in the month in which it did.
class Settlement {
 public:
  /// A posting of the month, once each.
  void add(const v1::Posting& posting);

  /// By government, then program.
  const std::map<std::string, std::map<std::string, SettlementLine>>& governments() const {
    return governments_;
  }
  std::int64_t owed_cents(const std::string& government) const;
  /// What left the account, less what came back: the sum of all governments'.
  std::int64_t total_cents() const;

 private:
  std::map<std::string, std::map<std::string, SettlementLine>> governments_;
};

}  // namespace guichet::payments
