#include "payments/reports.h"

#include <algorithm>
#include <utility>

#include "payments/tell.h"
#include "schemas/values/invariant.h"

namespace guichet::payments {
namespace {

void post(AccountChange& change, const v1::Payment& payment, v1::Posting::Why why,
          v1::LedgerEntry::Account from, v1::LedgerEntry::Account to) {
  PostingDraft draft(why, payment.id(), payment.run_id());
  for (const v1::PaymentPart& part : payment.parts())
    draft.move(part, change.account().client_id(), from, to);
  change.post(std::move(draft));
}

/// The parts are owed again, as they were before.
void take_back(AccountChange& change, const v1::Payment& payment) {
  for (const v1::PaymentPart& part : payment.parts()) {
    v1::AccountLine& line = change.line(part);
    line.set_instructed_cents(line.instructed_cents() - part.amount_cents());
    if (line.reached_to() != part.reached_to()) continue;  // a later payment went on from there
    line.set_reached(part.had_reached());
    line.set_reached_to(part.had_reached_to());
  }
}

}  // namespace

Reported take_report(AccountChange& change, const v1::PaymentReport& report) {
  const auto& known = change.account().payments();
  const auto found = std::ranges::find(known, report.payment_id(), &v1::Payment::id);
  if (found == known.end() || found->status() == v1::FROZEN) return Reported::unknown;
  if (found->amount_cents() != report.amount_cents()) return Reported::other_amount;
  const v1::PaymentStatus before = found->status();
  if (before == (report.accepted() ? v1::SETTLED : v1::REJECTED)) return Reported::repeat;
  if (before == v1::REJECTED) return Reported::contradictory;

  v1::Payment& payment =
      (*change.edit().mutable_payments())[static_cast<int>(found - known.begin())];
  payment.set_at_us(change.now_us());
  if (report.accepted()) {
    payment.set_status(v1::SETTLED);
    post(change, payment, v1::Posting::SETTLED, v1::LedgerEntry::BANK_CLEARING,
         v1::LedgerEntry::BANK);
    tell(change, payment, before);
    return Reported::taken;
  }
  payment.set_status(v1::REJECTED);
  payment.set_bank_reason(report.reason());
  post(change, payment, v1::Posting::RETURNED,
       before == v1::SETTLED ? v1::LedgerEntry::BANK : v1::LedgerEntry::BANK_CLEARING,
       v1::LedgerEntry::CLIENT);
  take_back(change, payment);
  tell(change, payment, before);
  return Reported::taken;
}

}  // namespace guichet::payments
