#pragma once

#include <span>

#include "eventlog/kafka/extent.h"
#include "eventlog/kafka/state_cache.h"

namespace guichet::eventlog::kafka {

/// Where a copy of states goes on, and up to where each partition is written now.
struct GoingOn {
  Places from;
  Places ends;
  bool anew = false;  // something of it was forgotten: of another cluster, or of a topic made anew
};

/// Throws LogUnavailable; also where the beginning of a partition that was not copied is deleted,
/// since the states that stood there are in no other place.
GoingOn go_on(const Cluster& cluster, StateCache& cache, std::span<const Place> partitions);

/// Brings the cache up to everything that was written to these partitions of compacted topics
/// before this call: up to the end of the log, not only its last stable offset, so that a
/// transaction whose end is under way (a predecessor's) is waited for. Throws LogUnavailable when
/// that takes too long.
void restore(const Cluster& cluster, StateCache& cache, std::span<const Place> partitions);

}  // namespace guichet::eventlog::kafka
