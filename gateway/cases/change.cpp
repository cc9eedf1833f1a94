#include "gateway/cases/change.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <utility>

#include "eventlog/dead_letter.h"
#include "gateway/cases/case_processor.h"
#include "guichet/v1/events.pb.h"
#include "schemas/topics.h"
#include "schemas/values/invariant.h"

namespace guichet::cases {

namespace {

constexpr const char* kPlace = "gateway/cases";

// In the order of CaseStep::Kind.
constexpr std::array kEventNames = {event::kReceived,   event::kAmended,    event::kWithdrawn,
                                    event::kSuperseded, event::kDetermined, event::kDecided,
                                    event::kHeld};
static_assert(kEventNames.size() == v1::CaseStep::Kind_MAX);

v1::CaseStep::Kind kind_of(std::string_view event_name) {
  const auto at = std::ranges::find(kEventNames, event_name) - kEventNames.begin();
  return static_cast<v1::CaseStep::Kind>(at + 1);
}

/// The two halves of the trace in a traceparent: 00-<32 digits>-<16 digits>-<2 digits>.
void set_trace(std::string_view traceparent, v1::CaseStep& step) {
  constexpr std::size_t kBegin = 3;
  constexpr std::size_t kDigits = 16;
  if (traceparent.size() < kBegin + 2 * kDigits) return;
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  const char* digits = traceparent.data() + kBegin;
  std::from_chars(digits, digits + kDigits, high, 16);
  std::from_chars(digits + kDigits, digits + 2 * kDigits, low, 16);
  step.set_trace_high(high);
  step.set_trace_low(low);
}

bool is_same(const v1::Actor& a, const v1::Actor& b) {
  return a.SerializeAsString() == b.SerializeAsString();
}

const v1::Actor& last_actor(const v1::CaseState& state) {
  for (int i = state.steps_size() - 1; i >= 0; --i)
    if (state.steps(i).has_actor()) return state.steps(i).actor();
  return v1::Actor::default_instance();
}

}  // namespace

std::string_view event_name(v1::CaseStep::Kind kind) {
  GUICHET_INVARIANT(kind >= 1 && kind <= v1::CaseStep::Kind_MAX);
  return kEventNames[static_cast<std::size_t>(kind) - 1];
}

Change::Change(const v1::CaseState* before, const eventlog::Record& input)
    : Change(before != nullptr ? std::make_shared<v1::CaseState>(*before)
                               : std::make_shared<v1::CaseState>(),
             input) {}

Change::Change(std::shared_ptr<v1::CaseState> own, const eventlog::Record& input)
    : input_(input), state_(std::move(own)) {}

void Change::tell(std::string_view type, const v1::Submission& submission,
                  std::span<const CaseLine> lines, Money annual_total) {
  told_ = true;
  v1::CaseState& state = edit();
  state.set_event_sequence(state.event_sequence() + 1);
  note_step(type, submission, lines);
  v1::CaseEvent event;
  event.set_type(std::string(type));
  event.set_sequence(static_cast<std::uint32_t>(state.event_sequence()));
  event.set_application_id(state.application_id());
  event.set_submission(submission.number());
  event.set_revision(submission.revision());
  event.set_case_status(type == event::kHeld ? to_string(v1::CASE_HELD)
                                             : to_string(submission.status()));
  if (type == event::kDecided) event.set_annual_total(annual_total.to_string());
  for (const CaseLine& line : lines) {
    v1::EventProgram& program = *event.add_programs();
    program.set_program(line.program->program());
    program.set_program_version(line.program->program_version());
    program.set_government(line.program->government());
    program.set_beneficiary(line.beneficiary);
    program.set_status(line.status);
    if (line.status == "eligible" || line.status == "ineligible")
      program.set_annual_amount(Money::of_cents(line.line->annual_amount_cents()).to_string());
  }
  send({.topic = std::string(topics::kEvents),
        .key = state.application_id(),
        .id = state.application_id() + "/e" + std::to_string(event.sequence()),
        .kind = v1::KIND_CASE_EVENT,
        .payload = event.SerializeAsString()});
}

void Change::note_step(std::string_view type, const v1::Submission& submission,
                       std::span<const CaseLine> lines) {
  v1::CaseStep step;
  step.set_kind(kind_of(type));
  step.set_at_us(now_us());
  step.set_submission(submission.number());
  step.set_revision(submission.revision());
  step.set_status(submission.status());
  if (step.kind() == v1::CaseStep::DETERMINED && !lines.empty()) {
    step.set_program(lines.front().program->program());
    for (const CaseLine& line : lines) {
      v1::StepLine& kept = *step.add_lines();
      kept.set_beneficiary(line.beneficiary);
      kept.set_status(line.status);
    }
  }
  if (!is_same(input_.header.actor(), last_actor(*state_)))
    *step.mutable_actor() = input_.header.actor();
  set_trace(input_.header.traceparent(), step);

  auto& steps = *state_->mutable_steps();
  if (steps.size() >= kMaxSteps) {
    if (!steps[1].has_actor()) *steps[1].mutable_actor() = steps[0].actor();
    steps.DeleteSubrange(0, 1);
  }
  *steps.Add() = std::move(step);
}

void Change::answer(v1::Verdict::Outcome outcome, std::uint32_t submission) {
  auto& verdicts = *edit().mutable_verdicts();
  if (verdicts.size() >= kMaxVerdicts) verdicts.DeleteSubrange(0, 1);
  v1::Verdict& verdict = *verdicts.Add();
  verdict.set_command_id(input_.header.id());
  verdict.set_outcome(outcome);
  verdict.set_at_us(now_us());
  verdict.set_submission(submission);
}

std::string Change::refuse(std::string failure_class, std::string text, std::string program) {
  send(eventlog::dead_letter(input_, {.failure_class = std::move(failure_class),
                                      .place = kPlace,
                                      .text = std::move(text),
                                      .program = std::move(program)}));
  return eventlog::dead_letter_id(input_, kPlace);
}

eventlog::Step Change::finish() && {
  eventlog::Step step{.state = nullptr, .outputs = std::move(outputs_)};
  if (!edited_) return step;
  if (told_) {
    state_->set_version(state_->version() + 1);
    state_->set_updated_at_us(now_us());
  }
  step.state = std::move(state_);
  return step;
}

}  // namespace guichet::cases
