#pragma once

#include <mutex>
#include <string_view>
#include <vector>

#include "eventlog/kafka/client.h"
#include "eventlog/record.h"

namespace guichet::eventlog::kafka {

/// Reads a stretch of one partition: committed records only. Any thread; one read at a time.
class Reader {
 public:
  explicit Reader(Cluster cluster);

  /// At most `most` records from a position on; fewer at the end. Throws LogUnavailable.
  std::vector<Record> read(std::string_view topic, std::uint32_t partition, std::uint64_t from,
                           std::size_t most);

  /// The offset of the first message whose time is at or after an instant; the end where
  /// there is none. Throws LogUnavailable.
  std::uint64_t first_at(std::string_view topic, std::uint32_t partition, Instant instant);

 private:
  rd_kafka_t* consumer();

  Cluster cluster_;
  std::mutex mutex_;
  Handle consumer_;  // opened at the first read
};

}  // namespace guichet::eventlog::kafka
