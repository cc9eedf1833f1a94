#include "gateway/cases/change.h"

#include <memory>
#include <utility>

#include "eventlog/dead_letter.h"
#include "gateway/cases/case_processor.h"
#include "guichet/v1/events.pb.h"
#include "schemas/topics.h"

namespace guichet::cases {

constexpr const char* kPlace = "gateway/cases";

Change::Change(const v1::CaseState* before, const eventlog::Record& input) : input_(input) {
  if (before != nullptr) state_ = *before;
}

void Change::tell(std::string_view type, const v1::Submission& submission,
                  std::span<const CaseLine> lines, Money annual_total) {
  told_ = true;
  v1::CaseState& state = edit();
  state.set_event_sequence(state.event_sequence() + 1);
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
    state_.set_version(state_.version() + 1);
    state_.set_updated_at_us(now_us());
  }
  step.state = std::make_shared<const v1::CaseState>(std::move(state_));
  return step;
}

}  // namespace guichet::cases
