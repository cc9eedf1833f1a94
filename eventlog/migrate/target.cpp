#include "eventlog/migrate/target.h"

namespace guichet::eventlog::migrating {
namespace {

using namespace kafka;

constexpr int kCallMilliseconds = 30'000;

Handle consumer_of(const Cluster& cluster, const std::string& group) {
  return open_consumer(configure(reading(cluster.properties, cluster.named(group))));
}

/// As a regular expression that means just this text.
std::string escaped(const std::string& prefix) {
  std::string text;
  for (const char c : prefix) text += c == '.' ? std::string("\\.") : std::string(1, c);
  return text;
}

}  // namespace

Cluster cluster_of(const TopicsOptions& options) {
  Cluster cluster;
  cluster.properties = options.security;
  cluster.properties["bootstrap.servers"] = options.brokers;
  cluster.prefix = options.prefix;
  cluster.partitions = options.partitions;
  return cluster;
}

std::string not_ready(const TopicsOptions& options, const std::vector<topics::Topic>& topics) {
  std::string text = why_not_as_declared(options, topics);
  if (!text.empty()) return text;

  std::vector<std::string> names;
  for (const topics::Topic& topic : topics) names.push_back(topic.name);
  const Cluster cluster = cluster_of(options);
  std::map<std::string, std::uint64_t> written;
  for (const auto& [place, extent] :
       extents_of(cluster, places_of(names, cluster.partitions), End::kWritten))
    if (extent.end > 0) written[place.first] += extent.end;
  for (const auto& [topic, records] : written)
    text += "\n  " + cluster.named(topic) + ": " + std::to_string(records) + " records";
  if (text.empty()) return text;
  return "the topics on " + options.brokers + " are not empty:" + text +
         "\nWhere that is only what a migration left that did not end, delete them, and begin "
         "again:\n  kafka-topics.sh --bootstrap-server " +
         options.brokers + " --delete --topic '" + escaped(options.prefix) +
         ".*'\n  guichet topics create --kafka " + options.brokers + " --topic-prefix '" +
         options.prefix + "' --partitions " + std::to_string(options.partitions) +
         "\nElse give another --topic-prefix, with topics of its own.";
}

void set_positions(const Cluster& cluster, const std::string& group, const Places& next) {
  const Handle consumer = consumer_of(cluster, group);
  Partitions list = make_partitions(next.size());
  for (const auto& [place, offset] : next)
    rd_kafka_topic_partition_list_add(list.get(), cluster.named(place.first).c_str(),
                                      static_cast<std::int32_t>(place.second))
        ->offset = static_cast<std::int64_t>(offset);
  const std::string doing = "setting the positions of " + cluster.named(group);
  check(rd_kafka_commit(consumer.get(), list.get(), /*async=*/0), doing);
  for (int i = 0; i < list->cnt; ++i) check(list->elems[i].err, doing);
}

Places positions_of(const Cluster& cluster, const std::string& group,
                    const std::vector<Place>& places) {
  const Handle consumer = consumer_of(cluster, group);
  Partitions list = make_partitions(places.size());
  for (const Place& place : places)
    rd_kafka_topic_partition_list_add(list.get(), cluster.named(place.first).c_str(),
                                      static_cast<std::int32_t>(place.second));
  const std::string doing = "reading the positions of " + cluster.named(group);
  check(rd_kafka_committed(consumer.get(), list.get(), kCallMilliseconds), doing);
  Places found;
  for (int i = 0; i < list->cnt; ++i) {
    check(list->elems[i].err, doing);
    if (list->elems[i].offset < 0) continue;  // none: read from the beginning
    found[places[static_cast<std::size_t>(i)]] = static_cast<std::uint64_t>(list->elems[i].offset);
  }
  return found;
}

}  // namespace guichet::eventlog::migrating
