#include "eventlog/kafka/group_consumer.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include "eventlog/kafka/wire.h"

namespace guichet::eventlog::kafka {
namespace {

using std::chrono::steady_clock;

constexpr int kCallMilliseconds = 20'000;
constexpr int kShortCallMilliseconds = 5'000;  // where librdkafka or the end of the process waits
constexpr std::size_t kMaxErrorText = 512;
constexpr std::size_t kMaxFetched = 1'024;  // beyond what one poll asks for
// An idle partition ends in marks of transactions. The group's position is moved behind them before
// retention can delete them, and so well within any retention.
constexpr std::chrono::minutes kCommitEnds{10};

struct DestroyQueue {
  void operator()(rd_kafka_queue_t* queue) const { rd_kafka_queue_destroy(queue); }
};
using Queue = std::unique_ptr<rd_kafka_queue_t, DestroyQueue>;

/// The partitions moved while the request was under way: whoever has them now goes on from what is
/// committed.
bool says_moved(rd_kafka_resp_err_t error) {
  return error == RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION ||
         error == RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID ||
         error == RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS ||
         error == RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID;
}

void begin_where_none_is_committed(rd_kafka_topic_partition_list_t& list) {
  for (int i = 0; i < list.cnt; ++i)
    if (list.elems[i].offset == RD_KAFKA_OFFSET_INVALID)
      list.elems[i].offset = RD_KAFKA_OFFSET_BEGINNING;
}

}  // namespace

GroupConsumer::GroupConsumer(Cluster cluster, const std::string& group, const std::string& instance,
                             const std::vector<std::string>& topics, Arrivals& arrivals,
                             Callbacks callbacks)
    : cluster_(std::move(cluster)),
      group_(group),
      arrivals_(arrivals),
      callbacks_(std::move(callbacks)),
      ends_committed_(steady_clock::now()),
      positions_(make_partitions()) {
  Properties properties = reading(cluster_.properties, cluster_.named(group));
  properties["group.instance.id"] = instance;
  properties["partition.assignment.strategy"] = "range";
  properties["enable.partition.eof"] = "true";
  properties.try_emplace("session.timeout.ms", "10000");
  properties.try_emplace("heartbeat.interval.ms", "2000");
  Configuration configuration = configure(properties);
  rd_kafka_conf_set_opaque(configuration.get(), this);
  rd_kafka_conf_set_rebalance_cb(configuration.get(), rebalance);
  consumer_ = open_consumer(std::move(configuration));
  const Queue queue(rd_kafka_queue_get_consumer(consumer_.get()));
  rd_kafka_queue_cb_event_enable(queue.get(), Arrivals::came, &arrivals_);
  Partitions subscription = make_partitions(topics.size());
  for (const std::string& topic : topics)
    rd_kafka_topic_partition_list_add(subscription.get(), cluster_.named(topic).c_str(),
                                      RD_KAFKA_PARTITION_UA);
  check(rd_kafka_subscribe(consumer_.get(), subscription.get()), "subscribing");
}

GroupConsumer::~GroupConsumer() {
  callbacks_ = {};
  if (!broken_) commit_ends();
  const Queue queue(rd_kafka_queue_get_consumer(consumer_.get()));
  rd_kafka_queue_cb_event_enable(queue.get(), nullptr, nullptr);
  rd_kafka_consumer_close(consumer_.get());  // takes the partitions back
}

Place GroupConsumer::place_of(const rd_kafka_topic_partition_t& partition) const {
  return {cluster_.topic_of(partition.topic), static_cast<std::uint32_t>(partition.partition)};
}

Partitions GroupConsumer::list_of(const Places& positions) const {
  Partitions list = make_partitions(positions.size());
  for (const auto& [place, next] : positions)
    rd_kafka_topic_partition_list_add(list.get(), cluster_.named(place.first).c_str(),
                                      static_cast<std::int32_t>(place.second))
        ->offset = static_cast<std::int64_t>(next);
  return list;
}

bool GroupConsumer::has(const Place& place) const {
  return std::find(assigned_.begin(), assigned_.end(), place) != assigned_.end();
}

// ---- partitions that come and go

void GroupConsumer::rebalance(rd_kafka_t*, rd_kafka_resp_err_t error,
                              rd_kafka_topic_partition_list_t* partitions, void* opaque) {
  auto& self = *static_cast<GroupConsumer*>(opaque);
  if (error == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS)
    self.give(partitions);
  else
    self.take_back();
}

void GroupConsumer::give(rd_kafka_topic_partition_list_t* partitions) {
  joined_ = true;
  assigned_.clear();
  for (int i = 0; i < partitions->cnt; ++i) assigned_.push_back(place_of(partitions->elems[i]));
  if (callbacks_.assigned) callbacks_.assigned(assigned_);
  // A group that is new begins at the beginning. Where this call fails the position is looked for
  // by librdkafka, and where there is none it says so.
  if (rd_kafka_committed(consumer_.get(), partitions, kShortCallMilliseconds) ==
      RD_KAFKA_RESP_ERR_NO_ERROR)
    begin_where_none_is_committed(*partitions);
  rd_kafka_assign(consumer_.get(), partitions);
}

void GroupConsumer::take_back() {
  if (rd_kafka_assignment_lost(consumer_.get()) == 0) commit_now();
  rd_kafka_assign(consumer_.get(), nullptr);
  const auto lost = std::exchange(assigned_, {});
  fetched_.clear();
  fetched_bytes_ = 0;
  polled_.clear();
  handled_.clear();
  ends_.clear();
  gone_.clear();
  if (callbacks_.revoked) callbacks_.revoked(lost);
}

// ---- reading

std::vector<Record> GroupConsumer::poll(std::size_t most) {
  while (fetched_.size() < most && fetched_bytes_ < kMostBytesAtOnce && fetch()) {
  }
  std::vector<Record> records;
  std::size_t bytes = 0;
  while (!fetched_.empty() && records.size() < most && bytes < kMostBytesAtOnce) {
    bytes += fetched_.front().payload.size();
    fetched_bytes_ -= fetched_.front().payload.size();
    polled_[{fetched_.front().topic, fetched_.front().partition}] = fetched_.front().position + 1;
    records.push_back(std::move(fetched_.front()));
    fetched_.pop_front();
  }
  return records;
}

bool GroupConsumer::serve() {
  const std::size_t before = fetched_.size();
  while (fetched_.size() < kMaxFetched && fetched_bytes_ < kMostBytesAtOnce && fetch()) {
  }
  if (steady_clock::now() - ends_committed_ > kCommitEnds) commit_ends();
  return fetched_.size() > before;
}

bool GroupConsumer::at_ends() const {
  return joined_ && std::all_of(assigned_.begin(), assigned_.end(),
                                [&](const Place& place) { return ends_.contains(place); });
}

/// False: there is nothing now.
bool GroupConsumer::fetch() {
  const Message message(rd_kafka_consumer_poll(consumer_.get(), 0));
  if (message == nullptr) return false;
  if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
    Record record = from_wire(cluster_, *message);
    // A partition may have moved away while its message was on the way.
    if (has({record.topic, record.partition})) {
      fetched_bytes_ += record.payload.size();
      fetched_.push_back(std::move(record));
    }
  } else if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
    const Place place{cluster_.topic_of(rd_kafka_topic_name(message->rkt)),
                      static_cast<std::uint32_t>(message->partition)};
    if (has(place)) ends_[place] = static_cast<std::uint64_t>(message->offset);
  } else {
    failed(message->err, *message);
  }
  return true;
}

/// Throws what cannot heal by itself; the rest librdkafka heals, and has logged.
void GroupConsumer::failed(rd_kafka_resp_err_t error, const rd_kafka_message_t& message) {
  const std::string doing = "reading for group " + cluster_.named(group_);
  if (error == RD_KAFKA_RESP_ERR__FATAL) {
    broken_ = true;
    std::array<char, kMaxErrorText> text{};
    const rd_kafka_resp_err_t why = rd_kafka_fatal_error(consumer_.get(), text.data(), text.size());
    fenced_ = why == RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID;
    check(why, doing + ": " + text.data());
  }
  if (error == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET && message.rkt != nullptr) {
    const Place place{cluster_.topic_of(rd_kafka_topic_name(message.rkt)),
                      static_cast<std::uint32_t>(message.partition)};
    if (!has(place)) return;
    gone_.insert(place);
    throw LogUnavailable("Kafka: " + doing + ": " + rd_kafka_message_errstr(&message));
  }
  if (!is_refusal(error)) return;
  const auto now = steady_clock::now();
  if (error == refused_ && now - refused_at_ < kSayAgain) return;
  refused_ = error;
  refused_at_ = now;
  throw LogUnavailable("Kafka: " + doing + ": " + rd_kafka_message_errstr(&message));
}

void GroupConsumer::rewind() {
  commit_now();
  fetched_.clear();
  fetched_bytes_ = 0;
  polled_.clear();
  ends_.clear();
  if (assigned_.empty()) return;
  Partitions list = make_partitions(assigned_.size());
  for (const auto& [topic, partition] : assigned_)
    rd_kafka_topic_partition_list_add(list.get(), cluster_.named(topic).c_str(),
                                      static_cast<std::int32_t>(partition));
  check(rd_kafka_committed(consumer_.get(), list.get(), kCallMilliseconds), "reading positions");
  check_gone(*list);
  begin_where_none_is_committed(*list);
  // A new assignment, not a seek: what was fetched before is dropped for certain.
  check(rd_kafka_assign(consumer_.get(), list.get()), "going back to what is committed");
}

/// Throws where records that this group has not handled are deleted: going on would skip them in
/// silence.
void GroupConsumer::check_gone(const rd_kafka_topic_partition_list_t& committed) {
  if (gone_.empty()) return;
  const std::vector<Place> places(gone_.begin(), gone_.end());
  const std::map<Place, Extent> extents = extents_of(cluster_, places, End::kWritten);
  for (int i = 0; i < committed.cnt; ++i) {
    const rd_kafka_topic_partition_t& partition = committed.elems[i];
    const auto extent = extents.find(place_of(partition));
    if (extent == extents.end() || partition.offset < 0) continue;
    const auto position = static_cast<std::uint64_t>(partition.offset);
    if (position >= extent->second.first && position <= extent->second.end) continue;
    const std::string group = cluster_.named(group_);
    throw LogUnavailable(
        "Kafka: group " + group + " stands at " + std::to_string(position) + " of " +
        partition.topic + " [" + std::to_string(partition.partition) + "], which holds " +
        std::to_string(extent->second.first) + " to " + std::to_string(extent->second.end) +
        ": records are gone that were not handled. Nothing is skipped unless you say so: stop all "
        "processes of this group, then kafka-consumer-groups --reset-offsets --group " +
        group + " --topic " + partition.topic + " --to-earliest --execute");
  }
  gone_.clear();
}

// ---- positions

GroupOffsets GroupConsumer::positions() {
  positions_ = list_of(polled_);
  return {consumer_.get(), positions_.get()};
}

void GroupConsumer::committed() {
  polled_.clear();
}

void GroupConsumer::commit_behind() {
  for (const auto& [place, next] : polled_) handled_[place] = next;
  polled_.clear();
  send_handled();
}

void GroupConsumer::send_handled() {
  if (sending_ || handled_.empty()) return;
  sending_ = true;
  sent_ = std::exchange(handled_, {});
  const Partitions list = list_of(sent_);
  const Queue queue(rd_kafka_queue_get_consumer(consumer_.get()));
  rd_kafka_commit_queue(consumer_.get(), list.get(), queue.get(), answered, this);
}

/// Called from within `fetch`.
void GroupConsumer::answered(rd_kafka_t*, rd_kafka_resp_err_t error,
                             rd_kafka_topic_partition_list_t*, void* opaque) {
  auto& self = *static_cast<GroupConsumer*>(opaque);
  self.sending_ = false;
  const Places sent = std::exchange(self.sent_, {});
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR && !says_moved(error)) {
    std::fprintf(stderr, "kafka: group %s: committing positions, trying again: %s\n",
                 self.group_.c_str(), rd_kafka_err2str(error));
    for (const auto& [place, next] : sent)
      if (self.has(place)) self.handled_.emplace(place, next);
    return;  // with what is handled next, or when the partitions are given back
  }
  self.send_handled();
}

/// Moves the group behind what shows no record, where all before it was handled.
void GroupConsumer::commit_ends() {
  ends_committed_ = steady_clock::now();
  for (const auto& [place, end] : std::exchange(ends_, {})) {
    const bool waits = polled_.contains(place) ||
                       std::any_of(fetched_.begin(), fetched_.end(), [&](const Record& record) {
                         return record.topic == place.first && record.partition == place.second;
                       });
    if (!waits) handled_[place] = end;
  }
  send_handled();
}

/// Waits for the answer, not for ever: what is not committed is repeated, and that is harmless.
void GroupConsumer::commit_now() {
  for (const auto& [place, next] : std::exchange(sent_, {})) handled_.emplace(place, next);
  if (handled_.empty()) return;
  const Partitions list = list_of(std::exchange(handled_, {}));
  const Queue queue(rd_kafka_queue_new(consumer_.get()));
  const auto ignore = [](rd_kafka_t*, rd_kafka_resp_err_t, rd_kafka_topic_partition_list_t*,
                         void*) {};
  rd_kafka_commit_queue(consumer_.get(), list.get(), queue.get(), ignore, nullptr);
  rd_kafka_queue_poll_callback(queue.get(), kShortCallMilliseconds);
}

std::vector<std::uint32_t> GroupConsumer::partitions_of(std::string_view topic) const {
  std::vector<std::uint32_t> partitions;
  for (const auto& [name, partition] : assigned_)
    if (name == topic) partitions.push_back(partition);
  return partitions;
}

}  // namespace guichet::eventlog::kafka
