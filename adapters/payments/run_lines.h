#pragma once

#include <cstdint>
#include <functional>

#include "eventlog/log.h"
#include "guichet/v1/payments.pb.h"
#include "guichet/v1/runs.pb.h"

namespace guichet::adapters {

/// Reads from `payments-instructions` what stands in one file after the other. It remembers where a
/// file's lines ended, as the next one's stand behind them: a run is read once, however many files
/// it has. One thread at a time.
class RunLines {
 public:
  explicit RunLines(const eventlog::Log& log) : log_(log) {}

  /// Calls with every durable instruction of the ordered file, in order, each once. How many there
  /// were: fewer than ordered where not all is durable yet. `below`: where to end at the latest.
  std::uint32_t each(const v1::FileOrder& order, std::uint64_t below,
                     const std::function<void(const v1::PaymentInstruction&)>& call);

 private:
  std::uint64_t where_to_begin(const v1::FileOrder& order, std::uint32_t partition) const;

  const eventlog::Log& log_;
  v1::FileOrder last_;      // whose lines were all found, and
  std::uint64_t next_ = 0;  // the position behind them
};

}  // namespace guichet::adapters
