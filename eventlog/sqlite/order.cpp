#include "eventlog/sqlite/order.h"

#include <algorithm>

#include "eventlog/partition.h"
#include "schemas/values/invariant.h"

namespace guichet::eventlog {

namespace {

// What a record takes in memory beside its payload, roughly: strings, header, bookkeeping.
constexpr std::size_t kRecordOverhead = 600;
// And the message that a payload was made from, as a multiple of the payload, roughly.
constexpr std::size_t kSnapshotSize = 4;

std::size_t bytes_in_memory(const Record& record) {
  const std::size_t payload = record.payload.size();
  return kRecordOverhead + payload + (record.snapshot ? kSnapshotSize * payload : 0);
}

}  // namespace

Order::Order(const Topics& topics, std::uint32_t partitions, std::uint64_t last_position,
             const std::vector<Move>& groups, std::size_t most_waiting_records)
    : topics_(topics),
      partitions_(partitions),
      most_waiting_records_(most_waiting_records),
      orders_(topics.size()),
      last_position_(last_position),
      durable_position_(last_position),
      tail_from_(last_position + 1) {
  for (std::size_t topic = 0; topic < topics.size(); ++topic) {
    orders_[topic].partitions.resize(partitions);
    for (std::uint32_t partition = 0; partition < partitions; ++partition) {
      orders_[topic].partitions[partition].last = topics[topic].partitions[partition].last;
    }
  }
  for (const Move& move : groups) groups_[move.group][{move.topic, move.partition}] = move.next;
}

bool Order::append(std::vector<Record> records, Log::AppendDone done) {
  Batch batch{.records = std::move(records), .moves = {}, .attempt = {}, .done = std::move(done)};
  const std::lock_guard lock(mutex_);
  if (waiting_records_ + batch.records.size() > most_waiting_records_ ||
      waiting_bytes_ > kMaxWaitingBytes) {
    return false;
  }
  order_locked(std::move(batch));
  return true;
}

void Order::commit(std::vector<Record> records, std::vector<Move> moves) {
  Batch batch{
      .records = std::move(records), .moves = std::move(moves), .attempt = {}, .done = nullptr};
  std::unique_lock lock(mutex_);
  room_.wait(lock, [&] {
    return waiting_records_ < 2 * most_waiting_records_ && waiting_bytes_ < 2 * kMaxWaitingBytes;
  });
  for (const Move& move : batch.moves) {
    groups_[move.group][{move.topic, move.partition}] = move.next;
  }
  order_locked(std::move(batch));
}

void Order::attempt(GroupAttempt attempt, Log::AppendDone done) {
  Batch batch{.records = {}, .moves = {}, .attempt = std::move(attempt), .done = std::move(done)};
  const std::lock_guard lock(mutex_);
  order_locked(std::move(batch));
}

void Order::order_locked(Batch batch) {
  GUICHET_INVARIANT(!ending_);
  for (Record& record : batch.records) {
    record.partition = partition_of(record.header.key(), partitions_);
    record.position = ++last_position_;
    batch.bytes += bytes_in_memory(record);
  }
  batch.last = last_position_;
  const auto shared = std::make_shared<const Batch>(std::move(batch));
  for (const Record& record : shared->records) {
    const std::size_t index = topics_.find(record.topic);
    TopicOrder& topic = orders_[index];
    Stream& stream = topic.partitions[record.partition];
    stream.tail.push_back({shared, &record});
    stream.last = record.position;
    if (topics_[index].compacted) set_waiting_locked(topic, stream.tail.back());
  }
  waiting_records_ += shared->records.size();
  waiting_bytes_ += shared->bytes;
  tail_bytes_ += shared->bytes;
  tail_.push_back(shared);
  queue_.push_back(shared);
  for_writer_.notify_one();
  wake_readers_locked(*shared);
}

void Order::wake_readers_locked(const Batch& batch) {
  if (sleepers_.empty()) return;
  std::vector<bool> has_news(topics_.size());
  for (const Record& record : batch.records) has_news[topics_.find(record.topic)] = true;
  for (Sleeper* sleeper : sleepers_)
    if (std::ranges::any_of(sleeper->topics, [&](std::size_t topic) { return has_news[topic]; }))
      sleeper->news.notify_one();
}

void Order::set_waiting_locked(TopicOrder& topic, const Ordered& state) {
  const std::string& key = state.record->header.key();
  Ordered& newest = topic.waiting[key];
  if (newest.record != nullptr) topic.wakes.erase({newest.record->header.wake_at_us(), key});
  newest = state;
  if (state.record->header.wake_at_us() > 0) {
    topic.wakes.insert({state.record->header.wake_at_us(), key});
  }
}

Order::Found Order::collect(std::vector<Cursor>& cursors, std::size_t turn, std::size_t most) {
  Found found;
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < cursors.size() && found.in_memory.size() < most; ++i) {
    Cursor& cursor = cursors[(turn + i) % cursors.size()];
    const Stream& stream = orders_[cursor.topic].partitions[cursor.partition];
    if (stream.last < cursor.next) continue;
    if (cursor.next < tail_from_) {
      found.in_file.emplace_back(&cursor, tail_from_);
      continue;
    }
    auto record = std::lower_bound(stream.tail.begin(), stream.tail.end(), cursor.next,
                                   [](const Ordered& ordered, std::uint64_t position) {
                                     return ordered.record->position < position;
                                   });
    for (; record != stream.tail.end() && found.in_memory.size() < most; ++record) {
      cursor.next = record->record->position + 1;
      found.in_memory.push_back(*record);
    }
  }
  return found;
}

bool Order::wait(std::span<const std::vector<Cursor>* const> cursors,
                 std::chrono::milliseconds most) {
  Sleeper sleeper;
  for (const std::vector<Cursor>* group : cursors)
    for (const Cursor& cursor : *group) sleeper.topics.insert(cursor.topic);
  std::unique_lock lock(mutex_);
  sleepers_.push_back(&sleeper);
  const bool news = sleeper.news.wait_for(lock, most, [&] {
    return std::ranges::any_of(cursors, [&](const std::vector<Cursor>* group) {
      return std::ranges::any_of(*group, [&](const Cursor& cursor) {
        return orders_[cursor.topic].partitions[cursor.partition].last >= cursor.next;
      });
    });
  });
  sleepers_.remove(&sleeper);
  return news;
}

std::optional<Ordered> Order::waiting_state(std::size_t topic, std::string_view key) const {
  const std::lock_guard lock(mutex_);
  const auto found = orders_[topic].waiting.find(key);
  if (found == orders_[topic].waiting.end()) return std::nullopt;
  return found->second;
}

std::vector<Ordered> Order::waiting_states(std::size_t topic, std::uint32_t partition,
                                           std::string_view after, std::size_t most) const {
  std::vector<Ordered> found;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [key, state] : orders_[topic].waiting) {
      if (key > after && state.record->partition == partition) found.push_back(state);
    }
  }
  std::ranges::sort(found, {}, [](const Ordered& state) -> const std::string& {
    return state.record->header.key();
  });
  if (found.size() > most) found.resize(most);
  return found;
}

std::vector<DueState> Order::due(
    std::size_t topic, Instant now, std::size_t most,
    const std::function<std::optional<DueState>()>& next_in_file) const {
  // Under the lock, also while the file is read: a state leaves `waiting` only here, so that what
  // the file still has of it stays hidden.
  const std::lock_guard lock(mutex_);
  const TopicOrder& order = orders_[topic];
  std::vector<DueState> due;
  for (const auto& [wake_at, key] : order.wakes) {
    if (wake_at > to_micros(now) || due.size() >= most) break;
    due.push_back({key, from_micros(wake_at)});
  }
  const std::size_t waiting = due.size();
  while (due.size() - waiting < most) {
    std::optional<DueState> state = next_in_file();
    if (!state) break;
    if (!order.waiting.contains(state->key)) due.push_back(std::move(*state));
  }
  std::ranges::inplace_merge(due, due.begin() + static_cast<std::ptrdiff_t>(waiting), {},
                             &DueState::wake_at);
  if (due.size() > most) due.resize(most);
  return due;
}

std::vector<Move> Order::take_group(const std::string& group) {
  const std::lock_guard lock(mutex_);
  if (!taken_groups_.insert(group).second) {
    throw LogUnavailable("another session reads for group " + group);
  }
  std::vector<Move> moves;
  for (const auto& [place, next] : groups_[group]) {
    moves.push_back({group, place.first, place.second, next});
  }
  return moves;
}

void Order::release_group(const std::string& group) {
  const std::lock_guard lock(mutex_);
  taken_groups_.erase(group);
}

std::shared_ptr<Follower> Order::follow(std::vector<std::string> topics, Log::TailCall call) {
  auto follower = std::make_shared<Follower>();
  for (std::string& topic : topics) {
    topics_.find(topic);
    follower->topics.insert(std::move(topic));
  }
  follower->call = std::move(call);
  const std::lock_guard lock(mutex_);
  std::erase_if(followers_, [](const std::weak_ptr<Follower>& gone) { return gone.expired(); });
  followers_.push_back(follower);
  return follower;
}

std::vector<std::shared_ptr<const Batch>> Order::take() {
  std::unique_lock lock(mutex_);
  for_writer_.wait(lock, [&] { return ending_ || !queue_.empty(); });
  std::vector<std::shared_ptr<const Batch>> batches;
  std::size_t bytes = 0;
  while (!queue_.empty() && (batches.empty() || bytes < kMaxTransactionBytes)) {
    bytes += queue_.front()->bytes;
    batches.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  return batches;
}

std::vector<std::shared_ptr<Follower>> Order::durable(
    std::span<const std::shared_ptr<const Batch>> batches) {
  std::vector<std::shared_ptr<const Batch>> trimmed;  // outlives the lock
  const std::lock_guard lock(mutex_);
  durable_position_ = batches.back()->last;
  for (const auto& batch : batches) {
    waiting_records_ -= batch->records.size();
    waiting_bytes_ -= batch->bytes;
    statistics_.records += batch->records.size();
    for (const Record& record : batch->records) {
      statistics_.bytes += record.payload.size() + record.header.ByteSizeLong();
      const std::size_t index = topics_.find(record.topic);
      if (!topics_[index].compacted) continue;
      TopicOrder& topic = orders_[index];
      const auto waiting = topic.waiting.find(record.header.key());
      if (waiting == topic.waiting.end() || waiting->second.record != &record) continue;
      topic.wakes.erase({record.header.wake_at_us(), record.header.key()});
      topic.waiting.erase(waiting);
    }
  }
  ++statistics_.commits;
  trimmed = trim_locked();
  room_.notify_all();
  std::vector<std::shared_ptr<Follower>> followers;
  for (const std::weak_ptr<Follower>& follower : followers_) {
    if (auto alive = follower.lock()) followers.push_back(std::move(alive));
  }
  return followers;
}

std::vector<std::shared_ptr<const Batch>> Order::trim_locked() {
  std::vector<std::shared_ptr<const Batch>> trimmed;
  while (tail_bytes_ > kMaxTailBytes && tail_.front()->last <= durable_position_) {
    trimmed.push_back(std::move(tail_.front()));
    tail_.pop_front();
    const auto& batch = trimmed.back();
    tail_bytes_ -= batch->bytes;
    tail_from_ = batch->last + 1;
    for (const Record& record : batch->records) {
      orders_[topics_.find(record.topic)].partitions[record.partition].tail.pop_front();
    }
  }
  return trimmed;
}

void Order::end() {
  const std::lock_guard lock(mutex_);
  ending_ = true;
  for_writer_.notify_all();
}

bool Order::is_ending() const {
  const std::lock_guard lock(mutex_);
  return ending_;
}

LogStatistics Order::statistics() const {
  const std::lock_guard lock(mutex_);
  LogStatistics statistics = statistics_;
  statistics.waiting_records = waiting_records_;
  return statistics;
}

}  // namespace guichet::eventlog
