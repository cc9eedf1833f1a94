#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "eventlog/polled.h"
#include "eventlog/record.h"
#include "schemas/topics.h"
#include "schemas/values/dates.h"

// The Log port: a partitioned, keyed, durable log. Everything that happens is a record in it.
//
// It has three homes (memory, SQLite, Kafka) and one contract suite, tests/eventlog/contract.h,
// that each home passes. In short:
//   - Records of one partition of a topic keep the order in which they were appended; positions go
//   up
//     and may have gaps.
//   - What a session commits (records sent, states written, input consumed) is there whole or not
//   at
//     all after a crash. What `append` acknowledged is never lost.
//   - A compacted topic keeps the newest record of each key, and never less.
//   - A session may see records before they are durable, as long as whatever it makes of them
//   becomes
//     durable in the same commit or a later one. `read`, `latest` and `tail` see durable records
//     only.

namespace guichet::eventlog {

/// The log is away or broken. The caller retries later or stops; nothing was half done.
class LogUnavailable : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Which topics a reader group consumes. Its position in each is kept by the log under the group's
/// name.
struct Subscription {
  std::string group;
  std::vector<std::string> topics;
};

struct SessionOptions {
  /// Stable across restarts: on Kafka the transactional id.
  std::string name;
  std::vector<Subscription> subscriptions = {};
  /// Compacted topics whose states this session owns.
  std::vector<std::string> state_topics = {};
};

/// What a group was about to handle: one record, or, with an empty topic, a whole batch, whose
/// position is how many records it had.
struct Attempt {
  std::string topic;
  std::uint32_t partition = 0;
  std::uint64_t position = 0;
  unsigned tries = 0;  // of this record, this one included
};

/// A state whose time has come.
struct DueState {
  std::string key;
  Instant wake_at;
};

/// Reads, and commits what was made of it: one thread at a time.
class Session {
 public:
  virtual ~Session() = default;

  /// The next records of a subscription after those polled before, at most `most`, in the order of
  /// each partition. Empty when there is none now.
  virtual Polled poll(std::string_view group, std::size_t most) = 0;

  /// The newest record of a key of a compacted topic, what this session committed included.
  virtual std::optional<Record> latest(std::string_view topic, std::string_view key) = 0;

  /// States of a compacted topic with 0 < wake_at <= now, soonest first, at most `most`.
  virtual std::vector<DueState> due(std::string_view topic, Instant now, std::size_t most) = 0;

  /// The newest records of the keys of a partition of a compacted topic that come after a key
  /// (empty: all), in the order of their bytes, at most `most`; what this session committed
  /// included.
  virtual std::vector<Record> scan(std::string_view topic, std::uint32_t partition,
                                   std::string_view after, std::size_t most) = 0;

  /// Appends the records, and moves every group to behind what was polled, as one. The records are
  /// in order; a key may stand in a compacted topic several times, the last counts. Returns when
  /// the order is fixed (what follows may be read by others); durable in that order.
  virtual void commit(std::vector<Record> records) = 0;

  /// Forgets what was polled since the last commit; it is polled again.
  virtual void abort() = 0;

  /// Goes up when what the caller remembers of states may be stale: after an abort, or when
  /// partitions moved.
  virtual std::uint64_t generation() const = 0;

  /// False: the process before this one died, and what it was about to handle may be why. A home
  /// that does not know says true.
  virtual bool stopped_in_order() const { return true; }

  /// What a group wrote down last, before the process started.
  virtual std::optional<Attempt> last_attempt(std::string_view) const { return std::nullopt; }

  /// Writes down what the group is about to handle, or that all is well again; durable when it
  /// returns.
  virtual void note_attempt(std::string_view, const std::optional<Attempt>&) {}

  /// Waits until there may be something to poll, at most so long.
  virtual void wait(std::chrono::milliseconds most) = 0;
};

/// Stops the calls when destroyed; none is under way after that.
class Tail {
 public:
  virtual ~Tail() = default;
};

struct LogStatistics {
  std::uint64_t commits = 0;
  std::uint64_t records = 0;  // written, all topics
  std::uint64_t bytes = 0;
  std::uint64_t waiting_records = 0;  // not durable yet
  /// Nothing new is taken, because the disk has little room or none; what is under way goes on as
  /// far as it can.
  bool disk_full = false;
};

class Log {
 public:
  virtual ~Log() = default;

  /// Called once the records are durable, in order, from a thread of the log; must not block.
  /// False: they are not in the log and will not be.
  using AppendDone = std::function<void(bool durable)>;

  /// Appends from outside a session, as one. Any thread. False: no room now, nothing was taken and
  /// `done` is not called.
  virtual bool append(std::vector<Record> records, AppendDone done) = 0;

  virtual std::unique_ptr<Session> open_session(SessionOptions options) = 0;

  virtual std::uint32_t partitions() const = 0;

  /// Durable records of a partition from a position on, at most `most`. Any thread.
  virtual std::vector<Record> read(std::string_view topic, std::uint32_t partition,
                                   std::uint64_t from, std::size_t most) const = 0;

  /// From where to read to see every durable record of a partition that was recorded at or after an
  /// instant; a few earlier ones may stand behind it. What will be the partition's end where there
  /// is none. Any thread.
  virtual std::uint64_t first_at(std::string_view topic, std::uint32_t partition,
                                 Instant instant) const = 0;

  /// The newest durable record of a key of a compacted topic. Any thread.
  virtual std::optional<Record> latest(std::string_view topic, std::string_view key) const = 0;

  using TailCall = std::function<void(std::span<const Record>)>;

  /// Calls with every record of the topics that becomes durable from now on, in order, one call at
  /// a time, from a thread of the log; must not block. Several records of one key of a compacted
  /// topic may come as the last of them.
  virtual std::unique_ptr<Tail> tail(std::vector<std::string> topics, TailCall call) = 0;

  virtual LogStatistics statistics() const = 0;
};

}  // namespace guichet::eventlog
