#include "eventlog/migrate/compare.h"

#include <algorithm>
#include <deque>

#include "eventlog/partition.h"

namespace guichet::eventlog::migrating {
namespace {

constexpr std::size_t kMostRecordsRead = 2'048;  // of all partitions
constexpr std::size_t kLeastRecordsRead = 16;    // of one

/// Reads a partition on Kafka from its beginning, some records ahead.
class Partition {
 public:
  Partition(const KafkaLog& log, std::string topic, std::uint32_t number)
      : log_(&log), topic_(std::move(topic)), number_(number) {}

  /// None at the end.
  std::optional<Record> next() {
    if (ahead_.empty()) {
      const std::size_t most =
          std::max(kLeastRecordsRead, kMostRecordsRead / std::size_t{log_->partitions()});
      for (Record& record : log_->read(topic_, number_, from_, most))
        ahead_.push_back(std::move(record));
      if (ahead_.empty()) return std::nullopt;
      from_ = ahead_.back().position + 1;
    }
    Record record = std::move(ahead_.front());
    ahead_.pop_front();
    return record;
  }

 private:
  const KafkaLog* log_;
  std::string topic_;
  std::uint32_t number_;
  std::uint64_t from_ = 0;
  std::deque<Record> ahead_;
};

/// How two records differ; empty: they do not.
std::string difference(const Record& in_file, const Record& on_kafka) {
  if (in_file.payload != on_kafka.payload) return "another payload";
  // What programs outside write has no header on Kafka: it is made anew by whoever reads.
  if (in_file.header.kind() == v1::KIND_UNSPECIFIED ||
      !topics::program_of_determinations(in_file.topic).empty())
    return "";
  if (in_file.header.id() != on_kafka.header.id()) return "another id";
  v1::Header expected = in_file.header;
  if (in_file.topic == topics::kEvents) expected.clear_actor();  // not for partners to know
  if (expected.SerializeAsString() != on_kafka.header.SerializeAsString()) return "another header";
  return "";
}

}  // namespace

void compare_topic(Source& source, std::size_t topic, const KafkaLog& log,
                   const kafka::Cluster& cluster, MigrateReport& report,
                   const std::function<void(std::size_t)>& compared) {
  const std::string& name = source.topics()[topic].name;
  const auto say = [&](const std::string& what) {
    if (report.difference.empty()) report.difference = what;
  };
  std::vector<Partition> partitions;
  for (std::uint32_t i = 0; i < log.partitions(); ++i) partitions.emplace_back(log, name, i);

  const std::vector<GroupPosition> groups = source.groups_of(topic);
  std::vector<kafka::Places> consumed;
  for (const GroupPosition& group : groups)
    consumed.push_back(migrating::positions_of(
        cluster, group.group,
        kafka::places_of({name}, static_cast<std::uint32_t>(log.partitions()))));

  MigratedTopic found{.name = name};
  std::vector<MigratedGroup> waiting;
  for (const GroupPosition& group : groups) waiting.push_back({group.group, name});

  source.for_each_batch(topic, [&](const std::vector<Record>& batch) {
    for (const Record& record : batch) {
      ++found.in_file;
      const std::uint32_t partition = partition_of(record.header.key(), log.partitions());
      const std::string where = "topic " + name + ", position " + std::to_string(record.position) +
                                " in the file, partition " + std::to_string(partition) +
                                " on Kafka: ";
      const std::optional<Record> other = partitions[partition].next();
      if (!other) {
        say(where + "missing on Kafka");
      } else {
        ++found.on_kafka;
        if (const std::string differs = difference(record, *other); !differs.empty())
          say(where + differs + " at offset " + std::to_string(other->position));
      }
      for (std::size_t i = 0; i < groups.size(); ++i) {
        const bool waits = record.position >= groups[i].next;
        if (waits) ++waiting[i].waiting_in_file;
        if (!other) continue;
        const auto place = consumed[i].find({name, partition});
        const bool waits_there = place == consumed[i].end() || other->position >= place->second;
        if (waits_there) ++waiting[i].waiting_on_kafka;
        if (waits != waits_there)
          say(where + (waits ? "not yet read by " : "already read by ") + groups[i].group +
              ", and not so on Kafka");
      }
    }
    compared(batch.size());
  });
  for (Partition& partition : partitions) {
    while (const std::optional<Record> more = partition.next()) {
      ++found.on_kafka;
      say("topic " + name + ", partition " + std::to_string(more->partition) + ", offset " +
          std::to_string(more->position) + " on Kafka: not in the file");
    }
  }
  report.topics.push_back(std::move(found));
  report.groups.insert(report.groups.end(), waiting.begin(), waiting.end());
}

}  // namespace guichet::eventlog::migrating
