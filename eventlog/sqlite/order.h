#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "eventlog/sqlite/store.h"

namespace guichet::eventlog {

inline constexpr std::size_t kMaxWaitingBytes = 32 * 1024 * 1024;
inline constexpr std::size_t kMaxTailBytes = 16 * 1024 * 1024;
inline constexpr std::size_t kMaxTransactionBytes = 16 * 1024 * 1024;

/// Who follows the log. `call` is used by one thread at a time, and not any more once ended.
struct Follower {
  std::set<std::string, std::less<>> topics;
  Log::TailCall call;
  std::mutex calling;
  bool ended = false;
};

/// A record in memory, and what keeps it there.
struct Ordered {
  std::shared_ptr<const Batch> batch;
  const Record* record = nullptr;
};

/// The order of all records, fixed here in memory before the disk has them: the queue to the
/// writer, the last records of each partition, the newest states that are not durable yet, and
/// where each group stands. Any thread; nothing here touches the disk.
class Order {
 public:
  Order(const Topics& topics, std::uint32_t partitions, std::uint64_t last_position,
        const std::vector<Move>& groups, std::size_t most_waiting_records);

  /// False: no room.
  bool append(std::vector<Record> records, Log::AppendDone done);
  /// Waits while there is no room; commits have twice the room of appends, so that work under way
  /// goes on while new work is refused.
  void commit(std::vector<Record> records, std::vector<Move> moves);

  /// Calls when it is durable.
  void attempt(GroupAttempt attempt, Log::AppendDone done);

  struct Cursor {
    std::size_t topic;
    std::uint32_t partition;
    std::uint64_t next;
  };
  struct Found {
    std::vector<Ordered> in_memory;
    /// Cursors whose next records are in the file, and up to where to read there.
    std::vector<std::pair<Cursor*, std::uint64_t>> in_file;
  };
  /// Moves the cursors over at most `most` records, beginning with cursor number `turn`.
  Found collect(std::vector<Cursor>& cursors, std::size_t turn, std::size_t most);
  bool wait(std::span<const std::vector<Cursor>* const> cursors, std::chrono::milliseconds most);

  /// The newest state of a key where it is not durable yet.
  std::optional<Ordered> waiting_state(std::size_t topic, std::string_view key) const;

  /// The same of all keys of a partition after this one, in their order, at most `most`.
  std::vector<Ordered> waiting_states(std::size_t topic, std::uint32_t partition,
                                      std::string_view after, std::size_t most) const;

  /// Merges the due states of the file, which `next_in_file` gives soonest first, with what is not
  /// durable yet.
  std::vector<DueState> due(std::size_t topic, Instant now, std::size_t most,
                            const std::function<std::optional<DueState>()>& next_in_file) const;

  /// Gives a group to one reader, with its place; throws LogUnavailable where it is taken.
  std::vector<Move> take_group(const std::string& group);
  void release_group(const std::string& group);

  std::shared_ptr<Follower> follow(std::vector<std::string> topics, Log::TailCall call);

  /// For the writer: all that waits, within the bound of one transaction; waits for some. Empty:
  /// the end.
  std::vector<std::shared_ptr<const Batch>> take();
  /// They are on disk now. Who is to be told of them.
  std::vector<std::shared_ptr<Follower>> durable(
      std::span<const std::shared_ptr<const Batch>> batches);
  void end();
  bool is_ending() const;

  LogStatistics statistics() const;

 private:
  struct Stream {
    std::deque<Ordered> tail;
    std::uint64_t last = 0;
  };
  struct KeyHash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  struct TopicOrder {
    std::vector<Stream> partitions;
    std::unordered_map<std::string, Ordered, KeyHash, std::equal_to<>> waiting;  // newest states
    std::set<std::pair<std::int64_t, std::string>> wakes;                        // of `waiting`
  };

  /// A reader that has nothing to read, and is woken by a record of its topics only.
  struct Sleeper {
    std::set<std::size_t> topics;
    std::condition_variable news;
  };

  void order_locked(Batch batch);
  void wake_readers_locked(const Batch& batch);
  void set_waiting_locked(TopicOrder& topic, const Ordered& state);
  /// What is no longer kept in memory; to be freed when the lock is not held any more.
  std::vector<std::shared_ptr<const Batch>> trim_locked();

  const Topics& topics_;
  const std::uint32_t partitions_;
  const std::size_t most_waiting_records_;

  mutable std::mutex mutex_;
  std::condition_variable for_writer_;
  std::list<Sleeper*> sleepers_;
  std::condition_variable room_;
  std::vector<TopicOrder> orders_;  // by index of topic
  std::uint64_t last_position_;
  std::uint64_t durable_position_;
  std::uint64_t tail_from_;  // every record from here on is in memory
  std::deque<std::shared_ptr<const Batch>> tail_;
  std::size_t tail_bytes_ = 0;
  std::deque<std::shared_ptr<const Batch>> queue_;
  std::size_t waiting_records_ = 0;  // queued, or being written
  std::size_t waiting_bytes_ = 0;
  std::map<std::string, std::map<std::pair<std::size_t, std::uint32_t>, std::uint64_t>> groups_;
  std::set<std::string> taken_groups_;
  std::vector<std::weak_ptr<Follower>> followers_;
  LogStatistics statistics_;
  bool ending_ = false;
};

}  // namespace guichet::eventlog
