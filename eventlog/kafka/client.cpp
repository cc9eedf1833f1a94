#include "eventlog/kafka/client.h"

#include <array>
#include <cstdio>

namespace guichet::eventlog::kafka {
namespace {

constexpr std::size_t kMaxErrorText = 512;

void log_to_standard_error(const rd_kafka_t* client, int level, const char* facility,
                           const char* text) {
  constexpr int kWarning = 4;
  if (level <= kWarning)
    std::fprintf(stderr, "kafka: %s: %s: %s\n", rd_kafka_name(client), facility, text);
}

Handle open(rd_kafka_type_t type, Configuration configuration) {
  std::array<char, kMaxErrorText> text{};
  rd_kafka_t* handle = rd_kafka_new(type, configuration.get(), text.data(), text.size());
  if (handle == nullptr) throw std::runtime_error(std::string("Kafka client: ") + text.data());
  (void)configuration.release();  // the client owns it now
  return Handle(handle);
}

[[noreturn]] void fail(std::string_view doing, const char* text) {
  throw LogUnavailable("Kafka: " + std::string(doing) + ": " + text);
}

}  // namespace

Configuration configure(const Properties& properties) {
  Configuration configuration(rd_kafka_conf_new());
  std::array<char, kMaxErrorText> text{};
  for (const auto& [name, value] : properties) {
    if (rd_kafka_conf_set(configuration.get(), name.c_str(), value.c_str(), text.data(),
                          text.size()) != RD_KAFKA_CONF_OK)
      throw std::invalid_argument("Kafka property " + name + ": " + text.data());
  }
  rd_kafka_conf_set_log_cb(configuration.get(), log_to_standard_error);
  return configuration;
}

Properties reading(Properties properties, const std::string& group) {
  properties["group.id"] = group;
  properties["isolation.level"] = "read_committed";
  properties["enable.auto.commit"] = "false";
  properties["enable.auto.offset.store"] = "false";
  properties["auto.offset.reset"] = "error";
  properties["fetch.wait.max.ms"] = "50";
  properties["fetch.error.backoff.ms"] = "100";
  properties["queued.max.messages.kbytes"] = "16384";
  return properties;
}

Handle open_producer(Configuration configuration) {
  return open(RD_KAFKA_PRODUCER, std::move(configuration));
}

Handle open_consumer(Configuration configuration) {
  Handle handle = open(RD_KAFKA_CONSUMER, std::move(configuration));
  rd_kafka_poll_set_consumer(handle.get());
  return handle;
}

Partitions make_partitions(std::size_t expected) {
  return Partitions(rd_kafka_topic_partition_list_new(static_cast<int>(expected)));
}

bool is_refusal(rd_kafka_resp_err_t error) {
  switch (error) {
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
    case RD_KAFKA_RESP_ERR__AUTHENTICATION:
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
    case RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION:
      return true;
    default:
      return false;
  }
}

void check(const rd_kafka_error_t* error, std::string_view doing) {
  if (error != nullptr) fail(doing, rd_kafka_error_string(error));
}

void check(rd_kafka_resp_err_t error, std::string_view doing) {
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) fail(doing, rd_kafka_err2str(error));
}

}  // namespace guichet::eventlog::kafka
