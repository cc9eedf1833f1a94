#include "eventlog/kafka/extent.h"

#include <algorithm>
#include <chrono>
#include <thread>

namespace guichet::eventlog::kafka {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kMostWait{20'000};
constexpr milliseconds kRetry{50};

/// Asks again while the leader of a partition is not known: it was just made, or is moving.
Extent extent_of(rd_kafka_t* consumer, const std::string& topic, std::uint32_t partition,
                 steady_clock::time_point until) {
  for (;;) {
    const auto left = std::chrono::duration_cast<milliseconds>(until - steady_clock::now());
    std::int64_t first = 0;
    std::int64_t end = 0;
    const rd_kafka_resp_err_t error = rd_kafka_query_watermark_offsets(
        consumer, topic.c_str(), static_cast<std::int32_t>(partition), &first, &end,
        std::max(1, static_cast<int>(left.count())));
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR)
      return {static_cast<std::uint64_t>(first), static_cast<std::uint64_t>(end)};
    if (!leader_is_unknown(error) || left <= kRetry) check(error, "reading the end of " + topic);
    std::this_thread::sleep_for(kRetry);
  }
}

}  // namespace

bool leader_is_unknown(rd_kafka_resp_err_t error) {
  return error == RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION ||
         error == RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE ||
         error == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART ||
         error == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION || error == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC;
}

std::map<Place, Extent> extents_of(const Cluster& cluster, std::span<const Place> places, End end) {
  Properties properties = reading(cluster.properties, "guichet.extent");  // nothing is committed
  if (end == End::kWritten) properties["isolation.level"] = "read_uncommitted";
  const Handle consumer = open_consumer(configure(properties));
  std::map<Place, Extent> extents;
  const auto until = steady_clock::now() + kMostWait;
  for (const Place& place : places)
    extents[place] = extent_of(consumer.get(), cluster.named(place.first), place.second, until);
  return extents;
}

std::string id_of(const Cluster& cluster) {
  const Handle client = open_producer(configure(cluster.properties));
  char* const text = rd_kafka_clusterid(client.get(), static_cast<int>(kMostWait.count()));
  if (text == nullptr) throw LogUnavailable("Kafka: asking which cluster this is: no answer");
  std::string id(text);
  rd_kafka_mem_free(client.get(), text);
  return id;
}

std::vector<Place> places_of(const std::vector<std::string>& topics, std::uint32_t partitions) {
  std::vector<Place> places;
  for (const std::string& topic : topics)
    for (std::uint32_t partition = 0; partition < partitions; ++partition)
      places.emplace_back(topic, partition);
  return places;
}

}  // namespace guichet::eventlog::kafka
