#include "eventlog/kafka/group_consumer.h"

#include <algorithm>
#include <array>
#include <utility>

#include "eventlog/kafka/wire.h"

namespace guichet::eventlog::kafka {
namespace {

constexpr int kCallMilliseconds = 20'000;
constexpr std::size_t kMaxErrorText = 512;

}  // namespace

GroupConsumer::GroupConsumer(Cluster cluster, const std::string& group, const std::string& instance,
                             const std::vector<std::string>& topics, Callbacks callbacks)
    : cluster_(std::move(cluster)),
      callbacks_(std::move(callbacks)),
      positions_(make_partitions()) {
  Properties properties = reading(cluster_.properties, cluster_.named(group));
  properties["group.instance.id"] = instance;
  properties["partition.assignment.strategy"] = "range";
  properties["session.timeout.ms"] = "10000";
  properties["heartbeat.interval.ms"] = "2000";
  Configuration configuration = configure(properties);
  rd_kafka_conf_set_opaque(configuration.get(), this);
  rd_kafka_conf_set_rebalance_cb(configuration.get(), rebalance);
  consumer_ = open_consumer(std::move(configuration));
  Partitions subscription = make_partitions(topics.size());
  for (const std::string& topic : topics)
    rd_kafka_topic_partition_list_add(subscription.get(), cluster_.named(topic).c_str(),
                                      RD_KAFKA_PARTITION_UA);
  check(rd_kafka_subscribe(consumer_.get(), subscription.get()), "subscribing");
}

GroupConsumer::~GroupConsumer() {
  callbacks_ = {};
  rd_kafka_consumer_close(consumer_.get());
}

GroupConsumer::PartitionId GroupConsumer::id_of(const rd_kafka_topic_partition_t& partition) const {
  return {cluster_.topic_of(partition.topic), static_cast<std::uint32_t>(partition.partition)};
}

std::vector<GroupConsumer::PartitionId> GroupConsumer::ids_of(
    const rd_kafka_topic_partition_list_t& list) const {
  std::vector<PartitionId> ids;
  for (int i = 0; i < list.cnt; ++i) ids.push_back(id_of(list.elems[i]));
  return ids;
}

void GroupConsumer::rebalance(rd_kafka_t* client, rd_kafka_resp_err_t error,
                              rd_kafka_topic_partition_list_t* partitions, void* opaque) {
  auto& self = *static_cast<GroupConsumer*>(opaque);
  if (error == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
    self.assigned_ = self.ids_of(*partitions);
    if (self.callbacks_.assigned) self.callbacks_.assigned(self.assigned_);
    rd_kafka_assign(client, partitions);
  } else {
    rd_kafka_assign(client, nullptr);
    const auto lost = std::exchange(self.assigned_, {});
    self.polled_.clear();
    self.fetched_.clear();
    if (self.callbacks_.revoked) self.callbacks_.revoked(lost);
  }
}

std::vector<Record> GroupConsumer::poll(std::size_t most) {
  while (fetched_.size() < most && fetch(std::chrono::milliseconds(0))) {
  }
  std::vector<Record> records;
  while (!fetched_.empty() && records.size() < most) {
    polled_[{fetched_.front().topic, fetched_.front().partition}] = fetched_.front().position + 1;
    records.push_back(std::move(fetched_.front()));
    fetched_.pop_front();
  }
  return records;
}

bool GroupConsumer::wait(std::chrono::milliseconds most) {
  return !fetched_.empty() || fetch(most);
}

bool GroupConsumer::fetch(std::chrono::milliseconds wait) {
  const Message message(rd_kafka_consumer_poll(consumer_.get(), static_cast<int>(wait.count())));
  if (message == nullptr) return false;
  if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
    Record record = from_wire(cluster_, *message);
    // A partition may have moved away while its message was on the way.
    if (std::find(assigned_.begin(), assigned_.end(),
                  PartitionId{record.topic, record.partition}) != assigned_.end())
      fetched_.push_back(std::move(record));
    return true;
  }
  if (message->err == RD_KAFKA_RESP_ERR__FATAL) {
    std::array<char, kMaxErrorText> text{};
    check(rd_kafka_fatal_error(consumer_.get(), text.data(), text.size()), "consuming");
  }
  return false;  // anything else librdkafka heals by itself; it has logged what it is
}

GroupOffsets GroupConsumer::positions() {
  positions_ = make_partitions(polled_.size());
  for (const auto& [id, next] : polled_)
    rd_kafka_topic_partition_list_add(positions_.get(), cluster_.named(id.first).c_str(),
                                      static_cast<std::int32_t>(id.second))
        ->offset = static_cast<std::int64_t>(next);
  return {consumer_.get(), positions_.get()};
}

void GroupConsumer::commit_positions() {
  const GroupOffsets moved = positions();
  if (moved.offsets->cnt > 0)
    check(rd_kafka_commit(consumer_.get(), moved.offsets, /*async=*/0), "committing positions");
  committed();
}

void GroupConsumer::committed() {
  polled_.clear();
}

void GroupConsumer::rewind() {
  polled_.clear();
  fetched_.clear();
  if (assigned_.empty()) return;
  Partitions list = make_partitions(assigned_.size());
  for (const auto& [topic, partition] : assigned_)
    rd_kafka_topic_partition_list_add(list.get(), cluster_.named(topic).c_str(),
                                      static_cast<std::int32_t>(partition));
  check(rd_kafka_committed(consumer_.get(), list.get(), kCallMilliseconds), "reading positions");
  // A new assignment, not a seek: what was fetched before is dropped for certain.
  check(rd_kafka_assign(consumer_.get(), list.get()), "going back to what is committed");
}

std::vector<std::uint32_t> GroupConsumer::partitions_of(std::string_view topic) const {
  std::vector<std::uint32_t> partitions;
  for (const auto& [name, partition] : assigned_)
    if (name == topic) partitions.push_back(partition);
  return partitions;
}

}  // namespace guichet::eventlog::kafka
