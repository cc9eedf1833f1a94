#pragma once

#include <vector>

#include "eventlog/log.h"

namespace guichet::eventlog {

/// Appends, and waits until the records are durable. False: they are not in the log. Not to be
/// called from a thread of the log.
bool append_and_wait(Log& log, std::vector<Record> records);

}  // namespace guichet::eventlog
