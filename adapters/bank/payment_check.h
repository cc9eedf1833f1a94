#pragma once

#include <optional>

#include "adapters/bank/fault_text.h"
#include "adapters/bank/payment.h"

namespace guichet::bank {

/// What keeps a payment out of a file.
enum class PaymentFault {
  name_missing,
  name_not_latin,  // a name that cannot be written in the letters that banks take
  account,         // not 3, 5, and 5 to 12 digits
  amount,          // not above zero, too large, or not the sum of its parts
  parts,           // none, too many, or one that lacks its program or government
  identifier,      // not 1 to 35 of A-Z a-z 0-9 -
};

/// Why this payment cannot be written, or nothing. A payment with a fault is held before its run is
/// released: a file with one in it is not made. Pure.
std::optional<PaymentFault> check_payment(const Payment& payment);
std::optional<PaymentFault> check_account(const Account& account);

/// What to do about it.
FaultText text_of(PaymentFault fault);

}  // namespace guichet::bank
