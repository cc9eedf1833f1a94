#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "eventlog/processor.h"
#include "gateway/cases/merge.h"
#include "guichet/v1/case.pb.h"
#include "schemas/cloudevents/cloud_event.h"

namespace guichet::cases {

namespace event = cloudevents;  // the types of events

/// The type of the event that told of a step: guichet.application.received, …
std::string_view event_name(v1::CaseStep::Kind kind);

/// What handling one record does to one application: the state that it leaves, and what it sends.
///
///   Change change(before, input);
///   change.edit().mutable_current()->set_status(v1::CASE_COMPLETE);
///   change.tell(event::kDecided, change.state().current(), lines, total);
///   return std::move(change).finish();
class Change {
 public:
  /// `before` is null where there is no application yet.
  Change(const v1::CaseState* before, const eventlog::Record& input);
  /// Changes `own` itself.
  Change(std::shared_ptr<v1::CaseState> own, const eventlog::Record& input);

  const v1::CaseState& state() const { return *state_; }
  bool exists() const { return !state_->application_id().empty(); }
  const eventlog::Record& input() const { return input_; }
  std::int64_t now_us() const { return input_.header.recorded_at_us(); }

  /// The state, to be changed.
  v1::CaseState& edit() {
    edited_ = true;
    return *state_;
  }

  void send(eventlog::Output output) { outputs_.push_back(std::move(output)); }

  /// Sends the next event of the application, and adds the step to its history. What a reader sees
  /// changes exactly where an event says so: the version (of the ETag) goes up by one with any
  /// number of them.
  void tell(std::string_view type, const v1::Submission& submission,
            std::span<const CaseLine> lines = {}, Money annual_total = {});

  /// Answers the command in the input. Only the last kMaxVerdicts are kept.
  void answer(v1::Verdict::Outcome outcome, std::uint32_t submission);

  /// Puts the input among the dead letters, and returns the id of the letter.
  std::string refuse(std::string failure_class, std::string text, std::string program = {});

  eventlog::Step finish() &&;

 private:
  void note_step(std::string_view type, const v1::Submission& submission,
                 std::span<const CaseLine> lines);

  const eventlog::Record& input_;
  std::shared_ptr<v1::CaseState> state_;
  std::vector<eventlog::Output> outputs_;
  bool edited_ = false;
  bool told_ = false;
};

}  // namespace guichet::cases
