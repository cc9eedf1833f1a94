#include "eventlog/kafka/state_cache.h"

#include <algorithm>
#include <fstream>
#include <set>

namespace guichet::eventlog::kafka {
namespace {

constexpr int kFormat = 2;

std::unique_ptr<Connection> open_or_make_anew(const std::filesystem::path& file) {
  for (int attempt = 0;; ++attempt) {
    try {
      std::ofstream(file, std::ios::app).flush();  // an empty file is an empty database
      std::filesystem::permissions(
          file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
      auto connection = std::make_unique<Connection>(file, Connection::Mode::kWrite);
      SQLite::Database& database = connection->database();
      if (database.execAndGet("PRAGMA user_version").getInt() == kFormat) return connection;
      connection->execute("PRAGMA journal_mode=WAL");
      connection->execute(
          "DROP TABLE IF EXISTS state; DROP TABLE IF EXISTS progress; DROP TABLE IF EXISTS "
          "cluster;");
      connection->execute(
          "CREATE TABLE state(topic TEXT, key TEXT, partition INTEGER, position INTEGER, "
          "wake_at INTEGER, envelope BLOB, PRIMARY KEY(topic, key));"
          "CREATE TABLE cluster(id TEXT);"
          "CREATE INDEX state_due ON state(topic, wake_at) WHERE wake_at > 0;"
          "CREATE TABLE progress(topic TEXT, partition INTEGER, next INTEGER, "
          "PRIMARY KEY(topic, partition)) WITHOUT ROWID;");
      connection->execute("PRAGMA user_version=" + std::to_string(kFormat));
      return connection;
    } catch (const SQLite::Exception&) {
      if (attempt > 0) throw;
      for (const char* suffix : {"", "-wal", "-shm"})
        std::filesystem::remove(file.string() + suffix);
    }
  }
}

void bind_text(SQLite::Statement& statement, int index, std::string_view text) {
  statement.bind(index, std::string(text));
}

/// A stranger, or another tool, may have written what is none.
bool is_state(const Record& record) {
  return record.header.kind() == v1::KIND_KEY_STATE && !record.header.key().empty();
}

/// Of a row of partition, position, envelope.
Record record_of(SQLite::Statement& row, std::string_view topic) {
  Record record;
  record.topic = topic;
  record.partition = row.getColumn(0).getUInt();
  record.position = static_cast<std::uint64_t>(row.getColumn(1).getInt64());
  const SQLite::Column blob = row.getColumn(2);
  v1::Envelope envelope;
  envelope.ParseFromArray(blob.getBlob(), blob.getBytes());
  record.header.Swap(envelope.mutable_header());
  record.payload.swap(*envelope.mutable_payload());
  return record;
}

std::vector<const Record*> newest_of_each_key(std::span<const Record> records) {
  std::set<std::pair<std::string_view, std::string_view>> seen;
  std::vector<const Record*> newest;
  for (auto record = records.rbegin(); record != records.rend(); ++record)
    if (is_state(*record) && seen.emplace(record->topic, record->header.key()).second)
      newest.push_back(&*record);
  std::reverse(newest.begin(), newest.end());
  return newest;
}

}  // namespace

std::optional<Record> latest_in(Connection& connection, std::string_view topic,
                                std::string_view key) {
  SQLite::Statement& query = connection.statement(
      "SELECT partition, position, envelope FROM state WHERE topic = ? AND key = ?");
  bind_text(query, 1, topic);
  bind_text(query, 2, key);
  std::optional<Record> record;
  if (query.executeStep()) record = record_of(query, topic);
  query.reset();
  return record;
}

StateCache::StateCache(const std::filesystem::path& file) {
  std::filesystem::create_directories(file.parent_path());
  connection_ = open_or_make_anew(file);
  connection_->execute("PRAGMA synchronous=OFF");
}

std::optional<Record> StateCache::latest(std::string_view topic, std::string_view key) {
  return latest_in(*connection_, topic, key);
}

std::vector<DueState> StateCache::due(std::string_view topic,
                                      std::span<const std::uint32_t> partitions, Instant now,
                                      std::size_t most) {
  SQLite::Statement& query = connection_->statement(
      "SELECT key, wake_at, partition FROM state WHERE topic = ? AND wake_at > 0 AND wake_at <= ? "
      "ORDER BY wake_at");
  bind_text(query, 1, topic);
  query.bind(2, static_cast<std::int64_t>(to_micros(now)));
  std::vector<DueState> found;
  while (found.size() < most && query.executeStep()) {
    const std::uint32_t partition = query.getColumn(2).getUInt();
    if (std::find(partitions.begin(), partitions.end(), partition) == partitions.end()) continue;
    found.push_back({query.getColumn(0).getString(), from_micros(query.getColumn(1).getInt64())});
  }
  query.reset();
  return found;
}

std::vector<Record> StateCache::scan(std::string_view topic, std::uint32_t partition,
                                     std::string_view after, std::size_t most) {
  SQLite::Statement& query = connection_->statement(
      "SELECT partition, position, envelope FROM state "
      "WHERE topic = ? AND key > ? AND partition = ? ORDER BY key");
  bind_text(query, 1, topic);
  bind_text(query, 2, after);
  query.bind(3, partition);
  std::vector<Record> found;
  while (found.size() < most && query.executeStep()) found.push_back(record_of(query, topic));
  query.reset();
  return found;
}

std::uint64_t StateCache::next_offset(std::string_view topic, std::uint32_t partition) {
  SQLite::Statement& query =
      connection_->statement("SELECT next FROM progress WHERE topic = ? AND partition = ?");
  bind_text(query, 1, topic);
  query.bind(2, partition);
  const std::uint64_t next =
      query.executeStep() ? static_cast<std::uint64_t>(query.getColumn(0).getInt64()) : 0;
  query.reset();
  return next;
}

void StateCache::apply(std::span<const Record> records, const Offsets& next,
                       Projection* projection) {
  SQLite::Transaction transaction(connection_->database());
  for (const Record& record : records) {
    if (!is_state(record)) continue;  // the log makes a dead letter of it
    v1::Envelope envelope;
    *envelope.mutable_header() = record.header;
    envelope.set_payload(record.payload);
    const std::string bytes = envelope.SerializeAsString();
    SQLite::Statement& write = connection_->statement(
        "INSERT INTO state VALUES(?, ?, ?, ?, ?, ?) ON CONFLICT(topic, key) DO UPDATE SET "
        "partition = excluded.partition, position = excluded.position, "
        "wake_at = excluded.wake_at, envelope = excluded.envelope "
        "WHERE excluded.position >= position");
    bind_text(write, 1, record.topic);
    bind_text(write, 2, record.header.key());
    write.bind(3, record.partition);
    write.bind(4, static_cast<std::int64_t>(record.position));
    write.bind(5, static_cast<std::int64_t>(record.header.wake_at_us()));
    write.bind(6, bytes.data(), static_cast<int>(bytes.size()));
    write.exec();
  }
  if (projection != nullptr) projection->apply(*connection_, newest_of_each_key(records));
  for (const auto& [where, offset] : next) {
    SQLite::Statement& write =
        connection_->statement("INSERT OR REPLACE INTO progress VALUES(?, ?, ?)");
    bind_text(write, 1, where.first);
    write.bind(2, where.second);
    write.bind(3, static_cast<std::int64_t>(offset));
    write.exec();
  }
  transaction.commit();
}

void StateCache::forget(std::string_view topic, std::uint32_t partition) {
  SQLite::Transaction transaction(connection_->database());
  for (const char* sql : {"DELETE FROM state WHERE topic = ? AND partition = ?",
                          "DELETE FROM progress WHERE topic = ? AND partition = ?"}) {
    SQLite::Statement& statement = connection_->statement(sql);
    bind_text(statement, 1, topic);
    statement.bind(2, partition);
    statement.exec();
  }
  transaction.commit();
}

bool StateCache::belong_to(const std::string& cluster_id) {
  SQLite::Statement& query = connection_->statement("SELECT id FROM cluster");
  const std::string before = query.executeStep() ? query.getColumn(0).getString() : "";
  query.reset();
  if (before == cluster_id) return false;
  SQLite::Transaction transaction(connection_->database());
  connection_->execute("DELETE FROM state; DELETE FROM progress; DELETE FROM cluster");
  SQLite::Statement& write = connection_->statement("INSERT INTO cluster VALUES(?)");
  write.bind(1, cluster_id);
  write.exec();
  transaction.commit();
  return !before.empty();
}

}  // namespace guichet::eventlog::kafka
