#include "payments/trial_balance.h"

#include "payments/posting.h"

namespace guichet::payments {

std::string to_string(v1::LedgerEntry::Account account) {
  switch (account) {
    case v1::LedgerEntry::PROGRAM_COST:
      return "program_cost";
    case v1::LedgerEntry::CLIENT:
      return "clients";
    case v1::LedgerEntry::BANK_CLEARING:
      return "bank_clearing";
    case v1::LedgerEntry::BANK:
      return "bank";
    default:
      return "unknown";
  }
}

void TrialBalance::add(const v1::Posting& posting) {
  std::uint64_t& last = last_[posting.client_id()];
  if (posting.number() <= last) return;
  const std::string id = posting.client_id() + "/p" + std::to_string(posting.number());
  if (posting.number() != last + 1 && faults_.size() < kMaxFaults)
    faults_.push_back(id + " follows " + std::to_string(last));
  if (!is_balanced(posting) && faults_.size() < kMaxFaults)
    faults_.push_back(id + " does not sum to zero for each government");
  last = posting.number();
  ++postings_;
  for (const v1::LedgerEntry& entry : posting.entries())
    accounts_[{entry.government(), entry.program(), entry.account()}] += entry.amount_cents();
}

std::int64_t TrialBalance::sum() const {
  std::int64_t cents = 0;
  for (const auto& [account, balance] : accounts_) cents += balance;
  return cents;
}

std::int64_t TrialBalance::sum_of(const std::string& government) const {
  std::int64_t cents = 0;
  for (const auto& [account, balance] : accounts_)
    if (account.government == government) cents += balance;
  return cents;
}

}  // namespace guichet::payments
