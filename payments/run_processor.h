#pragma once

#include <cstdint>

#include "eventlog/processor.h"
#include "payments/digest.h"

namespace guichet::payments {

inline constexpr int kMaxRunVerdicts = 32;

/// Whether a day is over everywhere in Canada: a run is for today or a day to come.
bool is_past(std::int32_t date, std::int64_t now_us);

/// The coordinator of payment runs: takes commands, and what partitions and files report, from
/// `runs-inbox`, and holds a v1::RunState for each run. Pure; the table of its transitions opens
/// run_processor.cpp.
class RunProcessor : public eventlog::Processor {
 public:
  /// `partitions`: of `payments-inbox`.
  RunProcessor(std::uint32_t partitions, Digest digest);

  eventlog::State parse(std::string_view bytes) const override;
  eventlog::Step handle(const eventlog::State& before,
                        const eventlog::Record& input) const override;
  eventlog::Step hold(const eventlog::State& before, const eventlog::Record& input,
                      const v1::DeadLetter& why) const override;
  std::optional<Instant> wake_at(const google::protobuf::MessageLite& state) const override;
  eventlog::Output tick(std::string_view key, const google::protobuf::MessageLite& state,
                        Instant wake_at) const override;

 private:
  std::uint32_t partitions_;
  Digest digest_;
};

}  // namespace guichet::payments
