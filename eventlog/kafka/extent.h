#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>

#include "eventlog/kafka/client.h"

namespace guichet::eventlog::kafka {

/// A partition of a topic, as Guichet names it.
using Place = std::pair<std::string, std::uint32_t>;
/// The next offset of each.
using Places = std::map<Place, std::uint64_t>;

/// What of a partition is there now.
struct Extent {
  std::uint64_t first = 0;
  std::uint64_t end = 0;
};

/// Whether the end is behind all that was written, open transactions included, or behind what a
/// reader of committed records can see.
enum class End { kWritten, kStable };

/// Throws LogUnavailable.
std::map<Place, Extent> extents_of(const Cluster& cluster, std::span<const Place> places, End end);

/// The identity of the cluster behind the address. Throws LogUnavailable.
std::string id_of(const Cluster& cluster);

/// The partition was just made, or moves between brokers: to be asked again in a moment.
bool leader_is_unknown(rd_kafka_resp_err_t error);

std::vector<Place> places_of(const std::vector<std::string>& topics, std::uint32_t partitions);

}  // namespace guichet::eventlog::kafka
