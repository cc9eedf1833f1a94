#pragma once

#include <string>

#include "guichet/v1/runs.pb.h"
#include "payments/digest.h"

namespace guichet::payments {

/// What all partitions listed: the preview. Counts, totals, why; without a hash.
v1::PartitionTally preview(const v1::RunState& run);

/// What all partitions instructed.
v1::PartitionTally outcome(const v1::RunState& run);

/// What a release binds: the run, its date, and every payment of every partition, in order.
std::string hash_of_preview(const v1::RunState& run, Digest digest);

/// preparing, prepared, releasing, released, sent, settled, cancelling, cancelled
std::string to_string(v1::RunStatus status);

}  // namespace guichet::payments
