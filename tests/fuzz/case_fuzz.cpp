// Any records on `cases-inbox`, one after the other, for one application: what KeyedRunner does
// with them, and what must hold after each. An input is a v1::KeyState whose `parked` are the
// records; the mutator keeps it one, and puts in answers and ticks that fit the state so far.

#include <google/protobuf/stubs/logging.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "adapters/answer.h"
#include "gateway/cases/case_processor.h"
#include "guichet/v1/case.pb.h"
#include "guichet/v1/events.pb.h"
#include "schemas/values/dates.h"
#include "schemas/values/moment.h"
#include "tests/fuzz/check.h"
#include "tests/fuzz/mutate_message.h"
#include "tests/gateway/cases/fake_program.h"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

namespace guichet::cases {
namespace {

constexpr const char* kApplication = "0197a2c0-0000-7000-8000-000000000001";
constexpr std::int64_t kStart = 1'767'276'202'000'000;  // 2026-01-01T14:03:22Z
constexpr int kMostRecords = 24;

const CaseProcessor& processor() {
  using testing::FakeProgram;
  static const CaseProcessor cases(
      std::make_shared<rules::Catalogue>(std::vector<std::shared_ptr<const rules::Program>>{
          std::make_shared<FakeProgram>("ca-ccb"),
          std::make_shared<FakeProgram>("ca-oas", std::vector<std::string>{},
                                        rules::Manifest::Per::adult),
          std::make_shared<FakeProgram>("nb-ctb", std::vector<std::string>{"NB"})}));
  return cases;
}

const v1::CaseState& case_of(const eventlog::State& state) {
  static const v1::CaseState none;
  return state ? static_cast<const v1::CaseState&>(*state) : none;
}

eventlog::Record record_of(const v1::ParkedRecord& parked) {
  eventlog::Record record;
  record.topic = "cases-inbox";
  record.position = parked.position();
  record.header = parked.envelope().header();
  record.header.set_key(kApplication);  // it is by the key that a record finds its state
  record.payload = parked.envelope().payload();
  return record;
}

void check_same(const eventlog::Step& a, const eventlog::Step& b) {
  FUZZ_CHECK(!a.state == !b.state);
  if (a.state) FUZZ_CHECK(a.state->SerializeAsString() == b.state->SerializeAsString());
  FUZZ_CHECK(a.outputs.size() == b.outputs.size());
  for (std::size_t i = 0; i < a.outputs.size(); ++i)
    FUZZ_CHECK(a.outputs[i].id == b.outputs[i].id && a.outputs[i].payload == b.outputs[i].payload);
}

/// Numbers of events go up by one; bounds are kept; a state reads as it was written.
void check_step(const v1::CaseState& before, const eventlog::Step& step) {
  std::uint32_t sequence = before.event_sequence();
  for (const eventlog::Output& output : step.outputs) {
    FUZZ_CHECK(!output.topic.empty() && !output.id.empty() && !output.key.empty());
    if (output.kind != v1::KIND_CASE_EVENT) continue;
    v1::CaseEvent event;
    FUZZ_CHECK(event.ParseFromString(output.payload));
    FUZZ_CHECK(event.sequence() == ++sequence);
  }
  if (!step.state) {
    FUZZ_CHECK(sequence == before.event_sequence());
    return;
  }
  const v1::CaseState& after = case_of(step.state);
  FUZZ_CHECK(after.event_sequence() == sequence);
  FUZZ_CHECK(after.version() >= before.version());
  FUZZ_CHECK(after.entitlement_set() >= before.entitlement_set());
  FUZZ_CHECK(after.current().number() >= before.current().number());
  FUZZ_CHECK(after.verdicts_size() <= kMaxVerdicts && after.keys_size() <= kMaxKeyUses);
  FUZZ_CHECK(after.past_size() <= kMaxPast);
  for (const v1::ProgramCase& program : after.current().programs())
    FUZZ_CHECK(program.answers_size() <= kMaxAnswersPerProgram);
  processor().wake_at(after);
}

/// The same record again: ids that were made before have the content that they had.
void check_again(const eventlog::Step& step, const eventlog::State& after,
                 const eventlog::Record& record) {
  std::map<std::string, std::string> sent;
  for (const eventlog::Output& output : step.outputs)
    sent.emplace(output.topic + output.id, output.payload);
  const eventlog::Step again = processor().handle(after, record);
  for (const eventlog::Output& output : again.outputs) {
    const auto before = sent.find(output.topic + output.id);
    FUZZ_CHECK(before == sent.end() || before->second == output.payload);
  }
}

eventlog::State handle(const eventlog::State& before, const eventlog::Record& record) {
  const eventlog::Step step = processor().handle(before, record);
  check_same(step, processor().handle(before, record));
  check_step(case_of(before), step);
  const eventlog::State after =
      step.state ? processor().parse(step.state->SerializeAsString()) : before;
  check_again(step, after, record);
  check_step(case_of(before), processor().hold(before, record, v1::DeadLetter()));
  return after;
}

/// Those that KeyedRunner gives to a processor.
std::vector<eventlog::Record> records_of(const v1::KeyState& input) {
  std::vector<eventlog::Record> records;
  for (int i = 0; i < std::min(input.parked_size(), kMostRecords); ++i)
    if (is_moment(input.parked(i).envelope().header().recorded_at_us()))
      records.push_back(record_of(input.parked(i)));
  return records;
}

void run(const v1::KeyState& input) {
  eventlog::State state;
  for (const eventlog::Record& record : records_of(input)) state = handle(state, record);
}

// What the mutator puts in.

eventlog::State state_after(const v1::KeyState& input) {
  eventlog::State state;
  for (const eventlog::Record& record : records_of(input)) {
    eventlog::Step step = processor().handle(state, record);
    if (step.state) state = std::move(step.state);
  }
  return state;
}

void add(v1::KeyState& input, v1::Kind kind, std::string id, std::string payload,
         std::int64_t at_us) {
  v1::ParkedRecord& parked = *input.add_parked();
  parked.set_position(static_cast<std::uint64_t>(input.parked_size()));
  v1::Header& header = *parked.mutable_envelope()->mutable_header();
  header.set_kind(kind);
  header.set_id(std::move(id));
  header.set_recorded_at_us(at_us);
  parked.mutable_envelope()->set_payload(std::move(payload));
}

v1::Application application(fuzz::Draw& draw) {
  v1::Application in;
  in.set_effective_date(to_days(parse_day("2026-01-01").value()));
  in.mutable_client()->set_client_id("c_1");
  in.mutable_residence()->set_province(draw.below(3) == 0 ? "ON" : "NB");
  for (const char* role : {"applicant", "spouse"}) {
    if (*role == 's' && draw.below(2) == 0) continue;
    v1::Adult& adult = *in.mutable_household()->add_adults();
    adult.set_role(role);
    adult.set_date_of_birth(in.effective_date() - 12'000);
  }
  v1::Consent& consent = *in.add_consents();
  consent.set_program(draw.below(4) == 0 ? "ca-ccb" : "*");
  consent.add_purposes("eligibility");
  if (draw.below(3) == 0) in.add_programs("ca-oas");
  return in;
}

v1::DeterminationLine line(const std::string& beneficiary, fuzz::Draw& draw) {
  v1::DeterminationLine line;
  line.set_beneficiary(beneficiary);
  line.set_status(static_cast<v1::DeterminationStatus>(1 + draw.below(4)));
  line.add_reasons()->mutable_text()->set_en("Because.");
  line.mutable_reasons(0)->mutable_text()->set_fr("Parce que.");
  if (line.status() == v1::NEEDS_INFORMATION) line.add_missing_fields("client.sin");
  if (line.status() != v1::ELIGIBLE) return line;
  line.set_annual_amount_cents(static_cast<std::int64_t>(1 + draw.below(1'000'000)));
  v1::Entitlement& part = *line.add_entitlements();
  part.set_from(to_days(parse_day("2025-07-01").value()));
  part.set_to(part.from() + 364);
  part.set_due(part.from() + static_cast<std::int32_t>(draw.below(365)));
  part.set_amount_cents(line.annual_amount_cents());
  return line;
}

void add_answer(v1::KeyState& input, const v1::CaseState& state, fuzz::Draw& draw) {
  const bool late = state.past_size() > 0 && draw.below(4) == 0;
  const v1::Submission& submission = late ? *state.past().rbegin() : state.current();
  if (submission.programs_size() == 0) return;
  const v1::ProgramCase& program = submission.programs(
      static_cast<int>(draw.below(static_cast<std::uint64_t>(submission.programs_size()))));
  v1::Determination answer;
  answer.set_request_id(program.request_id());
  answer.set_id(adapters::answer_id(answer.request_id(),
                                    draw.below(2) == 0 ? "" : std::to_string(draw.below(4))));
  answer.set_application_id(kApplication);
  answer.set_submission(submission.number());
  answer.set_program(program.program());
  answer.set_program_version(program.program_version());
  answer.set_determined_at_us(kStart);
  if (program.answers_size() > 0 && draw.below(2) == 0)
    answer.set_supersedes(program.answers().rbegin()->id());
  for (const std::string& beneficiary : program.beneficiaries())
    *answer.add_lines() = line(beneficiary, draw);
  add(input, v1::KIND_DETERMINATION, answer.id(), answer.SerializeAsString(), kStart + 1'000'000);
}

void add_tick(v1::KeyState& input, const v1::CaseState& state) {
  const auto at = processor().wake_at(state);
  if (!at) return;
  const eventlog::Output tick = processor().tick(kApplication, state, *at);
  add(input, tick.kind, tick.id, tick.payload, to_micros(*at));
}

void add_record(v1::KeyState& input, fuzz::Draw& draw) {
  if (input.parked_size() >= kMostRecords) return;
  const std::string id = "command-" + std::to_string(draw.below(40));
  if (input.parked_size() == 0) {
    v1::SubmitApplication command;
    command.set_number("K7Q4-2M9XA-C");
    *command.mutable_application() = application(draw);
    command.set_body_digest("body");
    return add(input, v1::KIND_SUBMIT_APPLICATION, id, command.SerializeAsString(), kStart);
  }
  const eventlog::State state = state_after(input);
  switch (draw.below(6)) {
    case 0: {
      v1::AmendApplication command;
      *command.mutable_application() = application(draw);
      command.set_body_digest("body " + std::to_string(draw.below(3)));
      if (draw.below(2) == 0) command.set_key_digest("key " + std::to_string(draw.below(3)));
      command.set_if_submission(draw.below(2) == 0 ? case_of(state).current().number() : 0);
      return add(input, v1::KIND_AMEND_APPLICATION, id, command.SerializeAsString(), kStart);
    }
    case 1: {
      v1::WithdrawApplication command;
      command.set_if_submission(case_of(state).current().number());
      return add(input, v1::KIND_WITHDRAW_APPLICATION, id, command.SerializeAsString(), kStart);
    }
    case 2:
      return add_tick(input, case_of(state));
    default:
      return add_answer(input, case_of(state), draw);
  }
}

template <class Message>
void mutate_as(std::string& payload, fuzz::Draw& draw) {
  Message message;
  if (!message.ParseFromString(payload)) return;
  fuzz::mutate(message, draw);
  payload = message.SerializeAsString();
}

void mutate_payload(v1::Envelope& envelope, fuzz::Draw& draw) {
  std::string& payload = *envelope.mutable_payload();
  if (draw.below(8) == 0) {  // bytes that are no message
    const std::size_t size = payload.size();
    payload.resize(size + 64);
    payload.resize(
        LLVMFuzzerMutate(reinterpret_cast<std::uint8_t*>(payload.data()), size, payload.size()));
    return;
  }
  switch (envelope.header().kind()) {
    case v1::KIND_SUBMIT_APPLICATION:
      return mutate_as<v1::SubmitApplication>(payload, draw);
    case v1::KIND_AMEND_APPLICATION:
      return mutate_as<v1::AmendApplication>(payload, draw);
    case v1::KIND_WITHDRAW_APPLICATION:
      return mutate_as<v1::WithdrawApplication>(payload, draw);
    case v1::KIND_DETERMINATION:
      return mutate_as<v1::Determination>(payload, draw);
    default:
      return;
  }
}

void mutate(v1::KeyState& input, fuzz::Draw& draw) {
  auto& records = *input.mutable_parked();
  if (records.empty() || draw.below(4) == 0) return add_record(input, draw);
  const auto index = static_cast<int>(draw.below(static_cast<std::uint64_t>(records.size())));
  switch (draw.below(8)) {
    case 0:
      return records.SwapElements(index, records.size() - 1);
    case 1:
      return records.DeleteSubrange(index, 1);
    case 2:
      if (records.size() < kMostRecords) {
        const v1::ParkedRecord again = records[index];
        *records.Add() = again;
      }
      return;
    case 3:
      return fuzz::mutate(*records[index].mutable_envelope()->mutable_header(), draw);
    default:
      return mutate_payload(*records[index].mutable_envelope(), draw);
  }
}

}  // namespace
}  // namespace guichet::cases

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  google::protobuf::SetLogHandler(nullptr);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace guichet;
  v1::KeyState input;
  if (!input.ParseFromArray(data, static_cast<int>(size))) return -1;
  cases::run(input);
  return 0;
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t most, unsigned seed) {
  using namespace guichet;
  v1::KeyState input;
  if (!input.ParseFromArray(data, static_cast<int>(size))) input.Clear();
  fuzz::Draw draw(seed);
  const auto times = 1 + draw.below(4);
  for (std::uint64_t i = 0; i < times; ++i) cases::mutate(input, draw);
  const std::string bytes = input.SerializeAsString();
  if (bytes.size() > most) return size;
  std::memcpy(data, bytes.data(), bytes.size());
  return bytes.size();
}
