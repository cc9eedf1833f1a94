#include "eventlog/kafka/kafka_session.h"

#include <algorithm>
#include <cstdio>
#include <thread>

#include "eventlog/kafka/restore.h"

namespace guichet::eventlog::kafka {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds kMostAwait{5};
constexpr std::chrono::minutes kFencingTime{1};
constexpr std::size_t kMaxFencings = 3;

}  // namespace

KafkaSession::KafkaSession(SessionOptions options, Parts parts)
    : options_(std::move(options)),
      parts_(std::move(parts)),
      attempts_(parts_.cache_folder / (options_.name + ".attempts")),
      state_topics_(options_.state_topics.begin(), options_.state_topics.end()) {
  if (!state_topics_.empty()) {
    transaction_ =
        std::make_unique<TransactionalProducer>(parts_.cluster, options_.name, parts_.rules);
    transaction_->take_over();  // before any position is read: what a predecessor left is ended
    cache_ = std::make_unique<StateCache>(parts_.cache_folder / (options_.name + ".db"));
  }
  for (const Subscription& subscription : options_.subscriptions) {
    join(subscription);
    if (!attempts_.stopped_in_order()) to_await_.insert(subscription.group);
  }
}

KafkaSession::~KafkaSession() {
  {
    std::vector<std::jthread> leaving;  // each may wait for its broker
    for (auto& [group, consumer] : consumers_)
      leaving.emplace_back([&consumer] { consumer.reset(); });
  }
  try {
    attempts_.stop();
  } catch (const std::exception& failure) {  // the next process will be careful for nothing
    std::fprintf(stderr, "guichet: %s\n", failure.what());
  }
}

void KafkaSession::join(const Subscription& subscription) {
  GroupConsumer::Callbacks callbacks;
  callbacks.assigned = [this](const std::vector<Place>& places) {
    for (const auto& [topic, partition] : places) not_restored_.insert(partition);
    ++generation_;
  };
  callbacks.revoked = [this](const std::vector<Place>&) { ++generation_; };
  std::unique_ptr<GroupConsumer>& consumer = consumers_[subscription.group];
  consumer.reset();  // its instance's name is free then
  consumer = std::make_unique<GroupConsumer>(parts_.cluster, subscription.group,
                                             options_.name + "." + subscription.group,
                                             subscription.topics, arrivals_, std::move(callbacks));
}

std::vector<std::uint32_t> KafkaSession::owned() const {
  std::set<std::uint32_t> partitions;
  for (const Subscription& subscription : options_.subscriptions)
    for (const std::string& topic : subscription.topics)
      for (const std::uint32_t partition :
           consumers_.find(subscription.group)->second->partitions_of(topic))
        partitions.insert(partition);
  return {partitions.begin(), partitions.end()};
}

void KafkaSession::restore_new() {
  if (not_restored_.empty()) return;
  if (cache_ != nullptr) {
    std::vector<Place> wanted;
    for (const std::uint32_t partition : owned())
      if (not_restored_.contains(partition))
        for (const std::string& topic : state_topics_) wanted.emplace_back(topic, partition);
    restore(parts_.cluster, *cache_, wanted);
    ++generation_;
  }
  not_restored_.clear();
}

/// Once may be this process's own doing. Again and again there is another one of this name.
void KafkaSession::count_fencing(const std::string& group) {
  std::vector<steady_clock::time_point>& times = fenced_[group];
  const auto now = steady_clock::now();
  std::erase_if(times, [&](const auto& time) { return now - time > kFencingTime; });
  times.push_back(now);
  if (times.size() > kMaxFencings)
    throw Fenced("Kafka: another process is " + options_.name + " too, in group " +
                 parts_.cluster.named(group));
}

void KafkaSession::heal() {
  for (const Subscription& subscription : options_.subscriptions) {
    GroupConsumer& consumer = *consumers_.find(subscription.group)->second;
    if (consumer.broken()) {
      if (consumer.fenced()) count_fencing(subscription.group);
      join(subscription);
    } else {
      consumer.serve();  // says first whether another member has taken this one's place
    }
  }
  if (transaction_ != nullptr) transaction_->take_over();
  for (const auto& [group, consumer] : consumers_) consumer->rewind();
  for (const std::uint32_t partition : owned()) not_restored_.insert(partition);
  ++generation_;
  polled_in_.reset();
  in_doubt_ = false;
}

/// After a process that died, "nothing to poll" must mean that nothing is left of its time: the
/// host stops being careful then (care.h), and here records are on their way for a while.
void KafkaSession::await_what_was_left(GroupConsumer& consumer) {
  const auto until = std::chrono::steady_clock::now() + kMostAwait;
  for (;;) {
    const std::uint64_t before = arrivals_.count();
    consumer.serve();
    if (consumer.has_some() || consumer.at_ends()) return;
    if (std::chrono::steady_clock::now() > until)
      throw LogUnavailable("Kafka: waiting for the partitions of a group");
    arrivals_.wait(before, until);
  }
}

Polled KafkaSession::poll(std::string_view group, std::size_t most) {
  if (in_doubt_) heal();
  GroupConsumer& consumer = *consumers_.find(group)->second;
  const auto to_await = to_await_.find(group);
  std::vector<Record> records;
  try {
    if (to_await != to_await_.end()) await_what_was_left(consumer);
    records = consumer.poll(most);
    restore_new();
  } catch (const LogUnavailable&) {
    in_doubt_ = true;  // what was polled is polled again
    throw;
  }
  if (to_await != to_await_.end() && records.empty()) to_await_.erase(to_await);
  if (!records.empty() && !polled_in_) polled_in_ = generation_;
  return Polled(std::move(records));
}

std::optional<Record> KafkaSession::latest(std::string_view topic, std::string_view key) {
  restore_new();
  return cache_->latest(topic, key);
}

std::vector<DueState> KafkaSession::due(std::string_view topic, Instant now, std::size_t most) {
  if (in_doubt_) heal();
  restore_new();
  return cache_->due(topic, owned(), now, most);
}

std::vector<Record> KafkaSession::scan(std::string_view topic, std::uint32_t partition,
                                       std::string_view after, std::size_t most) {
  restore_new();
  return cache_->scan(topic, partition, after, most);
}

void KafkaSession::commit(std::vector<Record> records) {
  if (in_doubt_) throw LogUnavailable("Kafka: the last commit is in doubt; read again first");
  in_doubt_ = true;
  if (polled_in_.value_or(generation_) != generation_)
    throw LogUnavailable("Kafka: partitions moved while their records were handled");
  if (transaction_ != nullptr) {
    commit_as_transaction(std::move(records));
  } else {
    parts_.plain->send_and_wait(records);
    for (const auto& [group, consumer] : consumers_) consumer->commit_behind();
  }
  polled_in_.reset();
  in_doubt_ = false;
}

void KafkaSession::commit_as_transaction(std::vector<Record> records) {
  const auto is_output = [&](const Record& record) {
    return !state_topics_.contains(record.topic);
  };
  const auto middle = std::stable_partition(records.begin(), records.end(), is_output);
  // Of several states of a key only the last counts.
  std::set<std::pair<std::string_view, std::string_view>> seen;
  std::vector<Record> states;
  for (auto record = records.end(); record != middle;) {
    --record;
    if (seen.emplace(record->topic, record->header.key()).second) states.push_back(*record);
  }
  std::vector<GroupOffsets> positions;
  positions.reserve(consumers_.size());
  for (const auto& [group, consumer] : consumers_) positions.push_back(consumer->positions());

  transaction_->commit(std::span(records.begin(), middle), states, positions);

  ++parts_.written->commits;
  parts_.written->records += static_cast<std::size_t>(middle - records.begin()) + states.size();
  for (auto record = records.begin(); record != middle; ++record)
    parts_.written->bytes += record->payload.size();
  for (const Record& state : states) parts_.written->bytes += state.payload.size();
  for (const auto& [group, consumer] : consumers_) consumer->committed();
  StateCache::Offsets next;
  for (const Record& state : states) {
    std::uint64_t& offset = next[{state.topic, state.partition}];
    offset = std::max(offset, state.position + 1);
  }
  if (!states.empty()) cache_->apply(states, next);
}

void KafkaSession::abort() {
  heal();
}

void KafkaSession::wait(std::chrono::milliseconds most) {
  const auto until = std::chrono::steady_clock::now() + most;
  for (;;) {
    const std::uint64_t before = arrivals_.count();
    bool came = false;
    try {
      for (const auto& [group, consumer] : consumers_) came |= consumer->serve();
    } catch (const LogUnavailable&) {
      in_doubt_ = true;
      throw;
    }
    if (came || std::chrono::steady_clock::now() >= until) return;
    arrivals_.wait(before, until);
  }
}

}  // namespace guichet::eventlog::kafka
