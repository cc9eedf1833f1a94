#include "eventlog/sqlite/store.h"

#include <sqlite3.h>

#include <algorithm>
#include <limits>
#include <stdexcept>

#include "eventlog/sqlite/projection.h"
#include "schemas/values/invariant.h"

namespace guichet::eventlog {

namespace {

constexpr std::size_t kMaxSegmentBytes = 512 * 1024;
constexpr std::size_t kMaxSegmentRecords = 1024;
constexpr int kCheckpointPages = 8000;  // 32 MB of write-ahead log
constexpr std::size_t kRebuildRows = 500;

std::int64_t stored(std::uint64_t number) {
  return static_cast<std::int64_t>(number);
}

std::uint64_t number(const SQLite::Column& column) {
  return static_cast<std::uint64_t>(column.getInt64());
}

std::string_view blob(const SQLite::Column& column) {
  return {static_cast<const char*>(column.getBlob()), static_cast<std::size_t>(column.getBytes())};
}

/// The memory that processes share beside the write-ahead log is a file too, and grows with it.
bool is_full(const SQLite::Exception& error) {
  return error.getErrorCode() == SQLITE_FULL ||
         error.getExtendedErrorCode() == SQLITE_IOERR_SHMSIZE;
}

Record state_of(SQLite::Statement& row, const std::string& topic) {
  Record record;  // position, partition, checksum, record
  record.topic = topic;
  record.position = number(row.getColumn(0));
  record.partition = row.getColumn(1).getUInt();
  const std::string_view bytes = blob(row.getColumn(3));
  if (state_checksum(bytes, record.position) != number(row.getColumn(2))) throw DamagedError{};
  read_state(bytes, record);
  return record;
}

}  // namespace

void Topics::add(StoredTopic topic) {
  by_name_[topic.name] = all_.size();
  all_.push_back(std::move(topic));
}

std::size_t Topics::find(std::string_view name) const {
  const auto found = by_name_.find(name);
  GUICHET_INVARIANT(found != by_name_.end());
  return found->second;
}

Store::Store(const std::filesystem::path& file, const std::vector<topics::Topic>& wanted,
             Projection* projection)
    : connection_(file, Connection::Mode::kWrite), projection_(projection) {
  connection_.execute("PRAGMA synchronous=FULL");
  connection_.execute("PRAGMA wal_autocheckpoint=0");  // its errors would be lost: see checkpoint
  connection_.execute("PRAGMA journal_size_limit=67108864");
  connection_.execute("PRAGMA cache_size=-8000");
  connection_.execute("PRAGMA temp_store=MEMORY");
  // Whoever only looks at the file, or fails to take it, leaves the write-ahead log: its absence
  // means that it was lost, unless the file says that it was closed in order.
  keep_wal_on_close(true);
  sqlite3_wal_hook(
      connection_.database().getHandle(),
      [](void* pages, sqlite3*, const char*, int count) {
        *static_cast<int*>(pages) = count;
        return SQLITE_OK;
      },
      &wal_pages_);

  SQLite::Statement& log =
      connection_.statement("SELECT epoch, last_position, partitions, clean FROM log");
  if (!log.executeStep()) throw std::runtime_error("the table `log` is empty");
  epoch_ = log.getColumn(0).getInt64();
  last_position_ = number(log.getColumn(1));
  partitions_ = log.getColumn(2).getUInt();
  was_clean_ = log.getColumn(3).getInt() != 0;
  log.reset();

  SQLite::Statement& known = connection_.statement("SELECT topic, name, compacted FROM topics");
  while (known.executeStep()) {
    topics_.add({.id = known.getColumn(0).getInt64(),
                 .name = known.getColumn(1).getString(),
                 .compacted = known.getColumn(2).getInt() != 0,
                 .partitions = std::vector<StreamHead>(partitions_)});
  }
  read_heads();
  std::map<std::string, std::size_t> by_name;
  for (std::size_t i = 0; i < topics_.size(); ++i) by_name[topics_[i].name] = i;
  for (const topics::Topic& topic : wanted) {
    const auto found = by_name.find(topic.name);
    if (found == by_name.end()) {
      topics_.add({.id = -1,
                   .name = topic.name,
                   .compacted = topic.compacted,
                   .partitions = std::vector<StreamHead>(partitions_)});
    } else if (topics_[found->second].compacted != topic.compacted) {
      throw std::runtime_error("topic " + topic.name + " is there with another kind of retention");
    }
  }
}

void Store::read_heads() {
  std::map<std::int64_t, std::size_t> by_id;
  for (std::size_t i = 0; i < topics_.size(); ++i) {
    by_id[topics_[i].id] = i;
    topics_[i].partitions.assign(partitions_, StreamHead{});
  }
  SQLite::Statement& heads =
      connection_.statement("SELECT topic, partition, last, segments, chain FROM streams");
  while (heads.executeStep()) {
    topics_[by_id.at(heads.getColumn(0).getInt64())].partitions.at(heads.getColumn(1).getUInt()) = {
        .last = number(heads.getColumn(2)),
        .segments = number(heads.getColumn(3)),
        .chain = number(heads.getColumn(4))};
  }
  heads.reset();
}

std::vector<Move> Store::groups() {
  std::map<std::int64_t, std::size_t> by_id;
  for (std::size_t i = 0; i < topics_.size(); ++i) by_id[topics_[i].id] = i;
  std::vector<Move> groups;
  SQLite::Statement& row = connection_.statement("SELECT name, topic, partition, next FROM groups");
  while (row.executeStep()) {
    groups.push_back({.group = row.getColumn(0).getString(),
                      .topic = by_id.at(row.getColumn(1).getInt64()),
                      .partition = row.getColumn(2).getUInt(),
                      .next = number(row.getColumn(3))});
  }
  return groups;
}

std::map<std::string, Attempt, std::less<>> Store::attempts() {
  std::map<std::string, Attempt, std::less<>> attempts;
  SQLite::Statement& row =
      connection_.statement("SELECT name, topic, partition, position, tries FROM attempts");
  while (row.executeStep()) {
    attempts[row.getColumn(0).getString()] = {.topic = row.getColumn(1).getString(),
                                              .partition = row.getColumn(2).getUInt(),
                                              .position = number(row.getColumn(3)),
                                              .tries = row.getColumn(4).getUInt()};
  }
  return attempts;
}

void Store::start() {
  try {
    take();
  } catch (const SQLite::Exception& error) {
    if (is_full(error)) throw DiskFull();
    throw;
  }
}

void Store::take() {
  connection_.execute("BEGIN IMMEDIATE");
  ++epoch_;
  SQLite::Statement& take = connection_.statement("UPDATE log SET epoch = ?, clean = 0");
  take.bind(1, epoch_);
  take.exec();
  SQLite::Statement& format = connection_.statement("PRAGMA user_version");
  format.executeStep();
  const bool before_compression = format.getColumn(0).getInt() == 2;
  format.reset();
  if (before_compression) connection_.execute("PRAGMA user_version=3");
  for (std::size_t i = 0; i < topics_.size(); ++i) {
    if (topics_[i].id >= 0) continue;
    SQLite::Statement& add =
        connection_.statement("INSERT INTO topics (name, compacted) VALUES (?, ?)");
    add.bind(1, topics_[i].name);
    add.bind(2, topics_[i].compacted ? 1 : 0);
    add.exec();
    topics_[i].id = connection_.database().getLastInsertRowid();
  }
  connection_.execute("COMMIT");
  // That it was not stopped in order stands in the file itself, not only beside it.
  if (!checkpoint()) throw DiskFull();
  if (projection_ == nullptr) return;
  SQLite::Statement& version = connection_.statement("SELECT projection FROM log");
  version.executeStep();
  const bool current = version.getColumn(0).getString() == projection_->version();
  version.reset();
  if (!current) rebuild(*projection_);
}

void Store::write(std::span<const std::shared_ptr<const Batch>> batches) {
  try {
    write_all(batches);
  } catch (const SQLite::Exception& error) {
    if (!is_full(error)) throw;
    undo();
    throw DiskFull();
  }
  if (wal_pages_ >= kCheckpointPages) checkpoint();
}

/// The file is as before the transaction; so is what is known of it.
void Store::undo() {
  connection_.end_reads();
  if (sqlite3_get_autocommit(connection_.database().getHandle()) == 0) {
    connection_.execute("ROLLBACK");
  }
  read_heads();
}

void Store::write_all(std::span<const std::shared_ptr<const Batch>> batches) {
  connection_.execute("BEGIN IMMEDIATE");
  last_position_ = batches.back()->last;
  SQLite::Statement& hold =
      connection_.statement("UPDATE log SET last_position = ? WHERE id = 1 AND epoch = ?");
  hold.bind(1, stored(last_position_));
  hold.bind(2, epoch_);
  if (hold.exec() != 1) {
    throw std::runtime_error("another process has taken the file over");
  }

  std::vector<const Record*> plain;
  std::vector<const Record*> compacted;
  std::map<std::pair<std::string, std::pair<std::size_t, std::uint32_t>>, const Move*> moves;
  for (const auto& batch : batches) {
    for (const Record& record : batch->records) {
      const bool state = topics_[topics_.find(record.topic)].compacted;
      (state ? compacted : plain).push_back(&record);
    }
    for (const Move& move : batch->moves) moves[{move.group, {move.topic, move.partition}}] = &move;
  }
  add_segments(plain);
  write_states(compacted);
  for (const auto& [place, move] : moves) write_move(*move);
  for (const auto& batch : batches) {
    if (batch->attempt) write_attempt(*batch->attempt);
  }
  connection_.execute("COMMIT");
}

void Store::add_segments(const std::vector<const Record*>& records) {
  std::map<std::pair<std::size_t, std::uint32_t>, Segment> open;
  for (const Record* record : records) {
    const std::pair stream{topics_.find(record->topic), record->partition};
    Segment& segment = open[stream];
    segment.add(*record);
    if (segment.bytes.size() >= kMaxSegmentBytes || segment.count >= kMaxSegmentRecords) {
      write_segment(stream, segment);
      segment = Segment{};
    }
  }
  for (auto& [stream, segment] : open) {
    if (segment.count > 0) write_segment(stream, segment);
    const StoredTopic& topic = topics_[stream.first];
    const StreamHead& head = topic.partitions[stream.second];
    SQLite::Statement& row = connection_.statement(
        "INSERT OR REPLACE INTO streams (topic, partition, last, segments, chain) "
        "VALUES (?, ?, ?, ?, ?)");
    row.bind(1, topic.id);
    row.bind(2, stream.second);
    row.bind(3, stored(head.last));
    row.bind(4, stored(head.segments));
    row.bind(5, stored(head.chain));
    row.exec();
  }
}

void Store::write_segment(const std::pair<std::size_t, std::uint32_t>& stream, Segment& segment) {
  StoredTopic& topic = topics_[stream.first];
  StreamHead& head = topic.partitions[stream.second];
  segment.seal(head.chain);
  head = {.last = segment.last, .segments = head.segments + 1, .chain = segment.chain};
  SQLite::Statement& row = connection_.statement(
      "INSERT INTO segments (first, topic, partition, last, count, checksum, chain, records) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  row.bind(1, stored(segment.first));
  row.bind(2, topic.id);
  row.bind(3, stream.second);
  row.bind(4, stored(segment.last));
  row.bind(5, stored(segment.count));
  row.bind(6, stored(segment.checksum));
  row.bind(7, stored(segment.chain));
  row.bindNoCopy(8, segment.bytes.data(), static_cast<int>(segment.bytes.size()));
  row.exec();
}

void Store::write_states(const std::vector<const Record*>& records) {
  std::unordered_map<std::string_view, std::map<std::size_t, const Record*>> newest;
  for (const Record* record : records) {
    newest[record->header.key()][topics_.find(record->topic)] = record;
  }
  std::vector<const Record*> last;
  for (const auto& [key, by_topic] : newest) {
    for (const auto& [topic, record] : by_topic) last.push_back(record);
  }
  std::ranges::sort(last, {}, &Record::position);
  for (const Record* record : last) {
    StoredTopic& topic = topics_[topics_.find(record->topic)];
    topic.partitions[record->partition].last = record->position;
    const std::string bytes = state_bytes(*record);
    SQLite::Statement& row = connection_.statement(
        "INSERT OR REPLACE INTO states (position, topic, partition, key, wake_at, checksum, "
        "record) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)");
    row.bind(1, stored(record->position));
    row.bind(2, topic.id);
    row.bind(3, record->partition);
    row.bindNoCopy(4, record->header.key());
    row.bind(5, static_cast<std::int64_t>(record->header.wake_at_us()));
    row.bind(6, stored(state_checksum(bytes, record->position)));
    row.bindNoCopy(7, bytes.data(), static_cast<int>(bytes.size()));
    row.exec();
  }
  std::map<std::pair<std::size_t, std::uint32_t>, std::uint64_t> ends;
  for (const Record* record : last) {
    ends[{topics_.find(record->topic), record->partition}] = record->position;
  }
  for (const auto& [stream, position] : ends) {
    SQLite::Statement& row = connection_.statement(
        "INSERT OR REPLACE INTO streams (topic, partition, last, segments, chain) "
        "VALUES (?, ?, ?, 0, 0)");
    row.bind(1, topics_[stream.first].id);
    row.bind(2, stream.second);
    row.bind(3, stored(position));
    row.exec();
  }
  if (projection_ == nullptr || last.empty()) return;
  projection_->apply(connection_, last);
}

void Store::write_move(const Move& move) {
  SQLite::Statement& row = connection_.statement(
      "INSERT OR REPLACE INTO groups (name, topic, partition, next) VALUES (?, ?, ?, ?)");
  row.bindNoCopy(1, move.group);
  row.bind(2, topics_[move.topic].id);
  row.bind(3, move.partition);
  row.bind(4, stored(move.next));
  row.exec();
}

void Store::write_attempt(const GroupAttempt& written) {
  if (!written.attempt) {
    SQLite::Statement& row = connection_.statement("DELETE FROM attempts WHERE name = ?");
    row.bindNoCopy(1, written.group);
    row.exec();
    return;
  }
  SQLite::Statement& row = connection_.statement(
      "INSERT OR REPLACE INTO attempts (name, topic, partition, position, tries) "
      "VALUES (?, ?, ?, ?, ?)");
  row.bindNoCopy(1, written.group);
  row.bindNoCopy(2, written.attempt->topic);
  row.bind(3, written.attempt->partition);
  row.bind(4, stored(written.attempt->position));
  row.bind(5, written.attempt->tries);
  row.exec();
}

/// Moves the write-ahead log into the file. SQLite's own automatic checkpoint ignores an error and
/// tries again later, when a failed fsync has already lost pages; here any error ends the process,
/// but that there is no room: then the log goes on growing, and this is tried after each commit.
bool Store::checkpoint() {
  const int code = sqlite3_wal_checkpoint_v2(connection_.database().getHandle(), nullptr,
                                             SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  if (code == SQLITE_FULL) return false;
  if (code != SQLITE_OK && code != SQLITE_BUSY) {
    throw SQLite::Exception(connection_.database().getHandle(), code);
  }
  return true;
}

void Store::stop() {
  connection_.execute("BEGIN IMMEDIATE");
  SQLite::Statement& clean =
      connection_.statement("UPDATE log SET clean = 1 WHERE id = 1 AND epoch = ?");
  clean.bind(1, epoch_);
  clean.exec();
  connection_.execute("DELETE FROM attempts");
  connection_.execute("COMMIT");
  keep_wal_on_close(false);
}

void Store::keep_wal_on_close(bool keep) {
  sqlite3_db_config(connection_.database().getHandle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE,
                    keep ? 1 : 0, nullptr);
}

void Store::rebuild(Projection& projection) {
  connection_.execute("BEGIN IMMEDIATE");
  projection.create(connection_);
  std::int64_t after = 0;
  while (true) {
    std::vector<Record> records;
    {
      SQLite::Statement& row = connection_.statement(
          "SELECT position, partition, checksum, record, name FROM states JOIN topics USING "
          "(topic) "
          "WHERE position > ? ORDER BY position LIMIT ?");
      row.bind(1, after);
      row.bind(2, static_cast<std::int64_t>(kRebuildRows));
      while (row.executeStep()) {
        after = row.getColumn(0).getInt64();
        try {
          records.push_back(state_of(row, row.getColumn(4).getString()));
        } catch (const DamagedError&) {
          throw std::runtime_error("the state at position " + std::to_string(after) +
                                   " is damaged; run guichet verify");
        }
      }
      row.reset();
    }
    if (records.empty()) break;
    std::vector<const Record*> page;
    for (const Record& record : records) page.push_back(&record);
    projection.apply(connection_, page);
  }
  SQLite::Statement& version = connection_.statement("UPDATE log SET projection = ?");
  version.bind(1, projection.version());
  version.exec();
  connection_.execute("COMMIT");
  checkpoint();
}

Result<std::unique_ptr<Store>> open_store(const std::filesystem::path& file,
                                          const std::vector<topics::Topic>& wanted,
                                          Projection* projection) {
  std::error_code error;
  const std::uintmax_t wal = std::filesystem::file_size(file.string() + "-wal", error);
  const bool wal_is_there = !error && wal > 0;
  const auto damaged = [&](const std::string& what) {
    return Failure{file.string() + ": damaged or unreadable: " + what +
                   "; nothing was changed; run `guichet verify`, or restore a backup"};
  };
  try {
    auto store = std::make_unique<Store>(file, wanted, projection);
    if (!store->was_clean() && !wal_is_there) {
      return Failure{file.string() + ": it was not closed in order, and its write-ahead log " +
                     file.string() +
                     "-wal is gone, with the last records in it; put that file back, or restore a "
                     "backup"};
    }
    return store;
  } catch (const SQLite::Exception& error) {
    if (is_full(error)) return Failure{file.string() + ": " + DiskFull().what()};
    return damaged(describe(error));
  } catch (const std::exception& error) {
    return damaged(error.what());
  }
}

std::vector<Record> read_records(Connection& connection, const StoredTopic& topic,
                                 std::uint32_t partition, std::uint64_t from, std::uint64_t below,
                                 std::size_t most) {
  std::vector<Record> records;
  if (most == 0) return records;
  const auto bound = static_cast<std::int64_t>(
      std::min<std::uint64_t>(below, std::numeric_limits<std::int64_t>::max()));
  SQLite::Statement& row = connection.statement(
      topic.compacted
          ? "SELECT position, partition, checksum, record FROM states NOT INDEXED "
            "WHERE topic = ? AND partition = ? AND position >= ? AND position < ? ORDER BY position"
          : "SELECT first, checksum, records FROM segments INDEXED BY segments_by_topic "
            "WHERE topic = ? AND partition = ? AND last >= ? AND first < ? ORDER BY last");
  row.bind(1, topic.id);
  row.bind(2, partition);
  row.bind(3, stored(from));
  row.bind(4, bound);
  while (records.size() < most && row.executeStep()) {
    if (topic.compacted) {
      records.push_back(state_of(row, topic.name));
      continue;
    }
    const std::string_view bytes = blob(row.getColumn(2));
    if (segment_checksum(bytes) != number(row.getColumn(1))) throw DamagedError{};
    for_each_record(bytes, number(row.getColumn(0)), from, topic.name, partition,
                    [&](Record&& record) {
                      if (record.position < below) records.push_back(std::move(record));
                      return records.size() < most;
                    });
  }
  row.reset();
  return records;
}

std::optional<Record> read_latest(Connection& connection, const StoredTopic& topic,
                                  std::string_view key) {
  SQLite::Statement& row = connection.statement(
      "SELECT position, partition, checksum, record FROM states WHERE topic = ? AND key = ?");
  row.bind(1, topic.id);
  row.bind(2, std::string(key));
  std::optional<Record> record;
  if (row.executeStep()) record = state_of(row, topic.name);
  row.reset();
  return record;
}

std::vector<Record> read_states(Connection& connection, const StoredTopic& topic,
                                std::uint32_t partition, std::string_view after, std::size_t most) {
  SQLite::Statement& row = connection.statement(
      "SELECT position, partition, checksum, record FROM states INDEXED BY states_by_key "
      "WHERE topic = ? AND key > ? AND partition = ? ORDER BY key");
  row.bind(1, topic.id);
  row.bind(2, std::string(after));
  row.bind(3, partition);
  std::vector<Record> records;
  while (records.size() < most && row.executeStep()) records.push_back(state_of(row, topic.name));
  row.reset();
  return records;
}

}  // namespace guichet::eventlog
