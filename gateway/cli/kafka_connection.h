#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "schemas/values/result.h"

namespace CLI {
class App;
}

namespace guichet::cli {

inline constexpr std::uint32_t kDefaultPartitions = 8;
inline constexpr std::uint32_t kMaxPartitions = 1024;

/// Where Kafka is, how to get in, and how Guichet's things are named there: the same for every
/// process of a deployment.
struct KafkaConnection {
  std::string brokers;                          // 127.0.0.1:9092, or several with commas
  std::map<std::string, std::string> security;  // librdkafka's properties for TLS and SASL
  std::string prefix = "guichet.";
  std::uint32_t partitions = kDefaultPartitions;
};

/// "host:port,host:port"
bool is_broker_list(const std::string& text);
bool is_topic_prefix(const std::string& text);

/// A file of lines name=value, in librdkafka's names, # for comments: what is needed to get in,
/// kept apart because it holds secrets. The failure never repeats a value.
Result<std::map<std::string, std::string>> read_kafka_properties(const std::filesystem::path& file);

/// The options --kafka, --kafka-properties, --topic-prefix and --partitions of a command that
/// works on Kafka itself, each also a variable; `connection` gives what was chosen.
class KafkaOptions {
 public:
  void add_to(CLI::App& command);
  /// Throws CommandError.
  KafkaConnection connection() const;

 private:
  std::string brokers_;
  std::string properties_;
  std::string prefix_ = "guichet.";
  std::uint32_t partitions_ = kDefaultPartitions;
};

}  // namespace guichet::cli
