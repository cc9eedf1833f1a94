#include "eventlog/kafka/topics_admin.h"

#include <array>
#include <string>

#include "eventlog/kafka/client.h"

namespace guichet::eventlog {
namespace {

using namespace kafka;

constexpr int kCallMilliseconds = 30'000;
constexpr std::size_t kMaxErrorText = 512;

struct DestroyNewTopic {
  void operator()(rd_kafka_NewTopic_t* topic) const { rd_kafka_NewTopic_destroy(topic); }
};
struct DestroyResource {
  void operator()(rd_kafka_ConfigResource_t* resource) const {
    rd_kafka_ConfigResource_destroy(resource);
  }
};
struct DestroyQueue {
  void operator()(rd_kafka_queue_t* queue) const { rd_kafka_queue_destroy(queue); }
};
struct DestroyEvent {
  void operator()(rd_kafka_event_t* event) const { rd_kafka_event_destroy(event); }
};
struct DestroyMetadata {
  void operator()(const rd_kafka_metadata_t* metadata) const {
    rd_kafka_metadata_destroy(metadata);
  }
};
using Queue = std::unique_ptr<rd_kafka_queue_t, DestroyQueue>;
using Event = std::unique_ptr<rd_kafka_event_t, DestroyEvent>;
using Metadata = std::unique_ptr<const rd_kafka_metadata_t, DestroyMetadata>;

Handle client_of(const TopicsOptions& options) {
  Properties properties = options.security;
  properties["bootstrap.servers"] = options.brokers;
  return open_producer(configure(properties));
}

const char* cleanup_policy(const topics::Topic& topic) {
  return topic.compacted ? "compact" : "delete";
}

Event answer(rd_kafka_queue_t* queue, const char* doing) {
  Event event(rd_kafka_queue_poll(queue, kCallMilliseconds));
  if (event == nullptr) throw LogUnavailable(std::string("Kafka: ") + doing + ": no answer");
  check(rd_kafka_event_error(event.get()), doing);
  return event;
}

Metadata metadata_of(rd_kafka_t* client) {
  const rd_kafka_metadata_t* metadata = nullptr;
  check(rd_kafka_metadata(client, /*all_topics=*/1, nullptr, &metadata, kCallMilliseconds),
        "listing topics");
  return Metadata(metadata);
}

/// The broker's cleanup.policy of each topic, in the order asked for.
std::vector<std::string> policies_of(rd_kafka_t* client, const std::vector<std::string>& names) {
  std::vector<std::unique_ptr<rd_kafka_ConfigResource_t, DestroyResource>> resources;
  std::vector<rd_kafka_ConfigResource_t*> wanted;
  for (const std::string& name : names) {
    resources.emplace_back(rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, name.c_str()));
    wanted.push_back(resources.back().get());
  }
  const Queue queue(rd_kafka_queue_new(client));
  rd_kafka_DescribeConfigs(client, wanted.data(), wanted.size(), nullptr, queue.get());
  const Event event = answer(queue.get(), "reading the settings of topics");
  std::size_t count = 0;
  const rd_kafka_ConfigResource_t** found = rd_kafka_DescribeConfigs_result_resources(
      rd_kafka_event_DescribeConfigs_result(event.get()), &count);
  std::vector<std::string> policies;
  for (std::size_t i = 0; i < count; ++i) {
    std::size_t entries = 0;
    const rd_kafka_ConfigEntry_t** entry = rd_kafka_ConfigResource_configs(found[i], &entries);
    policies.emplace_back();
    for (std::size_t e = 0; e < entries; ++e)
      if (std::string_view(rd_kafka_ConfigEntry_name(entry[e])) == "cleanup.policy")
        policies.back() = rd_kafka_ConfigEntry_value(entry[e]);
  }
  return policies;
}

}  // namespace

void create_topics(const TopicsOptions& options, const std::vector<topics::Topic>& topics) {
  const Handle client = client_of(options);
  std::array<char, kMaxErrorText> text{};
  std::vector<std::unique_ptr<rd_kafka_NewTopic_t, DestroyNewTopic>> owned;
  std::vector<rd_kafka_NewTopic_t*> wanted;
  for (const topics::Topic& topic : topics) {
    owned.emplace_back(rd_kafka_NewTopic_new(
        (options.prefix + topic.name).c_str(), static_cast<int>(options.partitions),
        static_cast<int>(options.replicas), text.data(), text.size()));
    if (owned.back() == nullptr) throw std::invalid_argument(text.data());
    rd_kafka_NewTopic_set_config(owned.back().get(), "cleanup.policy", cleanup_policy(topic));
    wanted.push_back(owned.back().get());
  }
  const Queue queue(rd_kafka_queue_new(client.get()));
  rd_kafka_CreateTopics(client.get(), wanted.data(), wanted.size(), nullptr, queue.get());
  const Event event = answer(queue.get(), "making topics");
  std::size_t count = 0;
  const rd_kafka_topic_result_t** results =
      rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event.get()), &count);
  for (std::size_t i = 0; i < count; ++i) {
    const rd_kafka_resp_err_t error = rd_kafka_topic_result_error(results[i]);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR && error != RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)
      throw LogUnavailable(std::string("Kafka: making topic ") +
                           rd_kafka_topic_result_name(results[i]) + ": " +
                           rd_kafka_topic_result_error_string(results[i]));
  }
}

std::vector<TopicFinding> check_topics(const TopicsOptions& options,
                                       const std::vector<topics::Topic>& topics) {
  const Handle client = client_of(options);
  const Metadata metadata = metadata_of(client.get());
  std::map<std::string, int> partitions;
  for (int i = 0; i < metadata->topic_cnt; ++i)
    partitions[metadata->topics[i].topic] = metadata->topics[i].partition_cnt;

  std::vector<TopicFinding> findings;
  std::vector<std::string> present;
  std::vector<const topics::Topic*> declared;
  for (const topics::Topic& topic : topics) {
    const std::string name = options.prefix + topic.name;
    const auto found = partitions.find(name);
    if (found == partitions.end()) {
      findings.push_back({name, "is missing; make it with: guichet topics create"});
    } else if (found->second != static_cast<int>(options.partitions)) {
      findings.push_back({name, "has " + std::to_string(found->second) + " partitions, and " +
                                    std::to_string(options.partitions) +
                                    " are declared; set `partitions` to what the topics have, or "
                                    "use new topics under another prefix"});
    } else {
      present.push_back(name);
      declared.push_back(&topic);
    }
  }
  if (present.empty()) return findings;
  const std::vector<std::string> policies = policies_of(client.get(), present);
  for (std::size_t i = 0; i < policies.size(); ++i) {
    if (policies[i] == cleanup_policy(*declared[i])) continue;
    findings.push_back({present[i], "has cleanup.policy=" + policies[i] + ", and " +
                                        cleanup_policy(*declared[i]) +
                                        " is declared; change it with Kafka's own tools"});
  }
  return findings;
}

}  // namespace guichet::eventlog
