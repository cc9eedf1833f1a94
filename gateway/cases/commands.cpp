#include "gateway/cases/commands.h"

#include <algorithm>
#include <string>
#include <utility>

#include "gateway/cases/case_processor.h"
#include "gateway/cases/choice.h"
#include "gateway/cases/entitlements.h"
#include "gateway/cases/outcome.h"
#include "gateway/identity/access.h"

namespace guichet::cases {
namespace {

void refuse_unknown(Change& change) {
  change.refuse("unknown_application", "the command is for an application that is not there");
}

bool within_bounds(const rules::Catalogue& catalogue, Change& change,
                   const v1::Application& application) {
  if (count_programs(catalogue, application) <= kMaxProgramsPerApplication) return true;
  change.refuse("too_many_programs", "an application concerns at most " +
                                         std::to_string(kMaxProgramsPerApplication) + " programs");
  return false;
}

v1::Submission next_submission(const Change& change, const v1::Application& application) {
  v1::Submission next;
  next.set_number(change.state().current().number() + 1);
  *next.mutable_application() = application;
  next.set_received_at_us(change.now_us());
  *next.mutable_actor() = change.input().header.actor();
  return next;
}

/// The current submission becomes one of the past. Only the last kMaxWholePast are kept whole, and
/// only kMaxPast at all; the very first stays, for a submit that comes again is compared with it.
void supersede(v1::CaseState& state) {
  auto& past = *state.mutable_past();
  v1::Submission& last = *past.Add();
  last.Swap(state.mutable_current());
  state.clear_current();
  last.set_status(v1::CASE_SUPERSEDED);
  if (past.size() > kMaxWholePast) {
    v1::Submission& old = past[past.size() - kMaxWholePast - 1];
    old.clear_application();
    old.clear_programs();
  }
  if (past.size() > kMaxPast) past.DeleteSubrange(1, 1);
}

/// Takes a submission in the place of the current one, tells so, and asks its programs.
void open(const rules::Catalogue& catalogue, Change& change, v1::Submission submission,
          std::string_view event) {
  v1::CaseState& state = change.edit();
  const std::string client_before = state.client_id();
  submission.set_status(v1::CASE_DETERMINING);
  const auto requests = ask_programs(catalogue, state.application_id(), submission);
  state.set_client_id(submission.application().client().client_id());
  *state.mutable_current() = std::move(submission);
  change.tell(event, state.current());
  for (const eventlog::Output& request : requests) change.send(request);
  if (!client_before.empty() && client_before != state.client_id() && state.entitlement_set() > 0)
    end_entitlements(change, client_before);
  decide(change);
}

const v1::Submission& first_submission(const v1::CaseState& state) {
  return state.past_size() > 0 ? state.past(0) : state.current();
}

const v1::KeyUse* use_of_key(const v1::CaseState& state, const std::string& key_digest) {
  if (key_digest.empty()) return nullptr;
  for (const v1::KeyUse& use : state.keys())
    if (use.key_digest() == key_digest) return &use;
  return nullptr;
}

/// Answers a command whose key was used before. True where it was.
bool answered_by_key(Change& change, const std::string& key, const std::string& body) {
  const v1::KeyUse* use = use_of_key(change.state(), key);
  if (use == nullptr) return false;
  const bool same = use->body_digest() == body;
  change.answer(same ? v1::Verdict::REPLAYED : v1::Verdict::KEY_REUSED, use->submission());
  return true;
}

void remember_key(v1::CaseState& state, const std::string& key, const std::string& body) {
  if (key.empty()) return;
  auto& keys = *state.mutable_keys();
  if (keys.size() >= kMaxKeyUses) keys.DeleteSubrange(0, 1);
  v1::KeyUse& use = *keys.Add();
  use.set_key_digest(key);
  use.set_body_digest(body);
  use.set_submission(state.current().number());
}

bool is_withdrawn(const Change& change) {
  return change.state().current().status() == v1::CASE_WITHDRAWN;
}

bool came_between(const Change& change, std::uint32_t if_submission) {
  return if_submission != 0 && if_submission != change.state().current().number();
}

/// What the gateway asked, asked again of the case as it is now and of the caller in the record.
bool may(const Change& change, identity::Call call, const v1::Application& application) {
  const v1::Actor& actor = change.input().header.actor();
  if (actor.known_by() == v1::Actor::LOCAL) return true;
  identity::Principal caller;
  caller.subject = actor.subject();
  for (const std::string& role : actor.roles())
    if (identity::is_role(role)) caller.roles.push_back(role);  // nobody known is the local owner
  caller.desk = actor.desk();
  return authorize(caller, call, {.desk = application.channel().desk()});
}

bool may_change(const Change& change, identity::Call call) {
  return may(change, call, change.state().current().application());
}

void begin(Change& change, const v1::SubmitApplication& command) {
  v1::CaseState& state = change.edit();
  state.set_application_id(change.input().header.key());
  state.set_number(command.number());
  state.set_received_at_us(change.now_us());
}

v1::Submission first(const Change& change, const v1::SubmitApplication& command) {
  v1::Submission submission = next_submission(change, command.application());
  submission.set_number(1);
  submission.set_body_digest(command.body_digest());
  return submission;
}

}  // namespace

bool is_answered(const v1::CaseState& state, std::string_view command_id) {
  return std::ranges::find(state.verdicts(), command_id, &v1::Verdict::command_id) !=
         state.verdicts().end();
}

bool is_unread(const v1::CaseState& state) {
  return state.current().status() == v1::CASE_RECEIVED;
}

void submit(const rules::Catalogue& catalogue, Change& change,
            const v1::SubmitApplication& command) {
  using identity::Call;
  if (!may(change, Call::submit_application, command.application()) ||
      (change.exists() && !may_change(change, Call::submit_application)))
    return change.answer(v1::Verdict::NOT_ALLOWED, 0);
  if (change.exists()) {
    if (first_submission(change.state()).body_digest() != command.body_digest())
      return change.answer(v1::Verdict::KEY_REUSED, 1);
    if (!is_unread(change.state())) return change.answer(v1::Verdict::REPLAYED, 1);
  }
  if (!within_bounds(catalogue, change, command.application())) return;
  if (!change.exists()) begin(change, command);
  if (!is_answered(change.state(), change.input().header.id()))
    change.answer(v1::Verdict::ACCEPTED, 1);
  open(catalogue, change, first(change, command), event::kReceived);
}

void amend(const rules::Catalogue& catalogue, Change& change, const v1::AmendApplication& command) {
  if (!change.exists()) return refuse_unknown(change);
  // Of a case that is another's not even that it is there; nor may one's own be given away.
  if (!may_change(change, identity::Call::amend_application))
    return change.answer(v1::Verdict::NOT_FOUND, 0);
  if (!may(change, identity::Call::amend_application, command.application()))
    return change.answer(v1::Verdict::NOT_ALLOWED, 0);
  if (answered_by_key(change, command.key_digest(), command.body_digest())) return;
  const std::uint32_t current = change.state().current().number();
  if (is_withdrawn(change)) return change.answer(v1::Verdict::WITHDRAWN, current);
  if (came_between(change, command.if_submission()))
    return change.answer(v1::Verdict::SUBMISSION_MISMATCH, current);
  if (!within_bounds(catalogue, change, command.application())) return;

  v1::Submission next = next_submission(change, command.application());
  next.set_body_digest(command.body_digest());
  v1::CaseState& state = change.edit();
  supersede(state);
  change.tell(event::kSuperseded, state.past(state.past_size() - 1));
  open(catalogue, change, std::move(next), event::kAmended);
  remember_key(state, command.key_digest(), command.body_digest());
  change.answer(v1::Verdict::ACCEPTED, state.current().number());
}

void withdraw(Change& change, const v1::WithdrawApplication& command) {
  if (!change.exists()) return refuse_unknown(change);
  if (!may_change(change, identity::Call::withdraw_application))
    return change.answer(v1::Verdict::NOT_FOUND, 0);
  if (answered_by_key(change, command.key_digest(), {})) return;
  const std::uint32_t current = change.state().current().number();
  if (is_withdrawn(change)) return change.answer(v1::Verdict::REPLAYED, current);
  if (came_between(change, command.if_submission()))
    return change.answer(v1::Verdict::SUBMISSION_MISMATCH, current);

  v1::Submission next = next_submission(change, change.state().current().application());
  next.set_status(v1::CASE_WITHDRAWN);
  v1::CaseState& state = change.edit();
  supersede(state);
  *state.mutable_current() = std::move(next);
  change.tell(event::kWithdrawn, state.current());
  send_entitlements(change);
  remember_key(state, command.key_digest(), {});
  change.answer(v1::Verdict::ACCEPTED, state.current().number());
}

void hold_unread(Change& change, const v1::SubmitApplication& command) {
  begin(change, command);
  v1::Submission submission = first(change, command);
  submission.set_status(v1::CASE_RECEIVED);
  v1::CaseState& state = change.edit();
  state.set_client_id(submission.application().client().client_id());
  *state.mutable_current() = std::move(submission);
  change.answer(v1::Verdict::ACCEPTED, 1);
}

}  // namespace guichet::cases
