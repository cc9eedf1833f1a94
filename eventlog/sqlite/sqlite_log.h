#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "eventlog/log.h"
#include "schemas/topics.h"
#include "schemas/values/result.h"

namespace guichet::eventlog {

class DataFolder;
class Projection;
class ReadPool;

struct SqliteOptions {
  std::filesystem::path folder;
  std::vector<topics::Topic> topics;
  std::shared_ptr<Projection> projection;  // null: none
  std::uint32_t partitions = 1;  // declared when the file is made, and the same ever after
  std::size_t read_connections = 4;
  std::size_t most_waiting_records = 20'000;  // not durable yet; more are refused
  /// Called when the disk failed: what is written after that cannot be known, so it must not
  /// return. The default writes the message to standard error and ends the process.
  std::function<void(const std::string&)> on_disk_failure;
};

/// The log in one SQLite file, <folder>/guichet.db, of one process at a time.
///
/// The order of records is fixed in memory, at once; one writer takes all that waits, writes it in
/// one transaction, syncs, and only then acknowledges. What is on disk is always a prefix of the
/// order. Sessions and tails end before the log does; its destructor writes all that waits.
class SqliteLog : public Log {
 public:
  /// Makes the folder and the file where there are none. Fails, and changes nothing, where the file
  /// is damaged, newer than this program, or in use by another process.
  static Result<std::unique_ptr<SqliteLog>> open(SqliteOptions options);

  /// For queries of a projection's tables.
  virtual ReadPool& readers() = 0;
};

/// What a whole check of a stopped server's file found.
struct VerifyReport {
  std::uint64_t segments = 0;
  std::uint64_t states = 0;
  std::uint64_t records = 0;  // in segments
  std::string damage;  // the first damaged place, by topic, partition and position; empty: none
};

/// Checks every checksum and chain. Fails where there is nothing to check, or a process uses it.
Result<VerifyReport> verify_sqlite_log(const std::filesystem::path& folder);
Result<VerifyReport> verify_sqlite_log(const DataFolder& locked);

/// Makes the tables of a projection anew, on a stopped server.
Result<void> rebuild_projection(const std::filesystem::path& folder, Projection& projection);

}  // namespace guichet::eventlog
