#pragma once

#include "guichet/v1/payments.pb.h"

namespace guichet::payments {

/// The payment that carries what a rejected one did: the next to the same payee that has all its
/// programs and was not rejected itself. Null: the amount is owed, and the next run pays it. Looks
/// at the payments that the account keeps. Pure.
const v1::Payment* carried_by(const v1::ClientAccount& account, const v1::Payment& rejected);

}  // namespace guichet::payments
