#include "eventlog/memory/memory_log.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <thread>
#include <utility>

#include "eventlog/partition.h"
#include "eventlog/search.h"
#include "schemas/values/invariant.h"

namespace guichet::eventlog {

namespace {

using RecordPtr = std::shared_ptr<const Record>;

/// A place in a partition. The record is null once a newer one of its key replaced it.
struct Slot {
  std::uint64_t position;
  RecordPtr record;
};

struct Newest {
  RecordPtr durable;
  RecordPtr ordered;  // durable or not
};

struct Stored {
  bool compacted = false;
  std::vector<std::deque<Slot>> partitions;
  std::map<std::string, Newest, std::less<>> newest;     // compacted only
  std::set<std::pair<std::int64_t, std::string>> wakes;  // of the ordered newest
};

struct Place {
  std::string topic;
  std::uint32_t partition;
  auto operator<=>(const Place&) const = default;
};
/// The next position that a group wants of each partition.
using Cursors = std::map<Place, std::uint64_t>;

struct Batch {
  std::vector<RecordPtr> records;
  std::map<std::string, Cursors> moves;  // by group
  Log::AppendDone done;
};

}  // namespace

class MemoryLog::Impl {
 public:
  explicit Impl(MemoryOptions options) : options_(std::move(options)), random_(options_.seed) {
    for (const topics::Topic& topic : options_.topics) {
      Stored& stored = topics_[topic.name];
      stored.compacted = topic.compacted;
      stored.partitions.resize(options_.partitions);
    }
  }

  // Every function below that ends in _locked, and every member, is for holders of mutex_.
  mutable std::mutex mutex_;
  std::condition_variable changed_;  // order, durability, or the end
  std::mutex delivery_;              // one sync at a time: acknowledgements and tails in order
  MemoryOptions options_;
  std::mt19937_64 random_;
  MemoryFaults faults_;
  std::map<std::string, Stored, std::less<>> topics_;
  std::map<std::string, Cursors> groups_;          // as ordered
  std::map<std::string, Cursors> durable_groups_;  // as durable
  std::set<std::string> taken_groups_;
  std::deque<Batch> waiting_;
  std::size_t waiting_records_ = 0;
  std::uint64_t last_position_ = 0;
  std::uint64_t durable_position_ = 0;
  std::uint64_t life_ = 1;  // goes up with each restart
  bool crashed_ = false;
  bool ending_ = false;
  std::uint64_t crash_in_ = 0;
  std::map<CrashPoint, std::uint64_t> reached_;
  struct TailEntry {
    std::set<std::string, std::less<>> topics;
    TailCall call;
  };
  std::map<std::uint64_t, TailEntry> tails_;
  std::uint64_t next_tail_ = 1;
  LogStatistics statistics_;

  void check_locked(std::uint64_t life) const {
    if (crashed_ || life != life_) throw LogUnavailable("memory log: the process was restarted");
  }

  void reach_locked(CrashPoint point) {
    ++reached_[point];
    if (crash_in_ == 0 || --crash_in_ > 0) return;
    crashed_ = true;
    changed_.notify_all();
    throw Crash{point};
  }

  bool chance_locked(unsigned of_1000) { return of_1000 > 0 && random_() % 1000 < of_1000; }

  void maybe_unavailable_locked() {
    if (chance_locked(faults_.unavailable)) throw LogUnavailable("memory log: away for a moment");
  }

  Stored& stored_locked(std::string_view topic) {
    const auto found = topics_.find(topic);
    GUICHET_INVARIANT(found != topics_.end());
    return found->second;
  }

  /// Gives the records their place in the order.
  std::vector<RecordPtr> order_locked(std::vector<Record> records) {
    std::vector<RecordPtr> ordered;
    ordered.reserve(records.size());
    for (Record& record : records) {
      Stored& stored = stored_locked(record.topic);
      record.partition = partition_of(record.header.key(), options_.partitions);
      record.position = ++last_position_;
      auto shared = std::make_shared<const Record>(std::move(record));
      stored.partitions[shared->partition].push_back({shared->position, shared});
      if (stored.compacted) {
        Newest& newest = stored.newest[shared->header.key()];
        forget_wake_locked(stored, newest.ordered);
        newest.ordered = shared;
        remember_wake_locked(stored, shared);
      }
      ordered.push_back(std::move(shared));
    }
    return ordered;
  }

  void enqueue_locked(Batch batch) {
    waiting_records_ += batch.records.size();
    waiting_.push_back(std::move(batch));
    changed_.notify_all();
  }

  static void forget_wake_locked(Stored& stored, const RecordPtr& record) {
    if (record) stored.wakes.erase({record->header.wake_at_us(), record->header.key()});
  }
  static void remember_wake_locked(Stored& stored, const RecordPtr& record) {
    if (record->header.wake_at_us() > 0) {
      stored.wakes.insert({record->header.wake_at_us(), record->header.key()});
    }
  }

  void make_durable_locked(const Batch& batch) {
    for (const RecordPtr& record : batch.records) {
      durable_position_ = record->position;
      Stored& stored = stored_locked(record->topic);
      if (stored.compacted) {
        RecordPtr& durable = stored.newest[record->header.key()].durable;
        if (durable) drop_locked(stored, *durable);
        durable = record;
      }
      ++statistics_.records;
      statistics_.bytes += record->header.ByteSizeLong() + record->payload.size();
    }
    for (const auto& [group, cursors] : batch.moves) {
      for (const auto& [place, position] : cursors) durable_groups_[group][place] = position;
    }
    waiting_records_ -= batch.records.size();
    ++statistics_.commits;
  }

  static void drop_locked(Stored& stored, const Record& record) {
    std::deque<Slot>& slots = stored.partitions[record.partition];
    find_locked(slots, record.position)->record = nullptr;
  }

  static std::deque<Slot>::iterator find_locked(std::deque<Slot>& slots, std::uint64_t position) {
    return std::lower_bound(slots.begin(), slots.end(), position,
                            [](const Slot& slot, std::uint64_t at) { return slot.position < at; });
  }

  std::size_t sync(std::size_t most_batches, bool with_crashes) {
    const std::lock_guard delivering(delivery_);
    std::size_t synced = 0;
    for (; synced < most_batches; ++synced) {
      Batch batch;
      std::vector<TailCall> calls;
      std::vector<std::vector<Record>> called_with;
      {
        const std::lock_guard lock(mutex_);
        if (crashed_ || waiting_.empty()) break;
        if (with_crashes) reach_locked(CrashPoint::kBeforeSync);
        batch = std::move(waiting_.front());
        waiting_.pop_front();
        make_durable_locked(batch);
        changed_.notify_all();
        if (with_crashes) reach_locked(CrashPoint::kAfterSync);
        for (const auto& [id, tail] : tails_) {
          std::vector<Record> records;
          for (const RecordPtr& record : batch.records) {
            if (tail.topics.contains(record->topic)) records.push_back(*record);
          }
          if (records.empty()) continue;
          calls.push_back(tail.call);
          called_with.push_back(std::move(records));
        }
      }
      for (std::size_t i = 0; i < calls.size(); ++i) calls[i](called_with[i]);
      if (batch.done) batch.done(true);
      if (with_crashes) {
        const std::lock_guard lock(mutex_);
        reach_locked(CrashPoint::kAfterAcknowledgement);
      }
    }
    return synced;
  }

  void restart() {
    const std::lock_guard delivering(delivery_);
    const std::lock_guard lock(mutex_);
    for (auto& [name, stored] : topics_) {
      for (std::deque<Slot>& slots : stored.partitions) {
        while (!slots.empty() && slots.back().position > durable_position_) slots.pop_back();
      }
      stored.wakes.clear();
      for (auto newest = stored.newest.begin(); newest != stored.newest.end();) {
        newest->second.ordered = newest->second.durable;
        if (!newest->second.durable) {
          newest = stored.newest.erase(newest);
          continue;
        }
        remember_wake_locked(stored, newest->second.durable);
        ++newest;
      }
    }
    groups_ = durable_groups_;
    taken_groups_.clear();
    waiting_.clear();
    waiting_records_ = 0;
    tails_.clear();
    last_position_ = durable_position_;
    crash_in_ = 0;
    crashed_ = false;
    ++life_;
    changed_.notify_all();
  }

  void keep_synced() {
    while (true) {
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return ending_ || (!crashed_ && !waiting_.empty()); });
        if (ending_ && (crashed_ || waiting_.empty())) return;
      }
      sync(kAll, false);
    }
  }

  std::thread syncer_;
};

class MemoryLog::MemorySession : public Session {
 public:
  MemorySession(std::shared_ptr<Impl> log, SessionOptions options)
      : log_(std::move(log)), options_(std::move(options)) {
    const std::lock_guard lock(log_->mutex_);
    life_ = log_->life_;
    log_->check_locked(life_);
    for (const Subscription& subscription : options_.subscriptions) {
      if (log_->taken_groups_.contains(subscription.group)) {
        throw LogUnavailable("memory log: another session reads for group " + subscription.group);
      }
    }
    for (const Subscription& subscription : options_.subscriptions) {
      log_->taken_groups_.insert(subscription.group);
      for (const std::string& topic : subscription.topics) log_->stored_locked(topic);
    }
    polled_ = committed_locked();
  }

  ~MemorySession() override {
    const std::lock_guard lock(log_->mutex_);
    if (life_ != log_->life_) return;
    for (const Subscription& subscription : options_.subscriptions) {
      log_->taken_groups_.erase(subscription.group);
    }
  }

  Polled poll(std::string_view group, std::size_t most) override {
    const std::lock_guard lock(log_->mutex_);
    log_->check_locked(life_);
    log_->maybe_unavailable_locked();
    log_->reach_locked(CrashPoint::kBeforePoll);
    std::vector<Record> polled;
    const Subscription& subscription = find(group);
    const std::size_t topics = subscription.topics.size();
    ++turn_;  // no topic is always first
    for (std::size_t i = 0; i < topics && polled.size() < most; ++i) {
      const std::string& topic = subscription.topics[(turn_ + i) % topics];
      Stored& stored = log_->stored_locked(topic);
      for (std::uint32_t partition = 0; partition < stored.partitions.size(); ++partition) {
        std::deque<Slot>& slots = stored.partitions[partition];
        std::uint64_t& next = polled_[subscription.group][{topic, partition}];
        auto slot = Impl::find_locked(slots, next);
        for (; slot != slots.end() && polled.size() < most; ++slot) {
          next = slot->position + 1;
          if (!slot->record) continue;
          polled.push_back(*slot->record);
          if (log_->chance_locked(log_->faults_.repeated_delivery)) {
            const auto back = static_cast<std::size_t>(slot - slots.begin());
            const Slot& again = *(slot - static_cast<long>(log_->random_() % (back + 1) % 4));
            if (again.record) polled.push_back(*again.record);
          }
        }
      }
    }
    return Polled(std::move(polled));
  }

  std::optional<Record> latest(std::string_view topic, std::string_view key) override {
    const std::lock_guard lock(log_->mutex_);
    log_->check_locked(life_);
    log_->maybe_unavailable_locked();
    const Stored& stored = log_->stored_locked(topic);
    GUICHET_INVARIANT(stored.compacted);
    const auto newest = stored.newest.find(key);
    if (newest == stored.newest.end()) return std::nullopt;
    return *newest->second.ordered;
  }

  std::vector<DueState> due(std::string_view topic, Instant now, std::size_t most) override {
    const std::lock_guard lock(log_->mutex_);
    log_->check_locked(life_);
    std::vector<DueState> due;
    for (const auto& [wake_at, key] : log_->stored_locked(topic).wakes) {
      if (wake_at > to_micros(now) || due.size() >= most) break;
      due.push_back({key, from_micros(wake_at)});
    }
    return due;
  }

  std::vector<Record> scan(std::string_view topic, std::uint32_t partition, std::string_view after,
                           std::size_t most) override {
    const std::lock_guard lock(log_->mutex_);
    log_->check_locked(life_);
    log_->maybe_unavailable_locked();
    const Stored& stored = log_->stored_locked(topic);
    GUICHET_INVARIANT(stored.compacted);
    std::vector<Record> records;
    for (auto newest = stored.newest.upper_bound(after);
         newest != stored.newest.end() && records.size() < most; ++newest) {
      if (newest->second.ordered->partition == partition) {
        records.push_back(*newest->second.ordered);
      }
    }
    return records;
  }

  void commit(std::vector<Record> records) override {
    std::unique_lock lock(log_->mutex_);
    log_->check_locked(life_);
    log_->maybe_unavailable_locked();
    log_->reach_locked(CrashPoint::kBeforeCommit);
    if (!log_->options_.manual_sync) {
      log_->changed_.wait(lock, [&] {
        return log_->waiting_records_ < log_->options_.most_waiting_records || log_->crashed_ ||
               life_ != log_->life_;
      });
      log_->check_locked(life_);
    }
    Batch batch;
    batch.records = log_->order_locked(std::move(records));
    for (const auto& [group, cursors] : polled_) {
      Cursors& committed = log_->groups_[group];
      for (const auto& [place, position] : cursors) {
        if (std::exchange(committed[place], position) != position) {
          batch.moves[group][place] = position;
        }
      }
    }
    if (!batch.records.empty() || !batch.moves.empty()) log_->enqueue_locked(std::move(batch));
    log_->reach_locked(CrashPoint::kDuringCommit);
    log_->reach_locked(CrashPoint::kAfterCommit);
  }

  void abort() override {
    const std::lock_guard lock(log_->mutex_);
    ++generation_;
    polled_ = committed_locked();
  }

  std::uint64_t generation() const override { return generation_; }

  void wait(std::chrono::milliseconds most) override {
    std::unique_lock lock(log_->mutex_);
    log_->check_locked(life_);
    if (log_->options_.manual_sync) return;
    log_->changed_.wait_for(lock, most, [&] { return log_->crashed_ || ready_locked(); });
  }

 private:
  const Subscription& find(std::string_view group) const {
    const auto found = std::find_if(options_.subscriptions.begin(), options_.subscriptions.end(),
                                    [&](const Subscription& s) { return s.group == group; });
    GUICHET_INVARIANT(found != options_.subscriptions.end());
    return *found;
  }

  std::map<std::string, Cursors> committed_locked() const {
    std::map<std::string, Cursors> committed;
    for (const Subscription& subscription : options_.subscriptions) {
      committed[subscription.group] = log_->groups_[subscription.group];
    }
    return committed;
  }

  bool ready_locked() {
    for (const Subscription& subscription : options_.subscriptions) {
      for (const std::string& topic : subscription.topics) {
        const Stored& stored = log_->stored_locked(topic);
        for (std::uint32_t partition = 0; partition < stored.partitions.size(); ++partition) {
          const std::deque<Slot>& slots = stored.partitions[partition];
          if (!slots.empty() &&
              slots.back().position >= polled_[subscription.group][{topic, partition}]) {
            return true;
          }
        }
      }
    }
    return false;
  }

  std::shared_ptr<Impl> log_;
  SessionOptions options_;
  std::uint64_t life_ = 0;
  std::uint64_t generation_ = 1;
  std::size_t turn_ = 0;
  std::map<std::string, Cursors> polled_;
};

class MemoryLog::MemoryTail : public Tail {
 public:
  MemoryTail(std::shared_ptr<Impl> log, std::uint64_t id) : log_(std::move(log)), id_(id) {}
  ~MemoryTail() override {
    const std::lock_guard none_under_way(log_->delivery_);
    const std::lock_guard lock(log_->mutex_);
    log_->tails_.erase(id_);
  }

 private:
  std::shared_ptr<Impl> log_;
  std::uint64_t id_;
};

MemoryLog::MemoryLog(MemoryOptions options) : impl_(std::make_shared<Impl>(std::move(options))) {
  if (!impl_->options_.manual_sync) {
    impl_->syncer_ = std::thread([impl = impl_.get()] { impl->keep_synced(); });
  }
}

MemoryLog::~MemoryLog() {
  {
    const std::lock_guard lock(impl_->mutex_);
    impl_->ending_ = true;
    impl_->changed_.notify_all();
  }
  if (impl_->syncer_.joinable()) impl_->syncer_.join();
}

bool MemoryLog::append(std::vector<Record> records, AppendDone done) {
  const std::lock_guard lock(impl_->mutex_);
  impl_->check_locked(impl_->life_);
  impl_->maybe_unavailable_locked();
  impl_->reach_locked(CrashPoint::kBeforeAppend);
  if (impl_->waiting_records_ + records.size() > impl_->options_.most_waiting_records) return false;
  if (impl_->chance_locked(impl_->faults_.refused_append)) return false;
  Batch batch;
  batch.records = impl_->order_locked(std::move(records));
  batch.done = std::move(done);
  impl_->enqueue_locked(std::move(batch));
  impl_->reach_locked(CrashPoint::kAfterAppend);
  return true;
}

std::unique_ptr<Session> MemoryLog::open_session(SessionOptions options) {
  return std::make_unique<MemorySession>(impl_, std::move(options));
}

std::uint32_t MemoryLog::partitions() const {
  return impl_->options_.partitions;
}

std::vector<Record> MemoryLog::read(std::string_view topic, std::uint32_t partition,
                                    std::uint64_t from, std::size_t most) const {
  const std::lock_guard lock(impl_->mutex_);
  impl_->check_locked(impl_->life_);
  std::vector<Record> records;
  std::deque<Slot>& slots = impl_->stored_locked(topic).partitions.at(partition);
  for (auto slot = Impl::find_locked(slots, from); slot != slots.end(); ++slot) {
    if (slot->position > impl_->durable_position_ || records.size() >= most) break;
    if (slot->record) records.push_back(*slot->record);
  }
  return records;
}

std::uint64_t MemoryLog::first_at(std::string_view topic, std::uint32_t partition,
                                  Instant instant) const {
  return first_at_by_reading(*this, topic, partition, instant);
}

std::optional<Record> MemoryLog::latest(std::string_view topic, std::string_view key) const {
  const std::lock_guard lock(impl_->mutex_);
  impl_->check_locked(impl_->life_);
  const Stored& stored = impl_->stored_locked(topic);
  GUICHET_INVARIANT(stored.compacted);
  const auto newest = stored.newest.find(key);
  if (newest == stored.newest.end() || !newest->second.durable) return std::nullopt;
  return *newest->second.durable;
}

std::unique_ptr<Tail> MemoryLog::tail(std::vector<std::string> topics, TailCall call) {
  const std::lock_guard lock(impl_->mutex_);
  for (const std::string& topic : topics) impl_->stored_locked(topic);
  const std::uint64_t id = impl_->next_tail_++;
  impl_->tails_[id] = {{topics.begin(), topics.end()}, std::move(call)};
  return std::make_unique<MemoryTail>(impl_, id);
}

LogStatistics MemoryLog::statistics() const {
  const std::lock_guard lock(impl_->mutex_);
  LogStatistics statistics = impl_->statistics_;
  statistics.waiting_records = impl_->waiting_records_;
  return statistics;
}

std::size_t MemoryLog::sync(std::size_t most_batches) {
  return impl_->sync(most_batches, true);
}

void MemoryLog::set_faults(MemoryFaults faults) {
  const std::lock_guard lock(impl_->mutex_);
  impl_->faults_ = faults;
}

void MemoryLog::crash_at(std::uint64_t nth) {
  const std::lock_guard lock(impl_->mutex_);
  impl_->crash_in_ = nth;
}

void MemoryLog::restart() {
  impl_->restart();
}

bool MemoryLog::is_dead() const {
  const std::lock_guard lock(impl_->mutex_);
  return impl_->crashed_;
}

std::map<CrashPoint, std::uint64_t> MemoryLog::reached() const {
  const std::lock_guard lock(impl_->mutex_);
  return impl_->reached_;
}

}  // namespace guichet::eventlog
