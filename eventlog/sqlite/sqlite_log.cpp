#include "eventlog/sqlite/sqlite_log.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <utility>

#include "eventlog/search.h"
#include "eventlog/sqlite/acknowledged_mark.h"
#include "eventlog/sqlite/data_folder.h"
#include "eventlog/sqlite/disk_room.h"
#include "eventlog/sqlite/order.h"
#include "eventlog/sqlite/projection.h"
#include "eventlog/sqlite/reading.h"
#include "eventlog/sqlite/sqlite_session.h"
#include "eventlog/sqlite/store.h"
#include "schemas/values/invariant.h"

namespace guichet::eventlog {

namespace {

constexpr int kExitDiskFailed = 74;  // EX_IOERR of sysexits.h
constexpr std::chrono::milliseconds kFullPause{200};

void end_process(const std::string& message) {
  std::fprintf(stderr, "%s\n", message.c_str());
  std::_Exit(kExitDiskFailed);
}

class SqliteTail : public Tail {
 public:
  explicit SqliteTail(std::shared_ptr<Follower> follower) : follower_(std::move(follower)) {}
  ~SqliteTail() override {
    const std::lock_guard none_under_way(follower_->calling);
    follower_->ended = true;
  }

 private:
  std::shared_ptr<Follower> follower_;
};

/// Calls with each run of records that the follower wants, as they stand in the batch.
void tell(Follower& follower, const Batch& batch) {
  const std::lock_guard lock(follower.calling);
  if (follower.ended) return;
  const std::span<const Record> all(batch.records);
  for (std::size_t from = 0; from < all.size();) {
    std::size_t to = from;
    while (to < all.size() && follower.topics.contains(all[to].topic)) ++to;
    if (to > from) follower.call(all.subspan(from, to - from));
    from = to + 1;
  }
}

class SqliteLogImpl : public SqliteLog {
 public:
  SqliteLogImpl(DataFolder folder, std::unique_ptr<Store> store, SqliteOptions options)
      : folder_(std::move(folder)),
        room_(options.folder),
        mark_(folder_.mark()),
        from_reserve_(names_of_reserve(options.topics)),
        on_disk_failure_(options.on_disk_failure ? std::move(options.on_disk_failure)
                                                 : end_process),
        store_(std::move(store)),
        projection_(std::move(options.projection)),
        order_(store_->topics(), store_->partitions(), store_->last_position(), store_->groups(),
               options.most_waiting_records),
        last_stop_{.in_order = store_->was_clean(), .attempts = store_->attempts()},
        readers_(folder_.file(), options.read_connections),
        writer_([this] { write(); }) {}

  ~SqliteLogImpl() override {
    order_.end();
    writer_.join();
    guarded([&] { store_->stop(); });
  }

  bool append(std::vector<Record> records, AppendDone done) override {
    if (room_.is_short() && (room_.is_very_short() || !is_from_reserve(records))) return false;
    return order_.append(std::move(records), std::move(done));
  }

  std::unique_ptr<Session> open_session(SessionOptions options) override {
    return reading("a session of " + options.name, [&] {
      return std::make_unique<SqliteSession>(order_, store_->topics(), store_->partitions(),
                                             last_stop_, folder_.file(), options);
    });
  }

  std::uint32_t partitions() const override { return store_->partitions(); }

  std::vector<Record> read(std::string_view topic, std::uint32_t partition, std::uint64_t from,
                           std::size_t most) const override {
    const StoredTopic& stored = store_->topics()[store_->topics().find(topic)];
    return reading("topic " + stored.name + " from position " + std::to_string(from), [&] {
      return read_records(*readers_.lease(), stored, partition, from,
                          std::numeric_limits<std::uint64_t>::max(), most);
    });
  }

  std::uint64_t first_at(std::string_view topic, std::uint32_t partition,
                         Instant instant) const override {
    return first_at_by_reading(*this, topic, partition, instant);
  }

  std::optional<Record> latest(std::string_view topic, std::string_view key) const override {
    const StoredTopic& stored = store_->topics()[store_->topics().find(topic)];
    GUICHET_INVARIANT(stored.compacted);
    return reading("topic " + stored.name + ", the state of a key",
                   [&] { return read_latest(*readers_.lease(), stored, key); });
  }

  std::unique_ptr<Tail> tail(std::vector<std::string> topics, TailCall call) override {
    return std::make_unique<SqliteTail>(order_.follow(std::move(topics), std::move(call)));
  }

  LogStatistics statistics() const override {
    LogStatistics statistics = order_.statistics();
    statistics.disk_full = room_.is_short();
    return statistics;
  }

  ReadPool& readers() override { return readers_; }

 private:
  void write() {
    while (true) {
      const std::vector<std::shared_ptr<const Batch>> batches = order_.take();
      if (batches.empty()) return;
      guarded([&] {
        write_once_there_is_room(batches);
        mark_.write(batches.back()->last);
      });
      const std::vector<std::shared_ptr<Follower>> followers = order_.durable(batches);
      for (const auto& batch : batches) {
        for (const auto& follower : followers) tell(*follower, *batch);
        if (batch->done) batch->done(true);
      }
    }
  }

  /// Nothing of it is acknowledged meanwhile, and nothing new taken. A stop does not wait.
  void write_once_there_is_room(std::span<const std::shared_ptr<const Batch>> batches) {
    for (bool waiting = false;; waiting = true) {
      try {
        store_->write(batches);
        if (!waiting) return;
        room_.set_full(false);
        std::fprintf(stderr, "guichet: there is room again for %s\n", folder_.file().c_str());
        return;
      } catch (const DiskFull&) {
        if (order_.is_ending()) throw;
        room_.set_full(true);
        if (!waiting)
          std::fprintf(stderr,
                       "guichet: %s: there is no room on its disk; nothing new is taken until "
                       "there is\n",
                       folder_.file().c_str());
      }
      std::this_thread::sleep_for(kFullPause);
    }
  }

  /// After a failed write or fsync nobody knows what the disk holds: the process ends, and the next
  /// start finds what is there. Trying again would find pages marked clean that never arrived.
  template <class Write>
  void guarded(Write write) {
    std::string why;
    try {
      return write();
    } catch (const SQLite::Exception& error) {
      why = describe(error);
    } catch (const std::exception& error) {
      why = error.what();
    }
    on_disk_failure_("guichet: " + folder_.file().string() + " cannot be written: " + why +
                     "; stopping: everything acknowledged is safe, the rest was not accepted");
    std::abort();
  }

  static std::set<std::string> names_of_reserve(const std::vector<topics::Topic>& topics) {
    std::set<std::string> names;
    for (const topics::Topic& topic : topics)
      if (topic.from_reserve) names.insert(topic.name);
    return names;
  }

  bool is_from_reserve(const std::vector<Record>& records) const {
    return std::ranges::all_of(
        records, [this](const Record& record) { return from_reserve_.contains(record.topic); });
  }

  DataFolder folder_;  // first: unlocked when all else is gone
  mutable DiskRoom room_;
  AcknowledgedMark mark_;
  const std::set<std::string> from_reserve_;  // topics
  std::function<void(const std::string&)> on_disk_failure_;
  std::unique_ptr<Store> store_;
  std::shared_ptr<Projection> projection_;  // goes before the connection that it may still know
  Order order_;
  const LastStop last_stop_;
  mutable ReadPool readers_;  // before the store closes, which then can empty the write-ahead log
  std::thread writer_;
};

}  // namespace

Result<std::unique_ptr<SqliteLog>> SqliteLog::open(SqliteOptions options) {
  Result<DataFolder> folder = DataFolder::lock(options.folder, DataFolder::Missing::kMake);
  if (!folder) return folder.error();
  const Result<bool> there = folder->check();
  if (!there) return there.error();
  if (!*there) {
    if (const Result<void> made = folder->make(options.partitions); !made) return made.error();
  }
  const std::filesystem::path file = folder->file();
  Result<std::unique_ptr<Store>> store = open_store(file, options.topics, options.projection.get());
  if (!store) return store.error();
  if ((*store)->partitions() != options.partitions) {
    return Failure{file.string() + ": has " + std::to_string((*store)->partitions()) +
                   " partitions, and this start wants " + std::to_string(options.partitions) +
                   "; the count is declared once and never changes"};
  }
  const Result<void> whole = AcknowledgedMark::check(folder->mark(), (*store)->last_position());
  if (!whole) return whole.error();
  try {
    (*store)->start();
    return std::unique_ptr<SqliteLog>(
        std::make_unique<SqliteLogImpl>(std::move(*folder), std::move(*store), std::move(options)));
  } catch (const SQLite::Exception& error) {
    return Failure{file.string() + ": cannot be taken into use: " + describe(error)};
  } catch (const std::exception& error) {
    return Failure{file.string() + ": cannot be taken into use: " + error.what()};
  }
}

}  // namespace guichet::eventlog
