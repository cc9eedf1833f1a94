#pragma once

#include <cstdint>
#include <functional>

#include "eventlog/log.h"
#include "guichet/v1/payments.pb.h"

namespace guichet::adapters {

/// Calls with every durable instruction of a run, in order, each id once.
/// `below`: the position in `instructions` where to end.
void each_instruction(const eventlog::Log& log, const std::string& run_id, Instant released_at,
                      std::uint64_t below,
                      const std::function<void(const v1::PaymentInstruction&)>& call);

}  // namespace guichet::adapters
