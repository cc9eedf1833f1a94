#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <condition_variable>
#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace guichet::eventlog {

/// What SQLite says of a failure, and which page is damaged where that is why.
std::string describe(const SQLite::Exception& error);

/// One connection to guichet.db with its compiled statements. One thread at a time.
/// Every call may throw SQLite::Exception.
///
/// Only one connection of a file writes and checkpoints; all others are read-only and never
/// checkpoint (a WAL bug of SQLite up to 3.51.2 loses commits where two race a checkpoint).
class Connection {
 public:
  /// kUnchecked: reads, and gives what stands in damaged pages, for who looks for the damage.
  enum class Mode { kReadOnly, kUnchecked, kWrite };
  Connection(const std::filesystem::path& file, Mode mode);

  /// The statement of this text, compiled once, here reset and without bindings. The reference
  /// holds as long as the connection; take it again instead of keeping it.
  SQLite::Statement& statement(const std::string& sql);

  /// Resets the statements, so that none holds back a checkpoint with a read that was left half
  /// done.
  void end_reads();

  void execute(const std::string& sql) { database_.exec(sql); }
  SQLite::Database& database() { return database_; }

 private:
  SQLite::Database database_;
  std::map<std::string, SQLite::Statement> statements_;
};

/// Read-only connections that threads share.
///
///   ReadPool::Lease connection = pool.lease();
///   SQLite::Statement& query = connection->statement("SELECT …");
class ReadPool {
 public:
  ReadPool(std::filesystem::path file, std::size_t most);

  class Lease {
   public:
    Lease(ReadPool& pool, std::unique_ptr<Connection> connection);
    ~Lease();
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    Connection* operator->() { return connection_.get(); }
    Connection& operator*() { return *connection_; }

   private:
    ReadPool& pool_;
    std::unique_ptr<Connection> connection_;
  };

  /// Waits while all connections are out. Leases end before the pool does.
  Lease lease();

 private:
  std::filesystem::path file_;
  std::mutex mutex_;
  std::condition_variable returned_;
  std::size_t free_;  // that may still be opened or are idle
  std::vector<std::unique_ptr<Connection>> idle_;
};

}  // namespace guichet::eventlog
