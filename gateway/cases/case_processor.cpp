// Case: one application across programs.
//
//   status       record                        next status         sends
//   (none)       Submit                        determining         received, a request per program
//   determining  Determination, not the last   determining         program.determined
//   determining  Determination, the last       complete / partial  program.determined,
//   case.decided,
//                                                                  entitlements
//   determining  Tick at a deadline            complete / partial  program.determined
//   (unavailable),
//                                                                  case.decided, entitlements
//   complete,    Determination, late, or       complete / partial  program.determined, case.decided
//   partial      a correction                                      with revision + 1, entitlements
//   any of these Amend                         determining         superseded, amended, a request
//   per
//                                                                  program; submission + 1,
//                                                                  revision 0
//   any of these Withdraw                      withdrawn           withdrawn, no entitlements;
//                                                                  submission + 1
//   (none)       a fault on Submit             received            case.held
//   received     Submit, replayed              determining         received, a request per program
//   any          a fault on any other          as it was           case.held
//
// A submission whose programs can all be answered without asking (no consent, not offered) is
// decided at once. Every command leaves its verdict in the state; a refused one leaves all else as
// it was, as does a record that came before. Whatever cannot be used is sent to dead-letters:
// answers.h has the table for determinations. Partial: a program was referred, unavailable or
// failed.

#include "gateway/cases/case_processor.h"

#include <charconv>
#include <stdexcept>
#include <string>
#include <utility>

#include "gateway/cases/answers.h"
#include "gateway/cases/change.h"
#include "gateway/cases/commands.h"
#include "gateway/cases/outcome.h"
#include "schemas/topics.h"

namespace guichet::cases {
namespace {

const v1::CaseState* case_of(const eventlog::State& state) {
  return static_cast<const v1::CaseState*>(state.get());
}

/// <application>/<submission>/tick/<µs>
std::string tick_prefix(std::string_view application_id, std::uint32_t submission) {
  return std::string(application_id) + "/" + std::to_string(submission) + "/tick/";
}

/// The time that a tick of the current submission asked for; nothing where it is of another.
std::optional<std::int64_t> time_asked(const v1::CaseState& state, const std::string& tick_id) {
  const std::string prefix = tick_prefix(state.application_id(), state.current().number());
  if (!tick_id.starts_with(prefix)) return {};
  std::int64_t us = 0;
  const char* end = tick_id.data() + tick_id.size();
  const auto read = std::from_chars(tick_id.data() + prefix.size(), end, us);
  if (read.ec != std::errc{} || read.ptr != end) return {};
  return us;
}

/// Reads the payload and hands it on, or refuses it.
template <class Message, class Take>
void with(Change& change, Take take) {
  Message message;
  if (message.ParseFromString(change.input().payload)) return take(message);
  change.refuse("undecodable", "the payload is not a " + message.GetTypeName());
}

template <class Command, class Take>
void with_command(Change& change, Take take) {
  const bool taken_before = is_answered(change.state(), change.input().header.id());
  if (!taken_before || is_unread(change.state())) with<Command>(change, take);
}

eventlog::Step take(const rules::Catalogue& catalogue, Change change) {
  switch (change.input().header.kind()) {
    case v1::KIND_SUBMIT_APPLICATION:
      with_command<v1::SubmitApplication>(
          change, [&](const auto& command) { submit(catalogue, change, command); });
      break;
    case v1::KIND_AMEND_APPLICATION:
      with_command<v1::AmendApplication>(
          change, [&](const auto& command) { amend(catalogue, change, command); });
      break;
    case v1::KIND_WITHDRAW_APPLICATION:
      with_command<v1::WithdrawApplication>(
          change, [&](const auto& command) { withdraw(change, command); });
      break;
    case v1::KIND_DETERMINATION:
      with<v1::Determination>(change, [&](const auto& answer) { take_answer(change, answer); });
      break;
    case v1::KIND_TICK:
      if (const auto us = time_asked(change.state(), change.input().header.id()))
        deadline_reached(change, *us);
      break;
    default:
      change.refuse("unknown_kind", "not a kind of record that `cases-inbox` takes");
  }
  return std::move(change).finish();
}

}  // namespace

CaseProcessor::CaseProcessor(std::shared_ptr<const rules::Catalogue> catalogue)
    : catalogue_(std::move(catalogue)) {
  if (catalogue_->all().size() > kMaxProgramsPerApplication)
    throw std::invalid_argument("the catalogue has more than " +
                                std::to_string(kMaxProgramsPerApplication) + " programs");
}

eventlog::State CaseProcessor::parse(std::string_view bytes) const {
  auto state = std::make_shared<v1::CaseState>();
  if (!state->ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
    throw std::runtime_error("a state in `cases` cannot be read");
  return state;
}

eventlog::Step CaseProcessor::handle(const eventlog::State& before,
                                     const eventlog::Record& input) const {
  return take(*catalogue_, Change(case_of(before), input));
}

eventlog::Step CaseProcessor::handle_in_place(const eventlog::OwnState& before,
                                              const eventlog::Record& input) const {
  return take(*catalogue_, Change(std::static_pointer_cast<v1::CaseState>(before), input));
}

eventlog::Step CaseProcessor::hold(const eventlog::State& before, const eventlog::Record& input,
                                   const v1::DeadLetter&) const {
  Change change(case_of(before), input);
  if (!change.exists()) {
    v1::SubmitApplication command;
    if (input.header.kind() != v1::KIND_SUBMIT_APPLICATION ||
        !command.ParseFromString(input.payload))
      return {};
    hold_unread(change, command);
  }
  change.tell(event::kHeld, change.state().current());
  return std::move(change).finish();
}

std::optional<Instant> CaseProcessor::wake_at(const google::protobuf::MessageLite& message) const {
  const auto& state = static_cast<const v1::CaseState&>(message);
  std::optional<std::int64_t> soonest;
  for (const v1::ProgramCase& program : state.current().programs())
    if (program.status() == v1::PROGRAM_PENDING && (!soonest || program.deadline_us() < *soonest))
      soonest = program.deadline_us();
  if (!soonest) return {};
  return from_micros(*soonest);
}

eventlog::Output CaseProcessor::tick(std::string_view key,
                                     const google::protobuf::MessageLite& message,
                                     Instant wake_at) const {
  const auto& state = static_cast<const v1::CaseState&>(message);
  return {.topic = std::string(topics::kCasesInbox),
          .key = std::string(key),
          .id = tick_prefix(key, state.current().number()) + std::to_string(to_micros(wake_at)),
          .kind = v1::KIND_TICK,
          .payload = {}};
}

}  // namespace guichet::cases
