#include "payments/settlement.h"

#include <set>

namespace guichet::payments {

void Settlement::add(const v1::Posting& posting) {
  std::set<std::string> counted;  // a payment counts once for each program, however many its parts
  for (const v1::LedgerEntry& entry : posting.entries()) {
    if (entry.account() != v1::LedgerEntry::BANK) continue;
    SettlementLine& line = governments_[entry.government()][entry.program()];
    const bool first = counted.insert(entry.program()).second;
    if (entry.amount_cents() < 0) {  // credits the bank: money left it
      line.paid_cents -= entry.amount_cents();
      line.payments += first ? 1 : 0;
    } else {
      line.returned_cents += entry.amount_cents();
      line.returns += first ? 1 : 0;
    }
  }
}

std::int64_t Settlement::owed_cents(const std::string& government) const {
  std::int64_t cents = 0;
  if (const auto found = governments_.find(government); found != governments_.end())
    for (const auto& [program, line] : found->second) cents += line.net_cents();
  return cents;
}

std::int64_t Settlement::total_cents() const {
  std::int64_t cents = 0;
  for (const auto& [government, programs] : governments_) cents += owed_cents(government);
  return cents;
}

}  // namespace guichet::payments
