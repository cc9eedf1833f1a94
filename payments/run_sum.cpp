#include "payments/run_sum.h"

#include "payments/tally.h"

namespace guichet::payments {

v1::PartitionTally preview(const v1::RunState& run) {
  v1::PartitionTally sum;
  for (const v1::RunPartition& partition : run.partitions()) add(sum, partition.preview());
  return sum;
}

v1::PartitionTally outcome(const v1::RunState& run) {
  v1::PartitionTally sum;
  for (const v1::RunPartition& partition : run.partitions()) add(sum, partition.outcome());
  return sum;
}

std::string hash_of_preview(const v1::RunState& run, Digest digest) {
  std::string bytes = run.run_id() + "\n" + std::to_string(run.date()) + "\n";
  for (const v1::RunPartition& partition : run.partitions())
    bytes += std::to_string(partition.partition()) + " " + partition.preview().hash() + "\n";
  return "sha256:" + digest(bytes);
}

std::string to_string(v1::RunStatus status) {
  switch (status) {
    case v1::RUN_PREPARED:
      return "prepared";
    case v1::RUN_RELEASING:
      return "releasing";
    case v1::RUN_RELEASED:
      return "released";
    case v1::RUN_SENT:
      return "sent";
    case v1::RUN_SETTLED:
      return "settled";
    case v1::RUN_CANCELLING:
      return "cancelling";
    case v1::RUN_CANCELLED:
      return "cancelled";
    default:
      return "preparing";
  }
}

}  // namespace guichet::payments
