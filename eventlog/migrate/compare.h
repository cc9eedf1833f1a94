#pragma once

#include <functional>

#include "eventlog/kafka/kafka_log.h"
#include "eventlog/migrate/migrate.h"
#include "eventlog/migrate/source.h"
#include "eventlog/migrate/target.h"

namespace guichet::eventlog::migrating {

/// Reads a topic back from Kafka and compares it with the file, record by record, and whether each
/// group has consumed of it what it had. Adds what it found to the report; calls with the number of
/// records of each batch.
void compare_topic(Source& source, std::size_t topic, const KafkaLog& log,
                   const kafka::Cluster& cluster, MigrateReport& report,
                   const std::function<void(std::size_t)>& compared);

}  // namespace guichet::eventlog::migrating
