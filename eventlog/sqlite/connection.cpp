#include "eventlog/sqlite/connection.h"

#include <sqlite3.h>

#include <utility>

#include "eventlog/sqlite/checked_vfs.h"

namespace guichet::eventlog {

namespace {
constexpr int kBusyMilliseconds = 5000;
}

std::string describe(const SQLite::Exception& error) {
  if (error.getExtendedErrorCode() != SQLITE_IOERR_DATA) return error.what();
  return last_damaged_page();
}

Connection::Connection(const std::filesystem::path& file, Mode mode)
    : database_(file.string(),
                mode == Mode::kWrite ? SQLite::OPEN_READWRITE : SQLite::OPEN_READONLY,
                kBusyMilliseconds, mode == Mode::kUnchecked ? "" : checked_vfs()) {
  if (mode != Mode::kWrite) {
    execute("PRAGMA wal_autocheckpoint=0");
    execute("PRAGMA query_only=1");
  }
}

SQLite::Statement& Connection::statement(const std::string& sql) {
  auto found = statements_.find(sql);
  if (found == statements_.end()) {
    found = statements_.try_emplace(sql, database_, sql).first;
  } else {
    found->second.tryReset();
    found->second.clearBindings();
  }
  return found->second;
}

void Connection::end_reads() {
  for (auto& [sql, statement] : statements_) statement.tryReset();
}

ReadPool::ReadPool(std::filesystem::path file, std::size_t most)
    : file_(std::move(file)), free_(most) {}

ReadPool::Lease ReadPool::lease() {
  std::unique_ptr<Connection> connection;
  {
    std::unique_lock lock(mutex_);
    returned_.wait(lock, [&] { return free_ > 0; });
    --free_;
    if (!idle_.empty()) {
      connection = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  return Lease(*this, std::move(connection));
}

ReadPool::Lease::Lease(ReadPool& pool, std::unique_ptr<Connection> connection)
    : pool_(pool), connection_(std::move(connection)) {
  if (connection_) return;
  try {
    connection_ = std::make_unique<Connection>(pool_.file_, Connection::Mode::kReadOnly);
  } catch (...) {
    const std::lock_guard lock(pool_.mutex_);
    ++pool_.free_;
    pool_.returned_.notify_one();
    throw;
  }
}

ReadPool::Lease::~Lease() {
  connection_->end_reads();
  const std::lock_guard lock(pool_.mutex_);
  pool_.idle_.push_back(std::move(connection_));
  ++pool_.free_;
  pool_.returned_.notify_one();
}

}  // namespace guichet::eventlog
