#pragma once

#include <string>

#include "guichet/v1/payments.pb.h"
#include "payments/account_change.h"

namespace guichet::payments {

/// What became of a bank's answer for a payment.
///
///   payment is     accepted       rejected
///   instructed     settled        rejected: the amount is owed again
///   settled        a repeat       rejected: it came back late
///   rejected       contradictory  a repeat
///   not known      unknown        unknown
enum class Reported { taken, repeat, contradictory, unknown, other_amount };

/// Takes what the bank said of one payment, and posts it. Only what is `taken` changes anything.
Reported take_report(AccountChange& change, const v1::PaymentReport& report);

}  // namespace guichet::payments
