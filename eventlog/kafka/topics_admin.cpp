#include "eventlog/kafka/topics_admin.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <thread>

#include "eventlog/kafka/client.h"

namespace guichet::eventlog {
namespace {

using namespace kafka;

constexpr int kCallMilliseconds = 10'000;
constexpr std::chrono::milliseconds kLookEvery{50};
constexpr std::size_t kMaxErrorText = 512;
constexpr std::uint32_t kReplicas = 3;

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

/// What a topic's settings on the broker must be.
std::map<std::string, std::string> settings_of(const topics::Topic& topic) {
  constexpr std::chrono::milliseconds kForEver{-1};
  const std::chrono::milliseconds retention = topic.retention.value_or(std::chrono::days{0});
  return {{"cleanup.policy", topic.compacted ? "compact" : "delete"},
          {"retention.ms", std::to_string((topic.retention ? retention : kForEver).count())},
          {"max.message.bytes", std::to_string(topics::kMaxMessageBytes)},
          {"message.timestamp.type", topic.broker_time ? "LogAppendTime" : "CreateTime"}};
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

/// A broker says that a topic is made before every broker knows of it, or of its leaders.
bool all_known(rd_kafka_t* client, const std::vector<std::string>& names) {
  const Metadata metadata = metadata_of(client);
  std::map<std::string, bool> led;
  for (int i = 0; i < metadata->topic_cnt; ++i) {
    const rd_kafka_metadata_topic_t& topic = metadata->topics[i];
    led[topic.topic] = topic.partition_cnt > 0 &&
                       std::all_of(topic.partitions, topic.partitions + topic.partition_cnt,
                                   [](const auto& partition) { return partition.leader >= 0; });
  }
  return std::all_of(names.begin(), names.end(), [&](const auto& name) { return led[name]; });
}

void wait_until_known(rd_kafka_t* client, const std::vector<std::string>& names) {
  const auto until =
      std::chrono::steady_clock::now() + std::chrono::milliseconds(kCallMilliseconds);
  while (!all_known(client, names)) {
    if (std::chrono::steady_clock::now() > until)
      throw LogUnavailable("Kafka: topics were made, but the brokers do not all know them yet");
    std::this_thread::sleep_for(kLookEvery);
  }
}

using Settings = std::map<std::string, std::string>;

/// The broker's settings of each topic.
std::map<std::string, Settings> settings_on(rd_kafka_t* client,
                                            const std::vector<std::string>& names) {
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
  std::map<std::string, Settings> settings;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string name = rd_kafka_ConfigResource_name(found[i]);
    check(rd_kafka_ConfigResource_error(found[i]), "reading the settings of " + name);
    std::size_t entries = 0;
    const rd_kafka_ConfigEntry_t** entry = rd_kafka_ConfigResource_configs(found[i], &entries);
    for (std::size_t e = 0; e < entries; ++e)
      if (const char* value = rd_kafka_ConfigEntry_value(entry[e]))
        settings[name][rd_kafka_ConfigEntry_name(entry[e])] = value;
  }
  return settings;
}

/// How a topic's settings differ from what is declared; empty: they do not.
std::string differences(const topics::Topic& topic, const Settings& found) {
  std::string text;
  std::string change;
  for (const auto& [name, wanted] : settings_of(topic)) {
    const auto there = found.find(name);
    const std::string value = there == found.end() ? "nothing" : there->second;
    if (value == wanted) continue;
    text += (text.empty() ? "has " : ", ") + name + "=" + value;
    change += (change.empty() ? "" : ",") + name + "=" + wanted;
  }
  if (text.empty()) return text;
  return text + "; change it with kafka-configs --alter --add-config " + change;
}

}  // namespace

void create_topics(const TopicsOptions& options, const std::vector<topics::Topic>& topics) {
  const Handle client = client_of(options);
  const auto replicas = static_cast<int>(
      options.replicas > 0
          ? options.replicas
          : std::min(kReplicas, static_cast<std::uint32_t>(metadata_of(client.get())->broker_cnt)));
  std::array<char, kMaxErrorText> text{};
  std::vector<std::unique_ptr<rd_kafka_NewTopic_t, DestroyNewTopic>> owned;
  std::vector<rd_kafka_NewTopic_t*> wanted;
  for (const topics::Topic& topic : topics) {
    owned.emplace_back(rd_kafka_NewTopic_new((options.prefix + topic.name).c_str(),
                                             static_cast<int>(options.partitions), replicas,
                                             text.data(), text.size()));
    if (owned.back() == nullptr) throw std::invalid_argument(text.data());
    for (const auto& [name, value] : settings_of(topic))
      rd_kafka_NewTopic_set_config(owned.back().get(), name.c_str(), value.c_str());
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
  std::vector<std::string> names;
  for (const topics::Topic& topic : topics) names.push_back(options.prefix + topic.name);
  wait_until_known(client.get(), names);
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
  const auto settings = settings_on(client.get(), present);
  for (std::size_t i = 0; i < present.size(); ++i) {
    const auto found = settings.find(present[i]);
    std::string problem =
        differences(*declared[i], found == settings.end() ? Settings{} : found->second);
    if (!problem.empty()) findings.push_back({present[i], std::move(problem)});
  }
  return findings;
}

std::string why_not_as_declared(const TopicsOptions& options,
                                const std::vector<topics::Topic>& topics) {
  std::string text;
  for (const TopicFinding& finding : check_topics(options, topics))
    text += "\n  " + finding.topic + " " + finding.problem;
  if (text.empty()) return text;
  return "the topics on " + options.brokers + " are not as declared:" + text;
}

}  // namespace guichet::eventlog
