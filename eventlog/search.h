#pragma once

#include <cstdint>
#include <string_view>

#include "eventlog/log.h"

namespace guichet::eventlog {

/// Log::first_at for homes where reading anywhere is cheap: a binary search over `read`. Records
/// stand nearly in the order of their times: what a record causes has the time of the record, and
/// may come late. So each probe looks at a stretch of records, and the last stretch is searched one
/// by one.
std::uint64_t first_at_by_reading(const Log& log, std::string_view topic, std::uint32_t partition,
                                  Instant instant);

}  // namespace guichet::eventlog
