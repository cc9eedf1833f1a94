#pragma once

#include <span>
#include <string>

#include "eventlog/record.h"
#include "eventlog/sqlite/connection.h"

namespace guichet::eventlog {

/// Tables in guichet.db that are made from compacted topics: views. The log's writer calls, inside
/// its transaction, so that the tables always stand exactly where the log stands. Readers query
/// them through SqliteLog::readers().
///
/// Both calls may throw SQLite::Exception: the process ends, as for any failed write.
class Projection {
 public:
  virtual ~Projection() = default;

  /// Changes when the tables or what they hold change. Where the file holds another (or none), the
  /// log calls create, and then apply with the newest record of every key.
  virtual std::string version() const = 0;

  /// Makes the tables anew and empty; those that were there are dropped.
  virtual void create(Connection& database) = 0;

  /// The newest record of each key that changed, of any compacted topic, in order of position. May
  /// be records that were applied before.
  virtual void apply(Connection& database, std::span<const Record* const> records) = 0;
};

}  // namespace guichet::eventlog
