// Cases and the rules adapter over real logs, under crashes drawn from seeds: nothing acknowledged
// is lost, one outcome per revision, sequences without a gap.
//
//   GUICHET_SEED=77 GUICHET_SEEDS=1 cases_crash_test     one seed again

#include <gmock/gmock.h>

#include <algorithm>
#include <random>
#include <sstream>

#include "adapters/answer.h"
#include "adapters/rules/rules_adapter.h"
#include "gateway/cases/merge.h"
#include "guichet/v1/commands.pb.h"
#include "guichet/v1/dead_letter.pb.h"
#include "tests/eventlog/crash.h"
#include "tests/eventlog/records.h"
#include "tests/gateway/cases/desk.h"

namespace guichet::testing {
namespace {

using eventlog::Log;
using eventlog::Record;

constexpr std::uint32_t kSubmissionsAnswered = 3;
const std::vector<std::string> kByRules = {"ca-ccb", "ca-oas"};

std::string application(std::uint64_t n) {
  return "application-" + std::to_string(n);
}

/// The processor, with a fault of its own on marked records for as long as `broken`.
class FaultyCases : public cases::CaseProcessor {
 public:
  explicit FaultyCases(std::shared_ptr<const bool> broken)
      : CaseProcessor(four_programs()), broken_(std::move(broken)) {}
  eventlog::Step handle(const eventlog::State& before, const Record& input) const override {
    if (*broken_ && input.header.id().find("boom") != std::string::npos)
      throw std::runtime_error("boom");
    return CaseProcessor::handle(before, input);
  }
  eventlog::Step handle_in_place(const eventlog::OwnState& before,
                                 const Record& input) const override {
    if (*broken_ && input.header.id().find("boom") != std::string::npos) {
      static_cast<v1::CaseState&>(*before).Clear();  // a fault may leave anything behind
      throw std::runtime_error("boom");
    }
    return CaseProcessor::handle_in_place(before, input);
  }

 private:
  std::shared_ptr<const bool> broken_;
};

/// What clients, and a program that answers on its own (nb-ctb), send for a few applications.
class Inputs {
 public:
  explicit Inputs(std::uint64_t seed) : random_(seed), with_faults_(one_in(2)) {}

  std::vector<Record> make() {
    for (std::uint64_t n = 1 + random_() % 3; n > 0; --n) {
      submit(n, "body");
      if (one_in(2)) submit(n, "body");
      if (one_in(4)) submit(n, "another body");
      for (std::uint64_t i = random_() % 4; i > 0; --i) amend(n);
      if (one_in(4)) withdraw(n);
      for (std::uint64_t i = random_() % 5; i > 0; --i) answer(n);
    }
    if (one_in(3)) std::ranges::shuffle(records_, random_);
    return records_;
  }

 private:
  bool one_in(std::uint64_t n) { return random_() % n == 0; }

  std::string fresh_id(const char* what) {
    const bool fault = with_faults_ && one_in(8);
    return std::string(what) + (fault ? "-boom-" : "-") + std::to_string(++count_);
  }

  void add(std::uint64_t n, v1::Kind kind, std::string id,
           const google::protobuf::MessageLite& payload) {
    Record& record = records_.emplace_back();
    record.topic = topics::kCasesInbox;
    record.header.set_key(application(n));
    record.header.set_id(std::move(id));
    record.header.set_kind(kind);
    record.header.set_tenant("default");
    record.payload = payload.SerializeAsString();
  }

  v1::Application form(std::uint64_t n) {
    v1::Application form = family();
    form.mutable_client()->set_client_id("client-" + std::to_string(n));
    return form;
  }

  void submit(std::uint64_t n, const char* body) {
    v1::SubmitApplication command;
    *command.mutable_application() = form(n);
    command.set_body_digest(body);
    add(n, v1::KIND_SUBMIT_APPLICATION, fresh_id("submit"), command);
  }

  void amend(std::uint64_t n) {
    v1::AmendApplication command;
    *command.mutable_application() = form(n);
    command.set_body_digest("body " + std::to_string(random_() % 2));
    command.set_if_submission(static_cast<std::uint32_t>(random_() % 3));
    if (one_in(2)) command.set_key_digest("key " + std::to_string(random_() % 2));
    add(n, v1::KIND_AMEND_APPLICATION, fresh_id("amend"), command);
  }

  void withdraw(std::uint64_t n) {
    add(n, v1::KIND_WITHDRAW_APPLICATION, fresh_id("withdraw"), v1::WithdrawApplication());
  }

  void answer(std::uint64_t n) {
    const auto submission = 1 + static_cast<std::uint32_t>(random_() % kSubmissionsAnswered);
    v1::Determination made;
    made.set_application_id(application(n));
    made.set_submission(submission);
    made.set_program("nb-ctb");
    made.set_request_id(application(n) + "/" + std::to_string(submission) + "/nb-ctb");
    // Of other amounts each, so that none is the same answer under another name.
    made.set_id(adapters::answer_id(made.request_id(), fresh_id("own")));
    *made.add_lines() = one_in(4) ? line("household", v1::REFERRED)
                                  : eligible("household", 10'000 + static_cast<int>(count_));
    made.mutable_lines(0)->add_missing_fields(made.id());
    if (one_in(2)) made.set_supersedes(last_answer_);
    last_answer_ = made.id();
    add(n, v1::KIND_DETERMINATION, made.id(), made);
  }

  std::mt19937_64 random_;
  bool with_faults_;
  std::uint64_t count_ = 0;
  std::string last_answer_;
  std::vector<Record> records_;
};

class CasesWorkload : public eventlog::CrashWorkload {
 public:
  std::vector<topics::Topic> topics() const override {
    return topics::all({"ca-ccb", "ca-oas", "nb-ctb", "on-ocb"});
  }
  std::vector<eventlog::Stage> stages() override {
    return {
        eventlog::KeyedStage{.group = "cases",
                             .inbox = std::string(topics::kCasesInbox),
                             .state_topic = std::string(topics::kCases),
                             .processor = std::make_shared<FaultyCases>(broken_)},
        eventlog::PlainStage{.group = "rules",
                             .inputs = {topics::requests("ca-ccb"), topics::requests("ca-oas")},
                             .handler = std::make_shared<adapters::RulesAdapter>(four_programs())}};
  }
  Instant start() const override { return from_micros(kStart); }
  std::chrono::microseconds longest_wait() const override { return std::chrono::hours(1); }
  std::vector<Record> inputs(std::uint64_t seed) const override { return Inputs(seed).make(); }

  std::vector<Record> release(const Log& log) override {
    *broken_ = false;
    std::set<std::string> held;
    for (const Record& record : all(log, topics::kCases)) {
      v1::KeyState state;
      if (state.ParseFromString(record.payload) && state.has_held())
        held.insert(record.header.key());
    }
    std::vector<Record> replays;
    for (const std::string& key : held) {
      Record& replay = replays.emplace_back();
      replay.topic = topics::kCasesInbox;
      replay.header.set_key(key);
      replay.header.set_id("replay of " + key);
      replay.header.set_kind(v1::KIND_REPLAY);
      replay.header.set_recorded_at_us(kStart);
    }
    return replays;
  }

  std::string check(const Log& log, const std::set<std::string>& acknowledged) override {
    wrong_.str("");
    for (const Record& letter : all(log, topics::kDeadLetters)) read_letter(letter);
    for (const Record& event : all(log, topics::kEvents)) read_event(event);
    for (const Record& set : all(log, topics::kPaymentsInbox)) read_set(set);
    for (const std::string& program : kByRules)
      for (const Record& request : all(log, topics::requests(program))) read_request(request);
    for (const Record& request : all(log, topics::requests("nb-ctb"))) read_request(request);
    std::set<std::string> keys;
    for (const Record& input : all(log, topics::kCasesInbox)) {
      once(input, input.payload);
      keys.insert(input.header.key());
    }
    for (const std::string& key : keys) check_case(log, key);
    for (const std::string& id : acknowledged)
      if (!done_.contains(id)) wrong_ << "acknowledged and lost: " << id << '\n';
    return wrong_.str();
  }

 private:
  static std::vector<Record> all(const Log& log, std::string_view topic) {
    std::vector<Record> records;
    for (std::uint32_t partition = 0; partition < log.partitions(); ++partition)
      std::ranges::move(eventlog::read_all(log, topic, partition), std::back_inserter(records));
    return records;
  }

  /// The same id, the same content. True for the first.
  bool once(const Record& record, const std::string& content) {
    const auto [known, fresh] =
        contents_.try_emplace(record.topic + " " + record.header.id(), content);
    if (known->second != content) wrong_ << "two contents of " << known->first << '\n';
    return fresh;
  }

  void read_letter(const Record& record) {
    v1::DeadLetter letter;
    letter.ParseFromString(record.payload);
    once(record, letter.record().payload());
    static const std::set<std::string> kExpected = {"processor_fault", "unknown_application",
                                                    "unknown_request", "contradictory_answer",
                                                    "parking_full"};
    if (!kExpected.contains(letter.failure_class()))
      wrong_ << "dead letter " << letter.failure_class() << ": " << letter.text() << '\n';
    // A fault's record is not done by its letter: it is handled when it is replayed.
    if (letter.kind() == v1::DeadLetter::REFUSED) done_.insert(letter.record().header().id());
  }

  void read_event(const Record& record) {
    v1::CaseEvent event;
    event.ParseFromString(record.payload);
    if (!once(record, record.payload)) wrong_ << "an event twice: " << record.header.id() << '\n';
    const std::string& key = record.header.key();
    if (event.sequence() != ++sequences_[key])
      wrong_ << "out of sequence: " << record.header.id() << '\n';
    if (event.type() != "guichet.case.decided") return;
    std::uint32_t& revision = revisions_[key][event.submission()];
    if (event.revision() != ++revision)
      wrong_ << "outcome " << event.revision() << " after " << revision - 1 << '\n';
  }

  void read_set(const Record& record) {
    v1::EntitlementSet set;
    set.ParseFromString(record.payload);
    if (!once(record, record.payload)) wrong_ << "a set twice: " << record.header.id() << '\n';
    v1::EntitlementSet& last = sets_[set.application_id()];
    if (set.number() != last.number() + 1) wrong_ << "a set missing: " << set.number() << '\n';
    last = set;
  }

  void read_request(const Record& record) {
    if (!once(record, record.payload)) wrong_ << "asked twice: " << record.header.id() << '\n';
    requests_.insert(record.header.id());
  }

  void check_case(const Log& log, const std::string& key) {
    const auto record = log.latest(topics::kCases, key);
    if (!record) return;  // only letters came of it
    v1::KeyState state;
    v1::CaseState of;
    if (!state.ParseFromString(record->payload) || !of.ParseFromString(state.state())) {
      wrong_ << "no state of " << key << '\n';
      return;
    }
    const std::string status = cases::to_string(of.current().status());
    if (state.has_held() || state.parked_size() > 0 || record->header.wake_at_us() != 0)
      wrong_ << key << " did not come to rest\n";
    if (status != "complete" && status != "partial" && status != "withdrawn")
      wrong_ << key << " ends as " << status << '\n';
    if (of.event_sequence() != sequences_[key] || of.entitlement_set() != sets_[key].number())
      wrong_ << "the state of " << key << " is not that of what it sent\n";
    check_owed(of, sets_[key]);
    for (const v1::Verdict& verdict : of.verdicts()) done_.insert(verdict.command_id());
    for (const v1::Submission& past : of.past()) check_submission(key, past);
    check_submission(key, of.current());
  }

  void check_submission(const std::string& key, const v1::Submission& submission) {
    if (submission.revision() != revisions_[key][submission.number()])
      wrong_ << "revisions of " << key << '/' << submission.number() << '\n';
    for (const v1::ProgramCase& program : submission.programs()) {
      if (requests_.erase(program.request_id()) == 0)
        wrong_ << "never asked: " << program.request_id() << '\n';
      const bool by_rules = program.program() != "nb-ctb";
      if (by_rules && program.answers_size() != 1)
        wrong_ << "answers of " << program.request_id() << ": " << program.answers_size() << '\n';
      for (const v1::Determination& answer : program.answers()) done_.insert(answer.id());
    }
  }

  void check_owed(const v1::CaseState& of, const v1::EntitlementSet& set) {
    Money owed;
    for (const v1::EntitlementLine& line : set.lines())
      for (const v1::Entitlement& part : line.entitlements())
        owed += Money::of_cents(part.amount_cents());
    Money listed;
    for (const cases::CombinedPayment& payment : cases::merge(of.current()).payments)
      listed += payment.amount;
    if (owed != listed)
      wrong_ << of.application_id() << " is owed " << owed.to_string() << ", and listed "
             << listed.to_string() << '\n';
  }

  std::shared_ptr<bool> broken_ = std::make_shared<bool>(true);
  std::map<std::string, std::string> contents_;
  std::set<std::string> done_;
  std::set<std::string> requests_;
  std::map<std::string, std::uint32_t> sequences_;
  std::map<std::string, std::map<std::uint32_t, std::uint32_t>> revisions_;
  std::map<std::string, v1::EntitlementSet> sets_;
  std::ostringstream wrong_;
};

std::unique_ptr<eventlog::CrashWorkload> workload() {
  return std::make_unique<CasesWorkload>();
}

TEST(CaseCrashes, OnMemoryNothingIsLostRepeatedOrTorn) {
  const eventlog::CrashSeeds seeds = eventlog::crash_seeds(GUICHET_CRASH_SEEDS);
  const eventlog::CrashTotals totals = eventlog::run_memory_crashes(workload, seeds);
  if (seeds.count < 100) return;
  EXPECT_GT(totals.crashes, totals.seeds);
  EXPECT_GT(totals.acknowledged, 3 * totals.seeds);
}

TEST(CaseCrashes, OnSqliteKilledProcessesLoseRepeatAndTearNothing) {
  const eventlog::CrashSeeds seeds = eventlog::crash_seeds(GUICHET_KILL_SEEDS);
  const eventlog::CrashTotals totals = eventlog::run_sqlite_kills(workload, seeds);
  if (seeds.count < 20) return;
  EXPECT_GT(totals.crashes, totals.seeds);
  EXPECT_GT(totals.acknowledged, 3 * totals.seeds);
}

}  // namespace
}  // namespace guichet::testing
