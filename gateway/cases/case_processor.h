#pragma once

#include <memory>

#include "eventlog/processor.h"
#include "rules/program/program.h"

namespace guichet::cases {

inline constexpr int kMaxProgramsPerApplication = 64;
inline constexpr int kMaxVerdicts = 32;
inline constexpr int kMaxKeyUses = 32;
/// Steps of the history that the state keeps; `events` has all.
inline constexpr int kMaxSteps = 256;
/// Answers kept for one request, corrections and what came late included.
inline constexpr int kMaxAnswersPerProgram = 16;
/// Past submissions kept whole; older ones are cut to a summary.
inline constexpr int kMaxWholePast = 32;
/// Past submissions kept at all: the first, and the last ones.
inline constexpr int kMaxPast = 64;

/// The owner of applications: takes commands, determinations and ticks from `cases-inbox`, holds a
/// v1::CaseState for each application, and sends requests, events, entitlement sets and dead
/// letters. Pure; the table of its transitions opens case_processor.cpp.
///
/// A case that a fault holds is known by KeyState.held; its CaseState keeps the status from which
/// it goes on. An application whose very first record failed is `received` until that is replayed.
class CaseProcessor : public eventlog::Processor {
 public:
  /// Throws std::invalid_argument where the catalogue has more than kMaxProgramsPerApplication.
  explicit CaseProcessor(std::shared_ptr<const rules::Catalogue> catalogue);

  eventlog::State parse(std::string_view bytes) const override;
  eventlog::Step handle(const eventlog::State& before,
                        const eventlog::Record& input) const override;
  eventlog::Step handle_in_place(const eventlog::OwnState& before,
                                 const eventlog::Record& input) const override;
  eventlog::Step hold(const eventlog::State& before, const eventlog::Record& input,
                      const v1::DeadLetter& why) const override;
  std::optional<Instant> wake_at(const google::protobuf::MessageLite& state) const override;
  eventlog::Output tick(std::string_view key, const google::protobuf::MessageLite& state,
                        Instant wake_at) const override;

 private:
  std::shared_ptr<const rules::Catalogue> catalogue_;
};

}  // namespace guichet::cases
