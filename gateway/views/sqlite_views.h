#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "gateway/views/views.h"

namespace guichet::eventlog {
class Log;
class Projection;
class ReadPool;
}  // namespace guichet::eventlog

namespace guichet::views {

/// The tables that lists are read from, of cases and of accounts (payment_projection.h), kept by
/// the log's writer in its own transactions. They hold only what can be asked for; a case or an
/// account itself is read from the log.
std::unique_ptr<eventlog::Projection> case_projection();

/// Whether a position of `cases` has reached the tables.
using Covers = std::function<bool(std::uint32_t partition, std::uint64_t position)>;

/// Reads the tables that case_projection() keeps, by the connections of the home of the log that
/// has them. All outlive the views.
std::unique_ptr<Views> sqlite_views(const eventlog::Log& log, eventlog::ReadPool& readers,
                                    Covers covers);

}  // namespace guichet::views
