#include "eventlog/kafka/restore.h"

#include <chrono>

#include "eventlog/kafka/wire.h"

namespace guichet::eventlog::kafka {
namespace {

using std::chrono::steady_clock;

constexpr int kPollMilliseconds = 100;
constexpr std::size_t kRecordsPerWrite = 2'000;
// Longer than a transaction may stay open.
constexpr std::chrono::seconds kMostIdle{60};

Handle reader(const Cluster& cluster) {
  Properties properties = reading(cluster.properties, "guichet.restore");  // nothing is committed
  properties["enable.partition.eof"] = "true";
  properties["fetch.wait.max.ms"] = "20";
  return open_consumer(configure(properties));
}

}  // namespace

void restore(const Cluster& cluster, StateCache& cache, std::span<const Place> partitions) {
  if (partitions.empty()) return;
  Places ends;
  Partitions list = make_partitions(partitions.size());
  for (const auto& [place, extent] : extents_of(cluster, partitions, End::kWritten)) {
    const auto& [topic, partition] = place;
    const std::uint64_t next = cache.next_offset(topic, partition);
    if (next > extent.end) cache.forget(topic, partition);  // of another cluster, or made anew
    if (next == extent.end) continue;
    ends[place] = extent.end;
    rd_kafka_topic_partition_list_add(list.get(), cluster.named(topic).c_str(),
                                      static_cast<std::int32_t>(partition))
        ->offset = next > extent.end ? 0 : static_cast<std::int64_t>(next);
  }
  if (ends.empty()) return;

  const Handle consumer = reader(cluster);
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
    const Place place{cluster.topic_of(rd_kafka_topic_name(message->rkt)),
                      static_cast<std::uint32_t>(message->partition)};
    auto reached = static_cast<std::uint64_t>(message->offset);
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      records.push_back(from_wire(cluster, *message));
      ++reached;
    }
    next[place] = reached;
    const auto end = ends.find(place);
    if (end != ends.end() && reached >= end->second) ends.erase(end);
    if (records.size() >= kRecordsPerWrite) flush();
  }
  flush();
}

}  // namespace guichet::eventlog::kafka
