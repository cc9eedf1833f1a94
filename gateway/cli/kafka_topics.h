#pragma once

#include "eventlog/kafka/topics_admin.h"
#include "gateway/cli/kafka_connection.h"

namespace guichet::cli {

/// Where the topics of this connection are made and checked.
inline eventlog::TopicsOptions topics_options(const KafkaConnection& connection) {
  eventlog::TopicsOptions options;
  options.brokers = connection.brokers;
  options.security = connection.security;
  options.prefix = connection.prefix;
  options.partitions = connection.partitions;
  return options;
}

}  // namespace guichet::cli
