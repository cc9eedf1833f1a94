#include "adapters/payments/run_lines.h"

#include <set>
#include <string>

#include "eventlog/partition.h"
#include "schemas/topics.h"

namespace guichet::adapters {
namespace {

constexpr std::size_t kRecordsAtOnce = 4096;

}  // namespace

void each_instruction(const eventlog::Log& log, const std::string& run_id, Instant released_at,
                      std::uint64_t below,
                      const std::function<void(const v1::PaymentInstruction&)>& call) {
  const std::uint32_t partition = eventlog::partition_of(run_id, log.partitions());
  std::uint64_t next = log.first_at(topics::kInstructions, partition, released_at);
  std::set<std::string> seen;  // on Kafka a record may come twice
  v1::PaymentInstruction line;
  for (;;) {
    const auto records = log.read(topics::kInstructions, partition, next, kRecordsAtOnce);
    if (records.empty()) return;
    for (const eventlog::Record& record : records) {
      if (record.position >= below) return;
      next = record.position + 1;
      if (record.header.kind() != v1::KIND_PAYMENT_INSTRUCTION || record.header.key() != run_id ||
          !line.ParseFromString(record.payload))
        continue;
      if (log.partitions() > 1 && !seen.insert(record.header.id()).second) continue;
      call(line);
    }
  }
}

}  // namespace guichet::adapters
