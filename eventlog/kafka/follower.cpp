#include "eventlog/kafka/follower.h"

#include <cstdio>
#include <cstdlib>

#include "eventlog/kafka/wire.h"

namespace guichet::eventlog::kafka {
namespace {

constexpr int kPollMilliseconds = 100;
constexpr std::size_t kRecordsPerCall = 1'000;

Properties following(const Cluster& cluster) {
  Properties properties = reading(cluster.properties, "guichet.follower");  // nothing is committed
  properties["enable.partition.eof"] = "true";
  return properties;
}

}  // namespace

Follower::Follower(const Cluster& cluster, const Places& from, Call call)
    : cluster_(cluster),
      call_(std::move(call)),
      consumer_(open_consumer(configure(following(cluster)))) {
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
    std::size_t bytes = 0;
    while (records.size() < kRecordsPerCall && bytes < kMostBytesAtOnce) {
      const Message message(rd_kafka_consumer_poll(consumer_.get(), timeout));
      timeout = 0;
      if (message == nullptr) break;
      const bool at_end = message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF;
      if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR && !at_end) {
        failed(*message);
        continue;
      }
      const Place place{cluster_.topic_of(rd_kafka_topic_name(message->rkt)),
                        static_cast<std::uint32_t>(message->partition)};
      next[place] = static_cast<std::uint64_t>(message->offset) + (at_end ? 0 : 1);
      if (at_end) continue;
      records.push_back(from_wire(cluster_, *message));
      bytes += message->len;
    }
    if (!next.empty()) call_(std::move(records), next);
  }
}

/// The rest librdkafka heals, and has logged.
void Follower::failed(const rd_kafka_message_t& message) {
  if (message.err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET) {
    // Records were here that the topic has no more: what was made of them cannot be trusted, and
    // is made anew at the next start.
    std::fprintf(stderr, "kafka: following topics: %s\n", rd_kafka_message_errstr(&message));
    std::abort();
  }
  const auto now = std::chrono::steady_clock::now();
  if (!is_refusal(message.err) || (message.err == refused_ && now - refused_at_ < kSayAgain))
    return;
  refused_ = message.err;
  refused_at_ = now;
  std::fprintf(stderr, "kafka: following topics, trying again: %s\n",
               rd_kafka_message_errstr(&message));
}

}  // namespace guichet::eventlog::kafka
