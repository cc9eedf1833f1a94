#pragma once

#include <cstdint>
#include <string>

#include "guichet/v1/payments.pb.h"
#include "payments/entitled.h"

namespace guichet::payments {

/// How a program pays, from its manifest.
struct Terms {
  unsigned recovered_percent = 100;  // of each payment, while there is an overpayment; 0: never
  std::int64_t left_cents = 0;       // that a recovery leaves of each payment
  std::int64_t minimum_cents = 0;    // what is less waits for the next payment
  bool paid_by_program = false;
};

/// What one line of an account is owed on a date.
struct DuePart {
  v1::PaymentPart part;            // an amount of zero: nothing is to be paid
  std::int64_t waiting_cents = 0;  // due, and less than the program's minimum
};

/// The payment for a date is what the client is entitled to by then, less what was instructed.
///
/// Where more was instructed than they were entitled to, what falls due new pays it back, by the
/// program's rule; what was due before is set off whole. New is what belongs to periods that no
/// payment has reached, so that a date that moves, or a period that is cut up differently, is never
/// paid twice.
DuePart due_on(const Entitled& entitled, const v1::AccountLine& line, const Terms& terms,
               std::int32_t date);

}  // namespace guichet::payments
