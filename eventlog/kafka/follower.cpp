#include "eventlog/kafka/follower.h"

#include "eventlog/kafka/wire.h"

namespace guichet::eventlog::kafka {
namespace {

constexpr int kCallMilliseconds = 20'000;
constexpr int kPollMilliseconds = 100;
constexpr std::size_t kRecordsPerCall = 1'000;

Properties reading(Properties properties) {
  properties["group.id"] = "guichet.follower";  // librdkafka wants one; nothing is committed
  properties["isolation.level"] = "read_committed";
  properties["enable.auto.commit"] = "false";
  properties["auto.offset.reset"] = "earliest";
  properties["fetch.wait.max.ms"] = "50";
  properties["fetch.error.backoff.ms"] = "100";
  properties["queued.max.messages.kbytes"] = "16384";
  return properties;
}

}  // namespace

Follower::Follower(const Cluster& cluster, const Places& from, Call call)
    : cluster_(cluster),
      call_(std::move(call)),
      consumer_(open_consumer(configure(reading(cluster.properties)))) {
  Partitions list = make_partitions(from.size());
  for (const auto& [place, offset] : from)
    rd_kafka_topic_partition_list_add(list.get(), cluster.named(place.first).c_str(),
                                      static_cast<std::int32_t>(place.second))
        ->offset = static_cast<std::int64_t>(offset);
  check(rd_kafka_assign(consumer_.get(), list.get()), "following topics");
  thread_ = std::jthread([this](std::stop_token stop) { run(stop); });
}

Follower::~Follower() {
  thread_.request_stop();
  thread_.join();
}

void Follower::run(std::stop_token stop) {
  while (!stop.stop_requested()) {
    std::vector<Record> records;
    Places next;
    int timeout = kPollMilliseconds;
    while (records.size() < kRecordsPerCall) {
      const Message message(rd_kafka_consumer_poll(consumer_.get(), timeout));
      timeout = 0;
      if (message == nullptr) break;
      if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) continue;  // librdkafka heals it
      records.push_back(from_wire(cluster_, *message));
      next[{records.back().topic, records.back().partition}] = records.back().position + 1;
    }
    if (!records.empty()) call_(std::move(records), next);
  }
}

Follower::Places ends_of(const Cluster& cluster, const std::vector<std::string>& topics) {
  const Handle consumer = open_consumer(configure(reading(cluster.properties)));
  Follower::Places ends;
  for (const std::string& topic : topics) {
    for (std::uint32_t partition = 0; partition < cluster.partitions; ++partition) {
      std::int64_t low = 0;
      std::int64_t high = 0;
      check(rd_kafka_query_watermark_offsets(consumer.get(), cluster.named(topic).c_str(),
                                             static_cast<std::int32_t>(partition), &low, &high,
                                             kCallMilliseconds),
            "reading the end of " + topic);
      ends[{topic, partition}] = static_cast<std::uint64_t>(high);
    }
  }
  return ends;
}

}  // namespace guichet::eventlog::kafka
