#pragma once

#include <librdkafka/rdkafka.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "eventlog/log.h"

// librdkafka's objects with their ends: for the files of this folder only.

namespace guichet::eventlog::kafka {

/// librdkafka's own properties, such as {"bootstrap.servers", "127.0.0.1:9092"}.
using Properties = std::map<std::string, std::string>;

/// Where the log is, and how its things are named there.
struct Cluster {
  Properties properties;
  /// Stands before every topic, group and transactional id.
  std::string prefix = "guichet.";
  std::uint32_t partitions = 1;

  std::string named(std::string_view name) const { return prefix + std::string(name); }
  std::string topic_of(std::string_view kafka_name) const {
    return std::string(kafka_name.substr(prefix.size()));
  }
};

/// What this process wrote and the broker acknowledged. Any thread.
struct Written {
  std::atomic<std::uint64_t> commits{0};
  std::atomic<std::uint64_t> records{0};
  std::atomic<std::uint64_t> bytes{0};
};

struct DestroyHandle {
  void operator()(rd_kafka_t* handle) const { rd_kafka_destroy(handle); }
};
struct DestroyConfiguration {
  void operator()(rd_kafka_conf_t* conf) const { rd_kafka_conf_destroy(conf); }
};
struct DestroyMessage {
  void operator()(rd_kafka_message_t* message) const { rd_kafka_message_destroy(message); }
};
struct DestroyPartitions {
  void operator()(rd_kafka_topic_partition_list_t* list) const {
    rd_kafka_topic_partition_list_destroy(list);
  }
};
struct DestroyError {
  void operator()(rd_kafka_error_t* error) const { rd_kafka_error_destroy(error); }
};
struct DestroyGroupMetadata {
  void operator()(rd_kafka_consumer_group_metadata_t* metadata) const {
    rd_kafka_consumer_group_metadata_destroy(metadata);
  }
};
struct DestroyHeaders {
  void operator()(rd_kafka_headers_t* headers) const { rd_kafka_headers_destroy(headers); }
};

using Handle = std::unique_ptr<rd_kafka_t, DestroyHandle>;
using Configuration = std::unique_ptr<rd_kafka_conf_t, DestroyConfiguration>;
using Message = std::unique_ptr<rd_kafka_message_t, DestroyMessage>;
using Partitions = std::unique_ptr<rd_kafka_topic_partition_list_t, DestroyPartitions>;
using Error = std::unique_ptr<rd_kafka_error_t, DestroyError>;
using GroupMetadata = std::unique_ptr<rd_kafka_consumer_group_metadata_t, DestroyGroupMetadata>;
using Headers = std::unique_ptr<rd_kafka_headers_t, DestroyHeaders>;

/// Of records that are held in memory at a time, wherever they are read: few large ones are as many
/// as thousands of the usual. One record more may come, of topics::kMaxMessageBytes at most.
inline constexpr std::size_t kMostBytesAtOnce = 16 * 1024 * 1024;

/// Another process reads under this session's name: this one must stop.
class Fenced : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A configuration of these properties; logs go to standard error, without records' content.
/// Throws std::invalid_argument that names a property librdkafka refuses.
Configuration configure(const Properties& properties);

/// What every reader of topics has: committed records only, and no position that moves by itself,
/// not even where it is gone.
Properties reading(Properties properties, const std::string& group);

/// A client of this configuration, which it takes. Throws std::runtime_error.
Handle open_producer(Configuration configuration);
/// Its events go to consumer_poll.
Handle open_consumer(Configuration configuration);

Partitions make_partitions(std::size_t expected = 1);

/// What no waiting mends: somebody must give a right, or make a topic.
bool is_refusal(rd_kafka_resp_err_t error);
/// How soon the same refusal is said again.
inline constexpr std::chrono::seconds kSayAgain{30};

/// Throws LogUnavailable where there is an error; `doing` says what was tried.
void check(const rd_kafka_error_t* error, std::string_view doing);
void check(rd_kafka_resp_err_t error, std::string_view doing);

}  // namespace guichet::eventlog::kafka
