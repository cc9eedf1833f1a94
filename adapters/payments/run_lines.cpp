#include "adapters/payments/run_lines.h"

#include <set>
#include <string>

#include "eventlog/partition.h"
#include "schemas/topics.h"

namespace guichet::adapters {
namespace {

constexpr std::size_t kRecordsAtOnce = 4096;

}  // namespace

std::uint64_t RunLines::where_to_begin(const v1::FileOrder& order, std::uint32_t partition) const {
  const bool goes_on = last_.run_id() == order.run_id() && last_.partition() == order.partition() &&
                       last_.block() + 1 == order.block();
  return goes_on
             ? next_
             : log_.first_at(topics::kInstructions, partition, from_micros(order.released_at_us()));
}

std::uint32_t RunLines::each(const v1::FileOrder& order, std::uint64_t below,
                             const std::function<void(const v1::PaymentInstruction&)>& call) {
  const std::uint32_t partition = eventlog::partition_of(order.run_id(), log_.partitions());
  std::uint64_t next = where_to_begin(order, partition);
  last_.Clear();               // whoever finds too few begins at the beginning the next time
  std::set<std::string> seen;  // on Kafka a record may come twice
  v1::PaymentInstruction line;
  std::uint32_t found = 0;
  while (found < order.payments()) {
    const auto records = log_.read(topics::kInstructions, partition, next, kRecordsAtOnce);
    if (records.empty()) return found;
    for (const eventlog::Record& record : records) {
      if (record.position >= below) return found;
      next = record.position + 1;
      if (record.header.kind() != v1::KIND_PAYMENT_INSTRUCTION ||
          record.header.key() != order.run_id() || !line.ParseFromString(record.payload) ||
          line.partition() != order.partition() || line.block() != order.block())
        continue;
      if (log_.partitions() > 1 && !seen.insert(record.header.id()).second) continue;
      call(line);
      if (++found == order.payments()) break;
    }
  }
  last_ = order;
  next_ = next;
  return found;
}

}  // namespace guichet::adapters
