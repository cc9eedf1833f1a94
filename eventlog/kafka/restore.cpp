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

GoingOn go_on(const Cluster& cluster, StateCache& cache, std::span<const Place> partitions) {
  GoingOn going_on;
  going_on.anew = cache.belong_to(id_of(cluster));
  for (const auto& [place, extent] : extents_of(cluster, partitions, End::kWritten)) {
    const auto& [topic, partition] = place;
    std::uint64_t next = cache.next_offset(topic, partition);
    if (next > extent.end) {
      cache.forget(topic, partition);
      going_on.anew = true;
      next = 0;
    }
    if (next < extent.first)
      throw LogUnavailable("Kafka: topic " + cluster.named(topic) + " [" +
                           std::to_string(partition) + "] begins at " +
                           std::to_string(extent.first) + ", and what stood before it is not in " +
                           "this copy: states were deleted. Restore the topic from a backup.");
    going_on.from[place] = next;
    going_on.ends[place] = extent.end;
  }
  return going_on;
}

void restore(const Cluster& cluster, StateCache& cache, std::span<const Place> partitions) {
  if (partitions.empty()) return;
  GoingOn going_on = go_on(cluster, cache, partitions);
  Places& ends = going_on.ends;
  Partitions list = make_partitions(partitions.size());
  for (const auto& [place, from] : going_on.from) {
    if (from == ends[place]) {
      ends.erase(place);
      continue;
    }
    rd_kafka_topic_partition_list_add(list.get(), cluster.named(place.first).c_str(),
                                      static_cast<std::int32_t>(place.second))
        ->offset = static_cast<std::int64_t>(from);
  }
  if (ends.empty()) return;

  const Handle consumer = reader(cluster);
  check(rd_kafka_assign(consumer.get(), list.get()), "restoring states");
  std::vector<Record> records;
  std::size_t bytes = 0;
  StateCache::Offsets next;
  const auto flush = [&] {
    cache.apply(records, next);
    records.clear();
    bytes = 0;
  };
  auto last_progress = steady_clock::now();
  while (!ends.empty()) {
    const Message message(rd_kafka_consumer_poll(consumer.get(), kPollMilliseconds));
    if (steady_clock::now() - last_progress > kMostIdle)
      throw LogUnavailable("Kafka: restoring states: the end of the log does not become stable");
    if (message == nullptr) continue;
    if (is_refusal(message->err) || message->err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET)
      check(message->err, "restoring states");
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
      bytes += message->len;
      ++reached;
    }
    next[place] = reached;
    const auto end = ends.find(place);
    if (end != ends.end() && reached >= end->second) ends.erase(end);
    if (records.size() >= kRecordsPerWrite || bytes >= kMostBytesAtOnce) flush();
  }
  flush();
}

}  // namespace guichet::eventlog::kafka
