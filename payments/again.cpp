#include "payments/again.h"

#include <algorithm>

namespace guichet::payments {
namespace {

bool has_programs_of(const v1::Payment& payment, const v1::Payment& other) {
  return std::ranges::all_of(other.parts(), [&](const v1::PaymentPart& part) {
    return std::ranges::find(payment.parts(), part.program(), &v1::PaymentPart::program) !=
           payment.parts().end();
  });
}

}  // namespace

const v1::Payment* carried_by(const v1::ClientAccount& account, const v1::Payment& rejected) {
  const auto& payments = account.payments();
  auto next = std::ranges::find(payments, rejected.id(), &v1::Payment::id);
  // Where the account no longer keeps it, all that it keeps came later.
  next = next == payments.end() ? payments.begin() : next + 1;
  const auto found = std::find_if(next, payments.end(), [&](const v1::Payment& payment) {
    return payment.status() != v1::REJECTED && payment.payee() == rejected.payee() &&
           has_programs_of(payment, rejected);
  });
  return found == payments.end() ? nullptr : &*found;
}

}  // namespace guichet::payments
