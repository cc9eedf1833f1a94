#pragma once

#include "gateway/cases/change.h"

namespace guichet::cases {

/// Sends the whole set of what the current submission entitles the client to: eligible lines whose
/// program has consent for `payment`, with what is due from the effective date on. A withdrawn
/// submission has none. Nothing is sent where the client has no id (no SIN was given).
void send_entitlements(Change& change);

/// Sends an empty set to a client whom the application named before and names no longer.
void end_entitlements(Change& change, const std::string& client_id);

}  // namespace guichet::cases
