#include "gateway/cli/migrated_mark.h"

#include <fcntl.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <chrono>

#include "schemas/values/dates.h"

namespace guichet::cli {
namespace {

namespace json = boost::json;

std::filesystem::path mark_of(const std::filesystem::path& folder) {
  return folder / "migrated.json";
}

bool write_synced(const std::filesystem::path& file, const std::string& text) {
  const int fd = open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return false;
  const bool whole =
      write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && fsync(fd) == 0;
  return close(fd) == 0 && whole;
}

void sync_folder(const std::filesystem::path& folder) {
  const int fd = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  fsync(fd);
  close(fd);
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
  const std::filesystem::path draft = folder / "migrated.json.new";
  std::error_code failed;
  const bool written = write_synced(draft, text);
  if (written) std::filesystem::rename(draft, mark_of(folder), failed);
  if (!written || failed)
    return Failure{"cannot write " + mark_of(folder).string() +
                   "; the log is on Kafka all the same: do not start a server on this folder"};
  sync_folder(folder);
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
