#include "eventlog/kafka/reader.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "eventlog/kafka/extent.h"
#include "eventlog/kafka/wire.h"

namespace guichet::eventlog::kafka {
namespace {

constexpr int kPollMilliseconds = 100;
constexpr std::chrono::seconds kMostWait{10};
constexpr std::chrono::milliseconds kRetry{50};
constexpr int kCallMilliseconds = 10'000;
constexpr std::int64_t kMicrosInMilli = 1'000;

}  // namespace

Reader::Reader(Cluster cluster) : cluster_(std::move(cluster)) {
  Properties& properties = cluster_.properties;
  properties = reading(properties, "guichet.reader");  // nothing is committed
  properties["enable.partition.eof"] = "true";
  properties["fetch.wait.max.ms"] = "20";
}

std::vector<Record> Reader::read(std::string_view topic, std::uint32_t partition,
                                 std::uint64_t from, std::size_t most) {
  const std::scoped_lock lock(mutex_);
  const std::string doing = "reading " + std::string(topic);
  const auto begin_at = [&](std::uint64_t position) {
    Partitions list = make_partitions();
    rd_kafka_topic_partition_list_add(list.get(), cluster_.named(topic).c_str(),
                                      static_cast<std::int32_t>(partition))
        ->offset = static_cast<std::int64_t>(position);
    check(rd_kafka_assign(consumer(), list.get()), doing);
  };
  begin_at(from);
  const auto until = std::chrono::steady_clock::now() + kMostWait;
  std::vector<Record> records;
  while (records.size() < most) {
    const Message message(rd_kafka_consumer_poll(consumer_.get(), kPollMilliseconds));
    const rd_kafka_resp_err_t error =
        message == nullptr ? RD_KAFKA_RESP_ERR__TIMED_OUT : message->err;
    if (error == RD_KAFKA_RESP_ERR__PARTITION_EOF) break;
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
      records.push_back(from_wire(cluster_, *message));
    } else if (error == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET) {
      const Place place{topic, partition};
      const Extent extent = extents_of(cluster_, std::span(&place, 1), End::kWritten).at(place);
      if (from >= extent.end) break;  // nothing is there yet
      begin_at(extent.first);         // what stood before it was deleted
    } else if (is_refusal(error) || std::chrono::steady_clock::now() > until) {
      rd_kafka_assign(consumer_.get(), nullptr);
      check(error, doing);
    }
  }
  rd_kafka_assign(consumer_.get(), nullptr);
  return records;
}

std::uint64_t Reader::first_at(std::string_view topic, std::uint32_t partition, Instant instant) {
  const std::scoped_lock lock(mutex_);
  const std::string name = cluster_.named(topic);
  Partitions list = make_partitions();
  rd_kafka_topic_partition_t& wanted = *rd_kafka_topic_partition_list_add(
      list.get(), name.c_str(), static_cast<std::int32_t>(partition));
  const auto until = std::chrono::steady_clock::now() + kMostWait;
  for (;;) {
    wanted.offset = std::max<std::int64_t>(0, to_micros(instant) / kMicrosInMilli);
    rd_kafka_resp_err_t error =
        rd_kafka_offsets_for_times(consumer(), list.get(), kCallMilliseconds);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) error = wanted.err;
    std::int64_t first = 0;
    std::int64_t end = wanted.offset;
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR && end < 0)
      error = rd_kafka_query_watermark_offsets(consumer(), name.c_str(),
                                               static_cast<std::int32_t>(partition), &first, &end,
                                               kCallMilliseconds);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return static_cast<std::uint64_t>(end);
    if (!leader_is_unknown(error) || std::chrono::steady_clock::now() > until)
      check(error, "looking for a time in " + name);
    std::this_thread::sleep_for(kRetry);
  }
}

rd_kafka_t* Reader::consumer() {
  if (consumer_ == nullptr) consumer_ = open_consumer(configure(cluster_.properties));
  return consumer_.get();
}

}  // namespace guichet::eventlog::kafka
