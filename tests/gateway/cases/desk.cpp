#include "tests/gateway/cases/desk.h"

#include <gtest/gtest.h>

#include "adapters/answer.h"
#include "adapters/request.h"
#include "gateway/cases/merge.h"
#include "guichet/v1/commands.pb.h"
#include "guichet/v1/dead_letter.pb.h"
#include "schemas/topics.h"
#include "tests/gateway/cases/fake_program.h"

namespace guichet::testing {
namespace {

std::int32_t day(const char* text) {
  return to_days(parse_day(text).value());
}

template <class Message>
std::vector<Message> read(const std::vector<eventlog::Output>& outputs, v1::Kind kind) {
  std::vector<Message> messages;
  for (const eventlog::Output& output : outputs) {
    if (output.kind != kind) continue;
    EXPECT_TRUE(messages.emplace_back().ParseFromString(output.payload));
  }
  return messages;
}

}  // namespace

v1::Application family() {
  v1::Application application;
  application.set_language("fr");
  application.set_effective_date(day("2026-01-01"));
  application.mutable_channel()->set_mode("counter");
  application.mutable_channel()->set_desk("snb-grand-manan");
  v1::Client& client = *application.mutable_client();
  client.set_given_name("Marie");
  client.set_family_name("Cormier");
  client.set_date_of_birth(day("1994-05-02"));
  client.set_sin("046454286");
  client.set_client_id("c_marie");
  application.mutable_residence()->set_province("NB");
  application.mutable_residence()->set_municipality("Grand Manan");
  application.mutable_residence()->set_postal_code("E5G 1A1");
  v1::Adult& applicant = *application.mutable_household()->add_adults();
  applicant.set_role("applicant");
  applicant.set_date_of_birth(day("1994-05-02"));
  applicant.set_net_income_cents(1'240'000);
  applicant.set_employment_income_cents(1'040'000);
  applicant.set_years_in_canada_since_18(13);
  v1::Adult& spouse = *application.mutable_household()->add_adults();
  spouse.set_role("spouse");
  spouse.set_date_of_birth(day("1992-11-20"));
  spouse.set_net_income_cents(700'000);
  application.mutable_household()->add_children()->set_date_of_birth(day("2021-03-14"));
  application.mutable_household()->set_annual_rent_cents(960'000);
  v1::Consent& consent = *application.add_consents();
  consent.set_program("*");
  consent.add_purposes("eligibility");
  consent.add_purposes("payment");
  application.mutable_payment()->set_method("direct_deposit");
  application.mutable_payment()->set_account("1234567");
  return application;
}

std::shared_ptr<const rules::Catalogue> four_programs() {
  using Per = rules::Manifest::Per;
  return std::make_shared<rules::Catalogue>(std::vector<std::shared_ptr<const rules::Program>>{
      std::make_shared<FakeProgram>("ca-ccb"),
      std::make_shared<FakeProgram>("ca-oas", std::vector<std::string>{}, Per::adult),
      std::make_shared<FakeProgram>("nb-ctb", std::vector<std::string>{"NB"}),
      std::make_shared<FakeProgram>("on-ocb", std::vector<std::string>{"ON"})});
}

v1::DeterminationLine eligible(std::string beneficiary, std::int64_t annual_cents) {
  v1::DeterminationLine line;
  line.set_beneficiary(std::move(beneficiary));
  line.set_status(v1::ELIGIBLE);
  line.set_annual_amount_cents(annual_cents);
  const std::int32_t start = day("2025-07-01");
  for (int half = 0; half < 2; ++half) {
    v1::Entitlement& part = *line.add_entitlements();
    part.set_from(start + half * 184);
    part.set_to(start + half * 184 + 183);
    part.set_due(start + half * 184 + 19);
    part.set_amount_cents(half == 0 ? annual_cents / 2 : annual_cents - annual_cents / 2);
  }
  return line;
}

v1::DeterminationLine line(std::string beneficiary, v1::DeterminationStatus status) {
  v1::DeterminationLine line;
  line.set_beneficiary(std::move(beneficiary));
  line.set_status(status);
  v1::Reason& reason = *line.add_reasons();
  reason.mutable_text()->set_en("Because.");
  reason.mutable_text()->set_fr("Parce que.");
  return line;
}

Desk::Desk(std::shared_ptr<const rules::Catalogue> catalogue) : processor_(std::move(catalogue)) {
  actor.set_subject("a.cormier");
}

eventlog::Record Desk::record(v1::Kind kind, std::string id,
                              const google::protobuf::MessageLite& payload) const {
  eventlog::Record record;
  record.topic = topics::kCasesInbox;
  record.header.set_kind(kind);
  record.header.set_id(std::move(id));
  record.header.set_key(kApplication);
  record.header.set_recorded_at_us(now);
  *record.header.mutable_actor() = actor;
  record.payload = payload.SerializeAsString();
  return record;
}

void Desk::submit(const v1::Application& application, std::string body) {
  v1::SubmitApplication command;
  command.set_number("K7Q4-2M9XA-C");
  *command.mutable_application() = application;
  command.set_body_digest(std::move(body));
  give(record(v1::KIND_SUBMIT_APPLICATION, next_id(), command));
}

void Desk::amend(const v1::Application& application, std::string body, std::uint32_t if_submission,
                 std::string key) {
  v1::AmendApplication command;
  *command.mutable_application() = application;
  command.set_body_digest(std::move(body));
  command.set_if_submission(if_submission);
  command.set_key_digest(std::move(key));
  give(record(v1::KIND_AMEND_APPLICATION, next_id(), command));
}

void Desk::withdraw(std::uint32_t if_submission, std::string key) {
  v1::WithdrawApplication command;
  command.set_if_submission(if_submission);
  command.set_key_digest(std::move(key));
  give(record(v1::KIND_WITHDRAW_APPLICATION, next_id(), command));
}

v1::Determination Desk::answer_of(std::string program, std::vector<v1::DeterminationLine> lines,
                                  std::string own, std::uint32_t submission) const {
  if (submission == 0) submission = current().number();
  v1::Determination answer;
  answer.set_request_id(adapters::RequestId{kApplication, submission, program}.to_string());
  answer.set_id(adapters::answer_id(answer.request_id(), own));
  answer.set_application_id(kApplication);
  answer.set_submission(submission);
  answer.set_program(program);
  answer.set_program_version("sha256:" + program);
  answer.set_determined_at_us(kStart);
  for (v1::DeterminationLine& line : lines) *answer.add_lines() = std::move(line);
  return answer;
}

void Desk::answer(const v1::Determination& determination) {
  give(record(v1::KIND_DETERMINATION, determination.id(), determination));
}

void Desk::answer(std::string program, std::vector<v1::DeterminationLine> lines, std::string own) {
  answer(answer_of(std::move(program), std::move(lines), std::move(own)));
}

void Desk::answer_all() {
  answer("ca-ccb", {eligible("household", 799'700)});
  answer("ca-oas", {line("applicant", v1::INELIGIBLE), line("spouse", v1::INELIGIBLE)});
  answer("nb-ctb", {eligible("household", 50'000)});
}

void Desk::tick() {
  const auto at = processor_.wake_at(state());
  ASSERT_TRUE(at.has_value()) << "the state wants no tick";
  now = to_micros(*at);
  const eventlog::Output tick = processor_.tick(kApplication, state(), *at);
  eventlog::Record due = record(tick.kind, tick.id, v1::CaseState());
  due.payload = tick.payload;
  give(due);
}

void Desk::give(const eventlog::Record& record) {
  last_ = record;
  apply(processor_.handle(state_, record));
}

void Desk::hold(const eventlog::Record& record) {
  apply(processor_.hold(state_, record, v1::DeadLetter()));
}

void Desk::apply(eventlog::Step step) {
  changed_last_ = step.state != nullptr;
  // Through bytes, as after a restart.
  if (step.state) state_ = processor_.parse(step.state->SerializeAsString());
  sent_last_ = std::move(step.outputs);
  sent_.insert(sent_.end(), sent_last_.begin(), sent_last_.end());
}

const v1::CaseState& Desk::state() const {
  static const v1::CaseState kNone;
  return state_ ? static_cast<const v1::CaseState&>(*state_) : kNone;
}

const v1::ProgramCase& Desk::program(const std::string& id) const {
  for (const v1::ProgramCase& program : current().programs())
    if (program.program() == id) return program;
  static const v1::ProgramCase kNone;
  ADD_FAILURE() << id << " is not in the case";
  return kNone;
}

std::string Desk::status() const {
  return cases::to_string(current().status());
}

v1::Verdict::Outcome Desk::verdict() const {
  return state().verdicts_size() == 0 ? v1::Verdict::OUTCOME_UNSPECIFIED
                                      : state().verdicts().rbegin()->outcome();
}

std::vector<std::string> Desk::event_types() const {
  std::vector<std::string> types;
  for (const v1::CaseEvent& event : read<v1::CaseEvent>(sent_last_, v1::KIND_CASE_EVENT))
    types.push_back(event.type().substr(std::string("guichet.").size()));
  return types;
}

std::vector<v1::CaseEvent> Desk::events() const {
  return read<v1::CaseEvent>(sent_, v1::KIND_CASE_EVENT);
}

std::vector<v1::DeterminationRequest> Desk::requests() const {
  return read<v1::DeterminationRequest>(sent_, v1::KIND_DETERMINATION_REQUEST);
}

std::vector<v1::EntitlementSet> Desk::sets() const {
  return read<v1::EntitlementSet>(sent_, v1::KIND_ENTITLEMENT_SET);
}

std::vector<std::string> Desk::dead_letters_last() const {
  std::vector<std::string> classes;
  for (const v1::DeadLetter& letter : read<v1::DeadLetter>(sent_last_, v1::KIND_DEAD_LETTER))
    classes.push_back(letter.failure_class());
  return classes;
}

}  // namespace guichet::testing
