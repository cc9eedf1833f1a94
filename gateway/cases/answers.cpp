#include "gateway/cases/answers.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>

#include "adapters/answer.h"
#include "gateway/cases/case_processor.h"
#include "gateway/cases/outcome.h"

namespace guichet::cases {
namespace {

using Answer = v1::Determination;
using Line = v1::DeterminationLine;

/// Where the program that was asked stands in the state.
struct Place {
  int past = 0;  // index among the past submissions; kCurrent: the current one
  int program = 0;
};
constexpr int kCurrent = -1;

std::optional<Place> find_program(const v1::CaseState& state, const Answer& answer) {
  const auto in = [&](const v1::Submission& submission, int past) -> std::optional<Place> {
    if (submission.number() != answer.submission()) return {};
    for (int i = 0; i < submission.programs_size(); ++i)
      if (submission.programs(i).program() == answer.program() &&
          submission.programs(i).request_id() == answer.request_id())
        return Place{past, i};
    return {};
  };
  if (answer.request_id().empty() || answer.application_id() != state.application_id()) return {};
  if (auto place = in(state.current(), kCurrent)) return place;
  for (int i = 0; i < state.past_size(); ++i)
    if (auto place = in(state.past(i), i)) return place;
  return {};
}

const v1::ProgramCase& program_at(const v1::CaseState& state, Place place) {
  const v1::Submission& submission =
      place.past == kCurrent ? state.current() : state.past(place.past);
  return submission.programs(place.program);
}

v1::ProgramCase& program_at(v1::CaseState& state, Place place) {
  v1::Submission* submission =
      place.past == kCurrent ? state.mutable_current() : state.mutable_past(place.past);
  return *submission->mutable_programs(place.program);
}

const Answer* last_answer(const v1::ProgramCase& program) {
  return program.answers_size() == 0 ? nullptr : &program.answers(program.answers_size() - 1);
}

bool same_bytes(const google::protobuf::MessageLite& a, const google::protobuf::MessageLite& b) {
  return a.SerializeAsString() == b.SerializeAsString();
}

bool is_failed(const Answer& answer) {
  return std::ranges::all_of(answer.lines(),
                             [](const Line& line) { return line.status() == v1::FAILED; });
}

bool is_settled(const Line& line) {
  return line.status() == v1::ELIGIBLE || line.status() == v1::INELIGIBLE;
}

bool has_line(const Answer& answer, const Line& line) {
  return std::ranges::any_of(answer.lines(),
                             [&](const Line& other) { return same_bytes(line, other); });
}

bool same_lines(const Answer& a, const Answer& b) {
  return a.lines_size() == b.lines_size() &&
         std::ranges::all_of(a.lines(), [&](const Line& line) { return has_line(b, line); });
}

/// Whether a later answer, unmarked, says something else about what was settled.
bool contradicts(const Answer& later, const Answer& before) {
  return std::ranges::any_of(
      before.lines(), [&](const Line& line) { return is_settled(line) && !has_line(later, line); });
}

/// Why this request's answer cannot be these lines; empty where it can.
std::string fault_of(const v1::ProgramCase& program, const Answer& answer,
                     const std::string& record_id) {
  if (record_id != answer.id()) return "the record's id is not that of the answer in it";
  if (const auto usable = adapters::check_determination(answer); !usable)
    return usable.error().message;
  if (is_failed(answer)) return {};
  const std::set<std::string> wanted(program.beneficiaries().begin(),
                                     program.beneficiaries().end());
  std::set<std::string> given;
  for (const Line& line : answer.lines()) given.insert(line.beneficiary());
  if (given != wanted) return "its lines are not for the beneficiaries that were asked about";
  return {};
}

enum class Repeat { none, same, other_content };

/// Whether an answer of this id came before. A failed one may come again with what it should have
/// been: that is how a replay mends it.
Repeat repeat_of(const v1::ProgramCase& program, const Answer& answer) {
  bool other = false;
  for (const Answer& known : program.answers()) {
    if (known.id() != answer.id()) continue;
    Answer incoming = answer;
    if (incoming.determined_at_us() == 0) incoming.set_determined_at_us(known.determined_at_us());
    if (same_bytes(known, incoming)) return Repeat::same;
    other = !is_failed(known);
  }
  return other ? Repeat::other_content : Repeat::none;
}

void keep(Change& change, Place place, const Answer& answer) {
  Answer& kept = *program_at(change.edit(), place).add_answers();
  kept = answer;
  if (kept.determined_at_us() == 0) kept.set_determined_at_us(change.now_us());
}

void count(Change& change, Place place, const Answer& answer) {
  keep(change, place, answer);
  v1::ProgramCase& program = program_at(change.edit(), place);
  program.set_status(v1::PROGRAM_ANSWERED);
  program_settled(change, program);
}

/// The program answered, but nobody can use it: its line fails, so that the client waits for
/// nothing. Named after the dead letter, for the answer's own id stays free for the answer once
/// mended.
void fail(Change& change, Place place, const std::string& dead_letter_id) {
  const v1::ProgramCase& program = program_at(change.state(), place);
  Answer failed;
  failed.set_id(dead_letter_id);
  failed.set_dead_letter_id(dead_letter_id);
  failed.set_request_id(program.request_id());
  failed.set_application_id(change.state().application_id());
  failed.set_submission(change.state().current().number());
  failed.set_program(program.program());
  failed.set_program_version(program.program_version());
  for (const std::string& beneficiary : program.beneficiaries())
    *failed.add_lines() = adapters::failed_line(beneficiary);
  count(change, place, failed);
}

}  // namespace

void take_answer(Change& change, const Answer& answer) {
  const auto refuse = [&](const char* failure_class, std::string text) {
    return change.refuse(failure_class, std::move(text), answer.program());
  };
  const std::optional<Place> place = find_program(change.state(), answer);
  if (!place) {
    refuse("unknown_request", "no request of this application asks for this answer");
    return;
  }
  const v1::ProgramCase& program = program_at(change.state(), *place);
  const bool superseded = place->past != kCurrent;
  if (std::string fault = fault_of(program, answer, change.input().header.id()); !fault.empty()) {
    const std::string dead_letter_id = refuse("unusable_answer", std::move(fault));
    if (!superseded && program.status() == v1::PROGRAM_PENDING)
      fail(change, *place, dead_letter_id);
    return;
  }
  switch (repeat_of(program, answer)) {
    case Repeat::same:
      return;
    case Repeat::other_content:
      refuse("same_id_other_content", "an answer of this id came before and says something else");
      return;
    case Repeat::none:
      break;
  }
  if (program.answers_size() >= kMaxAnswersPerProgram) {
    refuse("too_many_answers",
           "a request takes at most " + std::to_string(kMaxAnswersPerProgram) + " answers");
    return;
  }
  if (superseded) return keep(change, *place, answer);

  const Answer* before = last_answer(program);
  const bool unmarked = before != nullptr && answer.supersedes() != before->id();
  if (unmarked && same_lines(answer, *before)) return;
  if (unmarked && contradicts(answer, *before)) {
    refuse("contradictory_answer",
           "it differs from the answer that counts, and does not name it in `supersedes`");
    return;
  }
  count(change, *place, answer);
}

}  // namespace guichet::cases
