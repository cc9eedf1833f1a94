#pragma once

#include <string>

#include "guichet/v1/entitlements.pb.h"
#include "payments/account_change.h"
#include "payments/entitled.h"

namespace guichet::payments {

/// Takes an entitlement set: what the client is entitled to changes, and the difference is posted,
/// line by line; so does where they are paid. Nothing is sent to a bank. `cause`: the set's id;
/// `digest`: that of its bytes.
Taken take_entitlements(AccountChange& change, const v1::EntitlementSet& set,
                        const std::string& cause, const std::string& digest);

}  // namespace guichet::payments
