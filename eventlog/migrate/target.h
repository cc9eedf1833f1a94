#pragma once

#include <string>
#include <vector>

#include "eventlog/kafka/extent.h"
#include "eventlog/kafka/topics_admin.h"

namespace guichet::eventlog::migrating {

kafka::Cluster cluster_of(const TopicsOptions& options);

/// What must be done first; empty: every topic is there as declared, and nothing was ever written
/// to it. Throws LogUnavailable, as all of these.
std::string not_ready(const TopicsOptions& options, const std::vector<topics::Topic>& topics);

/// Where a group goes on in each partition. Refused by Kafka while processes of the group run.
void set_positions(const kafka::Cluster& cluster, const std::string& group,
                   const kafka::Places& next);
kafka::Places positions_of(const kafka::Cluster& cluster, const std::string& group,
                           const std::vector<kafka::Place>& places);

}  // namespace guichet::eventlog::migrating
