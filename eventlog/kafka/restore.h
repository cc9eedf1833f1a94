#pragma once

#include <span>

#include "eventlog/kafka/extent.h"
#include "eventlog/kafka/state_cache.h"

namespace guichet::eventlog::kafka {

/// Brings the cache up to everything that was written to these partitions of compacted topics
/// before this call: up to the end of the log, not only its last stable offset, so that a
/// transaction whose end is under way (a predecessor's) is waited for. Throws LogUnavailable when
/// that takes too long.
void restore(const Cluster& cluster, StateCache& cache, std::span<const Place> partitions);

}  // namespace guichet::eventlog::kafka
