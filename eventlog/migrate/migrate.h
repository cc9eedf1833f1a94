#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "eventlog/kafka/topics_admin.h"
#include "eventlog/sqlite/data_folder.h"
#include "schemas/topics.h"
#include "schemas/values/result.h"

namespace guichet::eventlog {

/// Called often: after each batch. `what` is verify, copy or compare.
using MigrateProgress =
    std::function<void(std::string_view what, std::uint64_t records, std::uint64_t of)>;

struct MigrateOptions {
  TopicsOptions kafka;
  std::vector<topics::Topic> topics;  // all that the deployment declares
  MigrateProgress progress = [](std::string_view, std::uint64_t, std::uint64_t) {};
};

struct MigratedTopic {
  std::string name;
  std::uint64_t in_file = 0;
  std::uint64_t on_kafka = 0;
};

/// What a group has still to read of a topic.
struct MigratedGroup {
  std::string name;
  std::string topic;
  std::uint64_t waiting_in_file = 0;
  std::uint64_t waiting_on_kafka = 0;
};

struct MigrateReport {
  std::vector<MigratedTopic> topics;
  std::vector<MigratedGroup> groups;
  std::string difference;  // the first that was found; empty: all is the same
};

/// Brings the log of a stopped server onto Kafka, and compares every record of both. The folder is
/// only read. Records keep header, payload and the order of their key; every group goes on with the
/// first record that it had not consumed.
///
/// Fails, with nothing written, where the file is damaged, or a topic is not as declared or not
/// empty. Throws LogUnavailable where Kafka goes away: what was written by then stays, and the next
/// run says how to begin again.
Result<MigrateReport> migrate(const DataFolder& folder, const MigrateOptions& options);

}  // namespace guichet::eventlog
