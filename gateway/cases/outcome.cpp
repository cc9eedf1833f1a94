#include "gateway/cases/outcome.h"

#include <algorithm>

#include "gateway/cases/entitlements.h"

namespace guichet::cases {
namespace {

bool is_pending(const v1::ProgramCase& program) {
  return program.status() == v1::PROGRAM_PENDING;
}

bool leaves_nothing_open(const CaseLine& line) {
  return line.status == "eligible" || line.status == "ineligible" ||
         line.status == "needs_information";
}

void tell_determined(Change& change, const v1::ProgramCase& program) {
  MergedCase merged = merge(change.state().current());
  std::erase_if(merged.lines, [&](const CaseLine& line) { return line.program != &program; });
  change.tell(event::kDetermined, change.state().current(), merged.lines);
}

}  // namespace

void program_settled(Change& change, const v1::ProgramCase& program) {
  tell_determined(change, program);
  decide(change);
}

void decide(Change& change) {
  v1::Submission& submission = *change.edit().mutable_current();
  if (std::ranges::any_of(submission.programs(), is_pending)) return;
  const MergedCase merged = merge(submission);
  const bool complete = std::ranges::all_of(merged.lines, leaves_nothing_open);
  submission.set_status(complete ? v1::CASE_COMPLETE : v1::CASE_PARTIAL);
  submission.set_revision(submission.revision() + 1);
  submission.set_decided_at_us(change.now_us());
  change.tell(event::kDecided, submission, merged.lines, merged.annual_total);
  send_entitlements(change);
}

void deadline_reached(Change& change, std::int64_t asked_us) {
  const auto overdue = [&](const v1::ProgramCase& program) {
    return is_pending(program) && program.deadline_us() <= asked_us;
  };
  if (std::ranges::none_of(change.state().current().programs(), overdue)) return;
  for (v1::ProgramCase& program : *change.edit().mutable_current()->mutable_programs()) {
    if (!overdue(program)) continue;
    program.set_status(v1::PROGRAM_UNAVAILABLE);
    tell_determined(change, program);
  }
  decide(change);
}

}  // namespace guichet::cases
