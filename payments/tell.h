#pragma once

#include "guichet/v1/payments.pb.h"
#include "payments/account_change.h"

namespace guichet::payments {

/// Tells partner agencies what became of a payment: one event for each application that has a part
/// in it, with its parts by program. Never the bank's reason, which may say what is nobody's
/// business. `before` is the payment's status until now.
void tell(AccountChange& change, const v1::Payment& payment, v1::PaymentStatus before);

}  // namespace guichet::payments
