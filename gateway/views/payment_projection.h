#pragma once

#include "eventlog/record.h"
#include "eventlog/sqlite/connection.h"

namespace guichet::views {

// The tables of what can be listed of `accounts`: clients with a stop of their own, and payments
// that the bank rejected. Kept by the log's writer, like those of cases (sqlite_views.h).

/// Made anew, and empty.
void create_payment_tables(eventlog::Connection& database);
/// The newest record of a key; of other topics than `accounts` nothing.
void apply_to_payment_tables(eventlog::Connection& database, const eventlog::Record& record);

}  // namespace guichet::views
