#pragma once

#include <filesystem>

#include "eventlog/migrate/migrate.h"
#include "schemas/values/result.h"

namespace guichet::cli {

/// Leaves `migrated.json` in a data folder whose log was brought to Kafka: from then on the log
/// there is an old copy, and a server on it would decide again what is decided on Kafka.
Result<void> mark_migrated(const std::filesystem::path& folder,
                           const eventlog::TopicsOptions& where,
                           const eventlog::MigrateReport& report);

/// Fails, with what to do, where a folder has that mark.
Result<void> check_not_migrated(const std::filesystem::path& folder);

}  // namespace guichet::cli
