#include "gateway/cli/migrated_mark.h"

#include <boost/json.hpp>
#include <chrono>
#include <system_error>

#include "eventlog/durable_file.h"
#include "schemas/values/dates.h"

namespace guichet::cli {
namespace {

namespace json = boost::json;

std::filesystem::path mark_of(const std::filesystem::path& folder) {
  return folder / "migrated.json";
}

}  // namespace

Result<void> mark_migrated(const std::filesystem::path& folder,
                           const eventlog::TopicsOptions& where,
                           const eventlog::MigrateReport& report) {
  json::object records;
  for (const eventlog::MigratedTopic& topic : report.topics) records[topic.name] = topic.on_kafka;
  const auto now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
  const std::string text = json::serialize(json::object{{"migrated_at", to_string(now)},
                                                        {"kafka", where.brokers},
                                                        {"topic_prefix", where.prefix},
                                                        {"partitions", where.partitions},
                                                        {"records", std::move(records)}}) +
                           "\n";
  try {
    eventlog::write_durably(mark_of(folder), text);
  } catch (const std::system_error& failed) {
    return Failure{"cannot write " + mark_of(folder).string() + " (" + failed.what() +
                   "); the log is on Kafka all the same: do not start a server on this folder"};
  }
  return {};
}

Result<void> check_not_migrated(const std::filesystem::path& folder) {
  if (!std::filesystem::exists(mark_of(folder))) return {};
  return Failure{folder.string() +
                 " was brought to Kafka by `guichet migrate`, and what came after is there only (" +
                 mark_of(folder).string() +
                 " says when and where): start `guichet serve --kafka …` with a data folder of its "
                 "own. To go back to what stood here then, and lose what came after, delete that "
                 "file"};
}

}  // namespace guichet::cli
