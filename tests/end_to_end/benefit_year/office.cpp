#include "tests/end_to_end/benefit_year/office.h"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>
#include <utility>

#include "adapters/payments/bank_answers.h"
#include "adapters/payments/payment_files.h"
#include "adapters/rules/rules_adapter.h"
#include "eventlog/append.h"
#include "gateway/cases/case_processor.h"
#include "gateway/cli/offered_programs.h"
#include "gateway/http/application_in.h"
#include "gateway/http/ids.h"
#include "guichet/v1/commands.pb.h"
#include "payments/account_processor.h"
#include "payments/run_processor.h"
#include "schemas/topics.h"

namespace guichet::end_to_end {
namespace {

constexpr const char* kTenant = "default";
constexpr std::size_t kRecordsAtOnce = 4'096;

std::string topic(std::string_view name) {
  return std::string(name);
}

}  // namespace

Office::Office(std::filesystem::path bank) : bank_(std::move(bank)) {
  auto catalogue = cli::offered_programs({});
  if (!catalogue) throw std::runtime_error(catalogue.error().message);
  catalogue_ = *catalogue;
  log_ = std::make_unique<eventlog::MemoryLog>(
      eventlog::MemoryOptions{.topics = topics::all(catalogue_->ids()), .manual_sync = true});
  const auto rules = std::make_shared<adapters::RulesAdapter>(catalogue_);
  std::vector<eventlog::Stage> stages = {
      eventlog::KeyedStage{"cases", topic(topics::kCasesInbox), topic(topics::kCases),
                           std::make_shared<cases::CaseProcessor>(catalogue_)},
      eventlog::KeyedStage{
          "payments", topic(topics::kPaymentsInbox), topic(topics::kAccounts),
          std::make_shared<payments::AccountProcessor>(payments::Rules{
              payments::terms_of(catalogue_), adapters::fits_bank, http::sha256_hex})},
      eventlog::KeyedStage{"runs", topic(topics::kRunsInbox), topic(topics::kRuns),
                           std::make_shared<payments::RunProcessor>(1, http::sha256_hex)},
      eventlog::PlainStage{"bank.files",
                           {topic(topics::kInstructions)},
                           std::make_shared<adapters::PaymentFiles>(
                               *log_, bank_, bank::Debtor{"Guichet", {"001", "00011", "7654321"}},
                               [](const std::string& id) {
                                 return adapters::ProgramName{id, id};
                               })}};
  for (const std::string& program : catalogue_->ids())
    stages.emplace_back(
        eventlog::PlainStage{"adapters." + program, {topics::requests(program)}, rules});
  host_ = std::make_unique<eventlog::Host>(
      *log_, "office", std::move(stages), [this] { return now_; }, [](const std::string&) {});
}

void Office::set_day(Day day) {
  now_ = std::max(now_, Instant(day) + std::chrono::hours(12));
}

void Office::settle() {
  for (int idle = 0; idle < 3;) {
    const bool worked = host_->step();
    idle = log_->sync() > 0 || worked ? 0 : idle + 1;
    now_ += std::chrono::seconds(1);  // what waits to be tried again has its turn
  }
}

void Office::send(std::string_view inbox, const std::string& key, v1::Kind kind,
                  const std::string& actor, const google::protobuf::MessageLite& payload) {
  eventlog::Record record;
  record.topic = inbox;
  record.header.set_key(key);
  record.header.set_kind(kind);
  record.header.set_id("sent-" + std::to_string(++sent_));
  record.header.set_tenant(kTenant);
  record.header.set_recorded_at_us(to_micros(now_));
  record.header.mutable_actor()->set_subject(actor);
  record.payload = payload.SerializeAsString();
  if (!log_->append({std::move(record)}, nullptr)) throw std::runtime_error("no room in the log");
  settle();
}

v1::Application Office::read(const boost::json::object& body) const {
  auto read = http::read_application(
      boost::json::serialize(body),
      {.catalogue = *catalogue_, .secrets = secrets_, .tenant = kTenant, .now = now_});
  if (auto* in = std::get_if<http::ApplicationIn>(&read)) return std::move(in->application);
  throw std::runtime_error("refused: " + boost::json::serialize(body));
}

void Office::apply(const std::string& id, const boost::json::object& body) {
  v1::SubmitApplication submit;
  submit.set_number(http::short_number(id));
  *submit.mutable_application() = read(body);
  send(topics::kCasesInbox, id, v1::KIND_SUBMIT_APPLICATION, "a.cormier", submit);
}

void Office::amend(const std::string& id, const boost::json::object& body) {
  v1::AmendApplication amend;
  *amend.mutable_application() = read(body);
  send(topics::kCasesInbox, id, v1::KIND_AMEND_APPLICATION, "a.cormier", amend);
}

v1::RunState Office::run(const std::string& run_id) const {
  v1::KeyState stored;
  v1::RunState run;
  const auto record = log_->latest(topics::kRuns, run_id);
  if (!record || !stored.ParseFromString(record->payload) || !run.ParseFromString(stored.state()))
    throw std::runtime_error("there is no run " + run_id);
  return run;
}

v1::RunState Office::pay(const std::string& run_id, Day date) {
  v1::PrepareRun prepare;
  prepare.set_date(to_days(date));
  send(topics::kRunsInbox, run_id, v1::KIND_PREPARE_RUN, "a.cormier", prepare);
  v1::ReleaseRun release;
  release.set_hash(run(run_id).hash());
  send(topics::kRunsInbox, run_id, v1::KIND_RELEASE_RUN, "b.leblanc", release);
  return run(run_id);
}

void Office::bank_says(const std::string& message) {
  const auto folder = bank_ / "answers";
  std::filesystem::create_directories(folder);
  std::ofstream(folder / ("answer-" + std::to_string(++messages_) + ".xml")) << message;
  adapters::BankAnswers answers(bank_);
  std::jthread syncs([this](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      log_->sync();
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  });
  answers.pass(*log_, now_);
  syncs.request_stop();
  syncs.join();
  settle();
}

std::vector<eventlog::Record> Office::all(std::string_view name) const {
  std::vector<eventlog::Record> records;
  for (std::uint64_t next = 0;;) {
    auto more = log_->read(name, 0, next, kRecordsAtOnce);
    if (more.empty()) return records;
    next = more.back().position + 1;
    std::ranges::move(more, std::back_inserter(records));
  }
}

}  // namespace guichet::end_to_end
