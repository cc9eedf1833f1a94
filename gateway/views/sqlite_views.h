#pragma once

#include <memory>

#include "gateway/views/views.h"

namespace guichet::eventlog {
class Projection;
class SqliteLog;
}  // namespace guichet::eventlog

namespace guichet::views {

/// The tables that lists are read from, kept by the log's writer in its own transactions. They hold
/// only what can be asked for; the case itself is read from the log.
std::unique_ptr<eventlog::Projection> case_projection();

/// Reads the tables of a log that was opened with case_projection(). The log outlives the views.
std::unique_ptr<Views> sqlite_views(eventlog::SqliteLog& log);

}  // namespace guichet::views
