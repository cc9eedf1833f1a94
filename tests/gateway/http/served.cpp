#include "tests/gateway/http/served.h"

#include <unistd.h>

#include <algorithm>

#include "adapters/rules/rules_adapter.h"
#include "eventlog/host.h"
#include "gateway/cases/case_processor.h"
#include "gateway/cases/merge.h"
#include "guichet/v1/case.pb.h"
#include "guichet/v1/determination.pb.h"
#include "guichet/v1/payments.pb.h"
#include "schemas/topics.h"
#include "tests/gateway/cases/fake_program.h"

namespace guichet::testing {
namespace {

Instant wall_clock() {
  return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

/// Views that read the log whenever they are asked: exact, and slow.
class LogViews : public views::Views {
 public:
  explicit LogViews(const eventlog::Log& log) : log_(log) {}

  std::optional<views::CaseView> find(const std::string& application_id) const override {
    const auto record = log_.latest(topics::kCases, application_id);
    return record ? std::optional(view_of(*record)) : std::nullopt;
  }

  Result<views::CasePage> list(const views::CaseFilter& filter) const override {
    if (!filter.cursor.empty()) return Failure{"no such cursor"};
    views::CasePage page;
    for (std::uint32_t p = 0; p < log_.partitions(); ++p)
      for (const eventlog::Record& record : log_.read(topics::kCases, p, 0, 10'000)) {
        views::CaseView view = view_of(record);
        const bool fits =
            (filter.number.empty() || view.state->number() == filter.number) &&
            (filter.desk.empty() ||
             view.state->current().application().channel().desk() == filter.desk) &&
            (filter.client.empty() || view.state->client_id() == filter.client) &&
            (filter.person.empty() ||
             view.state->current().application().client().person_key() == filter.person) &&
            (filter.status.empty() ||
             cases::to_string(view.state->current().status()) == filter.status);
        if (fits && page.items.size() < filter.limit) page.items.push_back(std::move(view));
      }
    return page;
  }

  std::vector<std::string> stopped_clients(const std::string& after,
                                           unsigned limit) const override {
    std::vector<std::string> clients;
    for (const auto& [client, account] : accounts())
      if (account.stops_size() > 0 && client > after && clients.size() < limit)
        clients.push_back(client);
    return clients;
  }

  std::vector<views::RejectedPayment> rejected(const std::string& run,
                                               const std::optional<views::RejectedPlace>& after,
                                               unsigned limit) const override {
    const auto place = [](const v1::Payment& payment) {
      return std::pair(payment.at_us(), payment.id());
    };
    std::vector<views::RejectedPayment> found;
    for (const auto& [client, account] : accounts())
      for (const v1::Payment& payment : account.payments())
        if (payment.status() == v1::REJECTED && (run.empty() || payment.run_id() == run) &&
            (!after || place(payment) < std::pair(after->at_us, after->id)))
          found.push_back({client, payment});
    std::ranges::sort(found, std::ranges::greater(),
                      [&](const auto& row) { return place(row.payment); });
    if (found.size() > limit) found.resize(limit);
    return found;
  }

  bool covers(std::uint32_t partition, std::uint64_t position) const override {
    return !log_.read(topics::kCases, partition, position, 1).empty();
  }

 private:
  std::map<std::string, v1::ClientAccount> accounts() const {
    std::map<std::string, v1::ClientAccount> newest;
    for (std::uint32_t p = 0; p < log_.partitions(); ++p)
      for (const eventlog::Record& record : log_.read(topics::kAccounts, p, 0, 10'000)) {
        v1::KeyState stored;
        v1::AccountState state;
        EXPECT_TRUE(stored.ParseFromString(record.payload) &&
                    state.ParseFromString(stored.state()));
        newest[record.header.key()] = state.client();
      }
    return newest;
  }

  static views::CaseView view_of(const eventlog::Record& record) {
    return views::case_of(record).value();
  }

  const eventlog::Log& log_;
};

}  // namespace

class Served::HostThread {
 public:
  HostThread(eventlog::Log& log, const std::shared_ptr<const rules::Catalogue>& catalogue)
      : host_(log, "test",
              {eventlog::KeyedStage{"cases", std::string(topics::kCasesInbox),
                                    std::string(topics::kCases),
                                    std::make_shared<cases::CaseProcessor>(catalogue)},
               eventlog::PlainStage{"rules",
                                    {topics::requests("ca-one"), topics::requests("nb-two")},
                                    std::make_shared<adapters::RulesAdapter>(catalogue)}},
              wall_clock),
        thread_([this](std::stop_token stop) { host_.run(stop); }) {}

 private:
  eventlog::Host host_;
  std::jthread thread_;
};

std::shared_ptr<const rules::Catalogue> three_programs() {
  auto one = std::make_shared<FakeProgram>("ca-one");
  one->edit().figures_from = *parse_day("2025-07-01");
  auto two = std::make_shared<FakeProgram>("nb-two", std::vector<std::string>{"NB"});
  auto slow = std::make_shared<FakeProgram>("ca-slow");
  slow->edit().answered_by = rules::Manifest::AnsweredBy::file;
  slow->edit().deadline = std::chrono::hours(1);
  return std::make_shared<const rules::Catalogue>(
      std::vector<std::shared_ptr<const rules::Program>>{one, two, slow});
}

http::Secrets test_secrets() {
  return {std::string(http::kSecretBytes, 'i'), std::string(http::kSecretBytes, 'c')};
}

Served::Served(http::Limits limits, http::ServerOptions options,
               std::shared_ptr<const http::Authentication> authentication, bool manual_sync)
    : log_({.topics = topics::all({"ca-one", "nb-two", "ca-slow"}), .manual_sync = manual_sync}),
      catalogue_(three_programs()),
      views_(std::make_unique<LogViews>(log_)) {
  options.port = 0;
  options.threads = 2;
  options.limits = limits;
  server_ = std::make_unique<http::Server>(
      options, http::GatewayParts{.log = log_,
                                  .views = views_.get(),
                                  .catalogue = catalogue_,
                                  .secrets = test_secrets(),
                                  .clock = wall_clock,
                                  .bank_files = bank_files(),
                                  .authentication = std::move(authentication)});
}

std::filesystem::path Served::bank_files() {
  return std::filesystem::temp_directory_path() / ("guichet-bank-" + std::to_string(getpid()));
}

Served::~Served() = default;

void Served::start_processing() {
  host_ = std::make_shared<HostThread>(log_, catalogue_);
}

void Served::answer_slowly(const std::string& application, unsigned submission,
                           const std::string& answer_id) {
  const std::string request = application + "/" + std::to_string(submission) + "/ca-slow";
  v1::Determination answer;
  answer.set_id(request + "/answer/" + answer_id);
  answer.set_request_id(request);
  answer.set_application_id(application);
  answer.set_submission(submission);
  answer.set_program("ca-slow");
  answer.set_program_version("sha256:ca-slow");
  answer.set_determined_at_us(to_micros(wall_clock()));
  v1::DeterminationLine& line = *answer.add_lines();
  line.set_beneficiary("household");
  line.set_status(v1::INELIGIBLE);
  v1::Text& text = *line.add_reasons()->mutable_text();
  text.set_en("No.");
  text.set_fr("Non.");
  eventlog::Record record;
  record.topic = topics::kCasesInbox;
  record.header.set_id(answer.id());
  record.header.set_kind(v1::KIND_DETERMINATION);
  record.header.set_key(application);
  record.header.set_recorded_at_us(to_micros(wall_clock()));
  record.header.set_schema_version(1);
  record.payload = answer.SerializeAsString();
  ASSERT_TRUE(log_.append({record}, [](bool) {}));
}

boost::json::object example_application() {
  return boost::json::parse(R"({
  "language": "fr",
  "effective_date": "2026-01-01",
  "channel": {"mode": "counter", "desk": "snb-grand-manan", "agent": "a.cormier"},
  "client": {"given_name": "Marie", "family_name": "Cormier", "date_of_birth": "1994-05-02", "sin": "046454286"},
  "residence": {"province": "NB", "municipality": "Grand Manan", "postal_code": "E5G 1A1"},
  "household": {
    "adults": [
      {"role": "applicant", "date_of_birth": "1994-05-02", "net_income": "12400.00", "employment_income": "10400.00",
       "years_in_canada_since_18": 13, "disability_tax_credit": false},
      {"role": "spouse", "date_of_birth": "1992-11-20", "net_income": "7000.00", "employment_income": "7000.00",
       "years_in_canada_since_18": 15, "disability_tax_credit": false}
    ],
    "children": [{"date_of_birth": "2021-03-14", "disability_tax_credit": false}],
    "annual_rent": "9600.00", "annual_property_tax": "0.00"
  },
  "consents": [{"program": "*", "purposes": ["eligibility", "payment"], "given_on": "2026-01-01"}],
  "payment": {"method": "direct_deposit", "institution": "001", "transit": "00011", "account": "1234567"}
})")
      .as_object();
}

std::string as_text(const boost::json::value& value) {
  return boost::json::serialize(value);
}

boost::json::object parsed(const Reply& reply) {
  return boost::json::parse(reply.body).as_object();
}

std::map<std::string, std::string> errors_of(const Reply& reply) {
  std::map<std::string, std::string> errors;
  const boost::json::object problem = parsed(reply);
  if (!problem.contains("errors")) return errors;
  for (const auto& error : problem.at("errors").as_array())
    for (const auto& field : error.as_object())
      if (field.key() != "detail")
        errors[std::string(field.value().as_string())] =
            std::string(error.as_object().at("detail").as_string());
  return errors;
}

}  // namespace guichet::testing
