#pragma once

#include <functional>
#include <memory>
#include <string>

#include "eventlog/log.h"
#include "gateway/cli/settings.h"
#include "gateway/http/secrets.h"
#include "gateway/views/views.h"
#include "rules/program/program.h"
#include "schemas/values/result.h"

namespace guichet::cli {

/// A home of the log, opened, with what belongs to it. In the order in which they are needed.
struct Home {
  /// Held as long as the data folder is used.
  std::shared_ptr<void> folder;
  std::unique_ptr<eventlog::Log> log;
  std::unique_ptr<views::Views> views;  // null where this process is no gateway
  http::Secrets secrets;                // empty where this process is no gateway
  /// Stands before the names of this process's sessions: no two processes share one.
  std::string instance;
  /// What is missing until requests can be answered as they should; empty: nothing.
  std::function<std::string()> not_ready;
};

/// Each fails with what to do. Throws eventlog::LogUnavailable where Kafka does not answer, and
/// where the disk does.
Result<Home> open_embedded_home(const Settings& settings, const rules::Catalogue& catalogue);
Result<Home> open_kafka_home(const Settings& settings, const rules::Catalogue& catalogue);

}  // namespace guichet::cli
