#pragma once

#include "eventlog/kafka/kafka_log.h"
#include "eventlog/kafka/topics_admin.h"
#include "gateway/cli/kafka_connection.h"

namespace guichet::cli {

/// A connection, as the parts below want it.
template <class Options>
Options options_of(const KafkaConnection& connection) {
  Options options;
  options.brokers = connection.brokers;
  options.security = connection.security;
  options.prefix = connection.prefix;
  options.partitions = connection.partitions;
  return options;
}

/// Where the topics of this connection are made and checked.
inline eventlog::TopicsOptions topics_options(const KafkaConnection& connection) {
  return options_of<eventlog::TopicsOptions>(connection);
}

/// The log of this connection.
inline eventlog::KafkaOptions log_options(const KafkaConnection& connection) {
  return options_of<eventlog::KafkaOptions>(connection);
}

}  // namespace guichet::cli
