#include "eventlog/migrate/migrate.h"

#include <algorithm>
#include <utility>

#include "eventlog/append.h"
#include "eventlog/migrate/compare.h"
#include "eventlog/migrate/source.h"
#include "eventlog/migrate/target.h"
#include "eventlog/partition.h"
#include "eventlog/sqlite/segment.h"
#include "eventlog/sqlite/sqlite_log.h"

namespace guichet::eventlog {
namespace {

using namespace migrating;

constexpr std::size_t kMostBytesAtOnce = 8 * 1024 * 1024;

/// Sends and waits until all replicas have it.
void send(KafkaLog& log, std::vector<Record> records) {
  if (!records.empty() && !append_and_wait(log, std::move(records)))
    throw LogUnavailable("Kafka: records were not acknowledged");
}

/// Copies a topic, and sets every group of it to the first record that it had not consumed.
void copy_topic(Source& source, std::size_t topic, KafkaLog& log, const kafka::Cluster& cluster,
                const std::function<void(std::size_t)>& copied) {
  const std::string& name = source.topics()[topic].name;
  const std::vector<GroupPosition> groups = source.groups_of(topic);
  // Nothing was ever written to the topic: offsets begin at 0 and have no gap.
  std::vector<kafka::Places> next(groups.size());
  for (kafka::Places& places : next)
    for (const kafka::Place& place : kafka::places_of({name}, cluster.partitions))
      places[place] = 0;

  source.for_each_batch(topic, [&](std::vector<Record> batch) {
    const std::size_t count = batch.size();
    std::vector<Record> part;
    std::size_t bytes = 0;
    for (Record& record : batch) {
      const std::uint32_t partition = partition_of(record.header.key(), cluster.partitions);
      for (std::size_t i = 0; i < groups.size(); ++i)
        if (record.position < groups[i].next) ++next[i][{name, partition}];
      bytes += record.payload.size();
      part.push_back(std::move(record));
      if (bytes < kMostBytesAtOnce) continue;
      send(log, std::exchange(part, {}));
      bytes = 0;
    }
    send(log, std::move(part));
    copied(count);
  });
  for (std::size_t i = 0; i < groups.size(); ++i) set_positions(cluster, groups[i].group, next[i]);
}

/// What stands in the file and has no place on Kafka.
std::string undeclared(const Source& source, const std::vector<topics::Topic>& declared) {
  for (std::size_t i = 0; i < source.topics().size(); ++i) {
    const StoredTopic& topic = source.topics()[i];
    if (topic.partitions[0].last > 0 &&
        std::none_of(declared.begin(), declared.end(),
                     [&](const topics::Topic& known) { return known.name == topic.name; }))
      return topic.name;
  }
  return "";
}

Result<MigrateReport> copy_and_compare(const DataFolder& folder, const MigrateOptions& options,
                                       std::uint64_t records) {
  auto opened = Source::open(folder);
  if (!opened) return opened.error();
  Source& source = **opened;
  if (const std::string topic = undeclared(source, options.topics); !topic.empty())
    return Failure{folder.file().string() + ": has records of topic " + topic +
                   ", which is not declared; name the folders of programs that the server had, "
                   "with --programs"};
  if (std::string missing = not_ready(options.kafka, options.topics); !missing.empty())
    return Failure{std::move(missing)};

  const kafka::Cluster cluster = migrating::cluster_of(options.kafka);
  KafkaOptions target;
  target.brokers = options.kafka.brokers;
  target.security = options.kafka.security;
  target.prefix = options.kafka.prefix;
  target.partitions = options.kafka.partitions;
  const std::unique_ptr<KafkaLog> log = KafkaLog::open(std::move(target));

  const auto counting = [&](std::string_view what) {
    return [&options, what, records, done = std::uint64_t{0}](std::size_t more) mutable {
      options.progress(what, done += more, records);
    };
  };
  const std::function<void(std::size_t)> copied = counting("copy");
  for (std::size_t i = 0; i < source.topics().size(); ++i)
    if (source.topics()[i].partitions[0].last > 0) copy_topic(source, i, *log, cluster, copied);
  const std::function<void(std::size_t)> compared = counting("compare");
  MigrateReport report;
  for (std::size_t i = 0; i < source.topics().size(); ++i)
    if (source.topics()[i].partitions[0].last > 0)
      compare_topic(source, i, *log, cluster, report, compared);
  return report;
}

}  // namespace

Result<MigrateReport> migrate(const DataFolder& folder, const MigrateOptions& options) {
  options.progress("verify", 0, 0);
  const auto verified = verify_sqlite_log(folder);
  if (!verified) return verified.error();
  if (!verified->damage.empty())
    return Failure{folder.file().string() + " is damaged: " + verified->damage +
                   "; restore a backup; nothing was written to Kafka"};
  try {
    return copy_and_compare(folder, options, verified->records + verified->states);
  } catch (const DamagedError&) {
    return Failure{folder.file().string() + " became damaged while it was read"};
  } catch (const SQLite::Exception& error) {
    return Failure{folder.file().string() + ": cannot be read: " + error.what()};
  }
}

}  // namespace guichet::eventlog
