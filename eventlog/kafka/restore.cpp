#include "eventlog/kafka/restore.h"

#include <chrono>

#include "eventlog/kafka/wire.h"

namespace guichet::eventlog::kafka {
namespace {

using std::chrono::steady_clock;

constexpr int kCallMilliseconds = 20'000;
constexpr int kPollMilliseconds = 100;
constexpr std::size_t kRecordsPerWrite = 2'000;
// Longer than a transaction may stay open.
constexpr std::chrono::seconds kMostIdle{60};

Handle reader(Properties properties, const char* isolation) {
  properties["group.id"] = "guichet.restore";  // librdkafka wants one; nothing is committed
  properties["isolation.level"] = isolation;
  properties["enable.auto.commit"] = "false";
  properties["enable.partition.eof"] = "true";
  properties["auto.offset.reset"] = "earliest";
  properties["fetch.wait.max.ms"] = "20";
  return open_consumer(configure(properties));
}

std::int64_t end_of_log(rd_kafka_t* client, const std::string& topic, std::uint32_t partition) {
  std::int64_t low = 0;
  std::int64_t high = 0;
  check(
      rd_kafka_query_watermark_offsets(client, topic.c_str(), static_cast<std::int32_t>(partition),
                                       &low, &high, kCallMilliseconds),
      "reading the end of " + topic);
  return high;
}

}  // namespace

void restore(const Cluster& cluster, StateCache& cache,
             std::span<const std::pair<std::string, std::uint32_t>> partitions) {
  if (partitions.empty()) return;
  std::map<std::pair<std::string, std::int32_t>, std::int64_t> ends;
  Partitions list = make_partitions(partitions.size());
  {
    const Handle everything = reader(cluster.properties, "read_uncommitted");
    for (const auto& [topic, partition] : partitions) {
      const std::string name = cluster.named(topic);
      const std::int64_t end = end_of_log(everything.get(), name, partition);
      const auto next = static_cast<std::int64_t>(cache.next_offset(topic, partition));
      if (next > end) cache.forget(topic, partition);  // of another cluster, or made anew
      if (next == end) continue;
      ends[{name, static_cast<std::int32_t>(partition)}] = end;
      rd_kafka_topic_partition_list_add(list.get(), name.c_str(),
                                        static_cast<std::int32_t>(partition))
          ->offset = next > end ? 0 : next;
    }
  }
  if (ends.empty()) return;

  const Handle consumer = reader(cluster.properties, "read_committed");
  check(rd_kafka_assign(consumer.get(), list.get()), "restoring states");
  std::vector<Record> records;
  StateCache::Offsets next;
  const auto flush = [&] {
    cache.apply(records, next);
    records.clear();
  };
  auto last_progress = steady_clock::now();
  while (!ends.empty()) {
    const Message message(rd_kafka_consumer_poll(consumer.get(), kPollMilliseconds));
    if (steady_clock::now() - last_progress > kMostIdle)
      throw LogUnavailable("Kafka: restoring states: the end of the log does not become stable");
    if (message == nullptr) continue;
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR &&
        message->err != RD_KAFKA_RESP_ERR__PARTITION_EOF)
      continue;  // librdkafka heals it, or the time runs out
    last_progress =
        message->err == RD_KAFKA_RESP_ERR_NO_ERROR ? steady_clock::now() : last_progress;
    const std::string name = rd_kafka_topic_name(message->rkt);
    const std::string topic = cluster.topic_of(name);
    const auto partition = static_cast<std::uint32_t>(message->partition);
    std::int64_t reached = message->offset;
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      records.push_back(from_wire(cluster, *message));
      ++reached;
    }
    next[{topic, partition}] = static_cast<std::uint64_t>(reached);
    const auto end = ends.find({name, message->partition});
    if (end != ends.end() && reached >= end->second) ends.erase(end);
    if (records.size() >= kRecordsPerWrite) flush();
  }
  flush();
}

}  // namespace guichet::eventlog::kafka
