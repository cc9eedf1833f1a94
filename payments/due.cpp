#include "payments/due.h"

#include <algorithm>

#include "schemas/values/invariant.h"

namespace guichet::payments {
namespace {

/// What has come due, and what of it no payment has reached.
struct Fallen {
  std::int64_t cents = 0;
  std::int64_t fresh_cents = 0;
  std::int64_t newest_cents = 0;  // of the last day on which anything fresh fell due
  std::int32_t newest_day = 0;
  std::int32_t reached_to = 0;
  const v1::EntitledBlock* block = nullptr;
  bool more_to_come = false;
};

Fallen fallen_by(const Entitled& entitled, const v1::AccountLine& line, std::int32_t date) {
  Fallen fallen;
  fallen.reached_to = line.reached_to();
  bool reached = line.reached();
  for (const Due& due : entitled.dues) {
    if (due.due > date) {
      fallen.more_to_come = true;
      break;
    }
    fallen.cents += due.cents;
    fallen.block = due.block;
    if (!line.reached() || due.to > line.reached_to()) {
      fallen.fresh_cents += due.cents;
      if (due.due != fallen.newest_day) fallen.newest_cents = 0;
      fallen.newest_day = due.due;
      fallen.newest_cents += due.cents;
    }
    fallen.reached_to = reached ? std::max(fallen.reached_to, due.to) : due.to;
    reached = true;
  }
  return fallen;
}

}  // namespace

DuePart due_on(const Entitled& entitled, const v1::AccountLine& line, const Terms& terms,
               std::int32_t date) {
  const Fallen fallen = fallen_by(entitled, line, date);
  const std::int64_t balance = fallen.cents - line.instructed_cents();
  const std::int64_t overpaid = std::max<std::int64_t>(0, fallen.fresh_cents - balance);
  std::int64_t recovered = std::min(overpaid, fallen.fresh_cents * terms.recovered_percent / 100);
  recovered = std::min(recovered, std::max<std::int64_t>(0, fallen.fresh_cents - terms.left_cents));
  const std::int64_t amount =
      overpaid > 0 ? fallen.fresh_cents - recovered : std::max<std::int64_t>(0, balance);
  GUICHET_INVARIANT(amount >= 0 && (overpaid > 0 || amount == balance));

  DuePart due;
  v1::PaymentPart& part = due.part;
  part.set_program(entitled.program);
  part.set_government(entitled.government);
  part.set_beneficiary(entitled.beneficiary);
  part.set_overpaid_cents(overpaid - recovered);
  if (amount > 0 && amount < terms.minimum_cents && fallen.more_to_come) {
    due.waiting_cents = amount;
    return due;
  }
  part.set_amount_cents(amount);
  part.set_recovered_cents(recovered);
  part.set_arrears_cents(std::max<std::int64_t>(0, amount - fallen.newest_cents));
  if (fallen.block != nullptr) {
    part.set_determination_id(fallen.block->determination_id());
    part.set_program_version(fallen.block->program_version());
  }
  part.set_reached_to(fallen.reached_to);
  part.set_had_reached(line.reached());
  part.set_had_reached_to(line.reached_to());
  return due;
}

}  // namespace guichet::payments
