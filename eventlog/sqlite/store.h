#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "eventlog/log.h"
#include "eventlog/sqlite/connection.h"
#include "eventlog/sqlite/segment.h"
#include "schemas/topics.h"
#include "schemas/values/result.h"

namespace guichet::eventlog {

class Projection;

/// The next position that a group wants of a partition.
struct Move {
  std::string group;
  std::size_t topic;  // index in Topics
  std::uint32_t partition;
  std::uint64_t next;
};

/// What a group wrote down before it handled it.
struct GroupAttempt {
  std::string group;
  std::optional<Attempt> attempt;  // none: forget
};

/// What is appended or committed as one. It never changes once it has its place in the order.
struct Batch {
  std::vector<Record> records;
  std::vector<Move> moves;
  std::optional<GroupAttempt> attempt;
  Log::AppendDone done;
  std::uint64_t last = 0;  // position of the last record before or in it
  std::size_t bytes = 0;
};

/// A partition as the file has it.
struct StreamHead {
  std::uint64_t last = 0;
  std::uint64_t segments = 0;
  std::uint64_t chain = 0;
};

struct StoredTopic {
  std::int64_t id;
  std::string name;
  bool compacted;
  std::vector<StreamHead> partitions;
};

/// The topics of a file; none is added once it is open.
class Topics {
 public:
  void add(StoredTopic topic);
  /// Index of a topic that is declared; any other name is a broken invariant.
  std::size_t find(std::string_view name) const;
  std::size_t size() const { return all_.size(); }
  StoredTopic& operator[](std::size_t index) { return all_[index]; }
  const StoredTopic& operator[](std::size_t index) const { return all_[index]; }

 private:
  std::vector<StoredTopic> all_;
  std::map<std::string, std::size_t, std::less<>> by_name_;
};

/// There is no room on the disk. Unlike after any other error of a write, what is in the file is
/// known: all that was committed before, and nothing of this.
class DiskFull : public std::runtime_error {
 public:
  DiskFull() : std::runtime_error("there is no room on its disk; make some and start it again") {}
};

/// The file as its one writer sees it. One thread at a time. Throws SQLite::Exception, and
/// std::runtime_error where another process took the file over.
class Store {
 public:
  /// `wanted` topics that are not in the file yet are added.
  Store(const std::filesystem::path& file, const std::vector<topics::Topic>& wanted,
        Projection* projection);

  const Topics& topics() const { return topics_; }
  std::uint32_t partitions() const { return partitions_; }
  std::uint64_t last_position() const { return last_position_; }
  bool was_clean() const { return was_clean_; }
  std::vector<Move> groups();
  std::map<std::string, Attempt, std::less<>> attempts();

  /// Takes the file: from now on it counts as not stopped in order. Throws DiskFull, too.
  void start();
  /// Writes all batches in one transaction and syncs. Throws DiskFull where there was no room:
  /// nothing was written, and the same may be tried again.
  void write(std::span<const std::shared_ptr<const Batch>> batches);
  void stop();

  /// Makes the projection's tables anew from every compacted topic.
  void rebuild(Projection& projection);

 private:
  void add_segments(const std::vector<const Record*>& records);
  void write_segment(const std::pair<std::size_t, std::uint32_t>& stream, Segment& segment);
  void write_states(const std::vector<const Record*>& records);
  void write_move(const Move& move);
  void write_attempt(const GroupAttempt& written);
  void take();
  void write_all(std::span<const std::shared_ptr<const Batch>> batches);
  void undo();
  void read_heads();
  /// False: there was no room.
  bool checkpoint();
  void keep_wal_on_close(bool keep);

  Connection connection_;
  Projection* projection_;
  Topics topics_;
  std::uint32_t partitions_ = 1;
  std::uint64_t last_position_ = 0;
  std::int64_t epoch_ = 0;
  bool was_clean_ = true;
  int wal_pages_ = 0;
};

/// Opens a file that DataFolder::check found good; one that turns out damaged is a Failure.
Result<std::unique_ptr<Store>> open_store(const std::filesystem::path& file,
                                          const std::vector<topics::Topic>& wanted,
                                          Projection* projection);

/// Durable records of a partition in [from, below), at most `most`. Throws DamagedError.
std::vector<Record> read_records(Connection& connection, const StoredTopic& topic,
                                 std::uint32_t partition, std::uint64_t from, std::uint64_t below,
                                 std::size_t most);

/// The durable newest record of a key. Throws DamagedError.
std::optional<Record> read_latest(Connection& connection, const StoredTopic& topic,
                                  std::string_view key);

/// The same of the keys of a partition after this one, in their order. Throws DamagedError.
std::vector<Record> read_states(Connection& connection, const StoredTopic& topic,
                                std::uint32_t partition, std::string_view after, std::size_t most);

}  // namespace guichet::eventlog
