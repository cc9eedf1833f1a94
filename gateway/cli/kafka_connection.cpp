#include "gateway/cli/kafka_connection.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>

#include "gateway/cli/command.h"

namespace guichet::cli {
namespace {

constexpr std::size_t kMaxPropertyLines = 200;
constexpr std::size_t kMaxPrefix = 64;
/// What a file may say. How records are written and read is not for it to change.
constexpr std::array<std::string_view, 5> kAllowed = {"security.", "ssl.", "sasl.", "socket.",
                                                      "client."};

std::string trimmed(std::string_view text) {
  const auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return std::string(text);
}

bool is_broker(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  std::uint16_t port = 0;
  const std::string_view digits = text.substr(colon + 1);
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  return failed == std::errc{} && end == digits.data() + digits.size() && port > 0 &&
         text.find_first_of(" \t/") == std::string_view::npos;
}

}  // namespace

bool is_broker_list(const std::string& text) {
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    if (!is_broker(std::string_view(text).substr(at, end - at))) return false;
    at = end + 1;
  }
  return true;
}

bool is_topic_prefix(const std::string& text) {
  return text.size() <= kMaxPrefix && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '.' || c == '_' || c == '-';
         });
}

Result<std::map<std::string, std::string>> read_kafka_properties(
    const std::filesystem::path& file) {
  std::ifstream in(file);
  if (!in) return Failure{file.string() + ": cannot be read; it is a file of lines name=value"};
  std::map<std::string, std::string> properties;
  std::string line;
  for (std::size_t number = 1; std::getline(in, line); ++number) {
    const std::string where = file.string() + ":" + std::to_string(number) + ": ";
    if (number > kMaxPropertyLines) return Failure{where + "more lines than a few properties"};
    line = trimmed(line);
    if (line.empty() || line.front() == '#') continue;
    const std::size_t equals = line.find('=');
    if (equals == std::string::npos || equals == 0)
      return Failure{where + "not name=value, such as security.protocol=SASL_SSL"};
    const std::string name = trimmed(std::string_view(line).substr(0, equals));
    if (std::none_of(kAllowed.begin(), kAllowed.end(),
                     [&](std::string_view start) { return name.starts_with(start); }))
      return Failure{where + name +
                     " is not for this file; it takes librdkafka's security.*, ssl.*, sasl.*, "
                     "socket.* and client.*"};
    properties[name] = trimmed(std::string_view(line).substr(equals + 1));
  }
  return properties;
}

void KafkaOptions::add_to(CLI::App& command) {
  command.add_option("--kafka", brokers_, "Kafka's addresses, such as 127.0.0.1:9092")
      ->envname("GUICHET_KAFKA")
      ->type_name("HOST:PORT,…")
      ->required();
  command
      .add_option("--kafka-properties", properties_,
                  "a file of librdkafka's properties for TLS and SASL, name=value a line")
      ->envname("GUICHET_KAFKA_PROPERTIES")
      ->type_name("FILE");
  command.add_option("--topic-prefix", prefix_, "stands before every name on Kafka")
      ->envname("GUICHET_TOPIC_PREFIX")
      ->capture_default_str();
  command.add_option("--partitions", partitions_, "of every topic, declared once")
      ->envname("GUICHET_PARTITIONS")
      ->check(CLI::Range(1U, kMaxPartitions))
      ->capture_default_str();
}

KafkaConnection KafkaOptions::connection() const {
  KafkaConnection connection;
  if (!is_broker_list(brokers_))
    throw CommandError(kUsage, "guichet: --kafka cannot be \"" + brokers_ +
                                   "\"; write HOST:PORT, several with commas");
  if (!is_topic_prefix(prefix_))
    throw CommandError(kUsage, "guichet: --topic-prefix cannot be \"" + prefix_ +
                                   "\"; write letters, digits and . _ - such as guichet.");
  connection.brokers = brokers_;
  connection.prefix = prefix_;
  connection.partitions = partitions_;
  if (!properties_.empty()) {
    auto properties = read_kafka_properties(properties_);
    if (!properties) throw CommandError(kUsage, "guichet: " + properties.error().message);
    connection.security = std::move(*properties);
  }
  return connection;
}

}  // namespace guichet::cli
