// Nothing of a person is where it need not be: the server's log, its figures, its error texts, and
// every topic but those whose work it is.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

#include "eventlog/sqlite/sqlite_log.h"
#include "schemas/topics.h"
#include "tests/end_to_end/calls.h"
#include "tests/end_to_end/running_server.h"

namespace guichet::end_to_end {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using std::chrono::seconds;

// Of nobody else in these tests, so that whatever has one of them has it from here.
constexpr const char* kSin = "130692544";
constexpr const char* kSpouseSin = "193456787";
const std::vector<std::string> kNeedles = {
    kSin,      "130 692 544", kSpouseSin,   "Zéphirine",  "Z\\u00e9phirine",
    "Xylophe", "XYLOPHE",     "9876543210", "5550001112", "1987-11-23"};

json::object household() {
  json::object application = demo_family();
  application["client"] = {{"given_name", "Zéphirine"},
                           {"family_name", "Xylophe"},
                           {"date_of_birth", "1987-11-23"},
                           {"sin", kSin}};
  json::array& adults = application["household"].as_object()["adults"].as_array();
  adults[0].as_object()["date_of_birth"] = "1987-11-23";
  adults[1].as_object()["sin"] = kSpouseSin;
  adults[1].as_object()["payment"] = {{"method", "direct_deposit"},
                                      {"institution", "001"},
                                      {"transit", "00011"},
                                      {"account", "5550001112"}};
  application["payment"] = {{"method", "direct_deposit"},
                            {"institution", "001"},
                            {"transit", "00011"},
                            {"account", "9876543210"}};
  return application;
}

class Privacy : public testing::Test {
 protected:
  /// Nothing in it may tell of the person, whatever they are told.
  void expect_nothing_in(const std::string& text, const std::string& where) {
    looked_at_ += text.size();
    for (const std::string& needle : kNeedles)
      EXPECT_EQ(text.find(needle), std::string::npos) << needle << " stands in " << where;
  }

  void send_wrongly(cli::HttpClient& client) {
    const auto refused = [&](const cli::HttpResponse& answer) {
      EXPECT_GE(answer.status, 400U) << answer.body;
      expect_nothing_in(answer.body, "an error");
    };
    json::object wrong = household();
    wrong["client"].as_object()["sin"] = "130692545";
    wrong["client"].as_object()[kSin] = "Xylophe";
    wrong["Zéphirine"] = "9876543210";
    wrong["payment"].as_object()["account"] = "Xylophe";
    refused(post(client, "/v1/applications", wrong));
    refused(client.send({"POST",
                         "/v1/applications",
                         {{"Content-Type", "application/json"}},
                         "{\"client\": {\"sin\": 130692544, \"family_name\": \"Xylophe\""},
                        seconds(10)));
    refused(get(client, std::string("/v1/applications/") + kSin));
    refused(get(client, "/v1/applications?number=Xylophe"));
    refused(get(client, "/v1/applications?status=130692544"));
    refused(get(client, "/v1/Xylophe/130692544"));
    refused(get(client, "/v1/audit?application=Xylophe"));
    refused(post(client, "/v1/clients/search", {{"sin", "1306925440"}}));
    refused(post(client, "/v1/clients/search", {{"family_name", "Xylophe"}}));
    refused(post(client, "/v1/payment-runs", {{"date", "Xylophe"}}));
  }

  void use(cli::HttpClient& client) {
    const json::value item = apply(client, household());
    const std::string id = text(item, "id");
    get(client, "/v1/applications/" + id + "/history");
    expect_nothing_in(get(client, "/v1/events").body, "the events");
    for (const json::object& sought :
         {json::object{{"sin", kSin}},
          json::object{{"family_name", "Xylophe"}, {"date_of_birth", "1987-11-23"}}})
      EXPECT_NE(post(client, "/v1/clients/search", sought).body.find("Xylophe"), std::string::npos);
    json::object amended = household();
    amended["household"].as_object()["annual_rent"] = "10000.00";
    const auto now = get(client, "/v1/applications/" + id);
    EXPECT_EQ(
        put(client, "/v1/applications/" + id, amended, {{"If-Match", now.header("ETag")}}).status /
            100,
        2U);
    wait_for_status(client, id, "complete");
    pay(client);
    expect_nothing_in(get(client, "/v1/audit?limit=500").body, "the audit trail");
  }

  void pay(cli::HttpClient& client) {
    const std::string date = day_ahead();
    const auto prepared =
        post(client, "/v1/payment-runs", {{"date", date}}, {{"Guichet-Actor", "name=preparer"}});
    ASSERT_EQ(prepared.status, 201U) << prepared.body;
    const std::string run = "/v1/payment-runs/" + text(json_of(prepared), "id");
    const json::value listed = in_state(client, run, "prepared");
    EXPECT_EQ(post(client, run + "/release", {{"hash", text(listed, "hash")}},
                   {{"Guichet-Actor", "name=releaser"}})
                  .status,
              202U);
    in_state(client, run, "sent");
    // The bank sends what nobody asked for.
    std::ofstream(server_.data() / "bank/answers/answer.xml")
        << "<Document><Xylophe>130692544 9876543210</Xylophe></Document>";
    const fs::path refused = server_.data() / "bank/answers/refused/answer.xml";
    for (int tries = 0; !fs::exists(refused) && tries < 500; ++tries)
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    EXPECT_TRUE(fs::exists(refused));
  }

  static std::string day_ahead() {
    return to_string(std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now()) +
                     std::chrono::days(40));
  }

  static json::value in_state(cli::HttpClient& client, const std::string& run,
                              const std::string& state) {
    json::value now;
    for (int tries = 0; tries < 500; ++tries) {
      now = json_of(get(client, run));
      if (text(now, "state") == state) break;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    EXPECT_EQ(text(now, "state"), state) << json::serialize(now);
    return now;
  }

  /// Whether a topic has what a person is by the work that it does.
  static bool may_have(const std::string& topic) {
    for (const char* of_people : {"cases", "requests", "determinations", "payments"})
      if (topic.starts_with(of_people)) return true;
    return topic == topics::kAccounts || topic == topics::kRuns || topic == topics::kDeadLetters;
  }

  static std::string bytes_of(const eventlog::Log& log, const std::string& topic) {
    std::string bytes;
    for (std::uint64_t next = 0;;) {
      const auto records = log.read(topic, 0, next, 1'000);
      if (records.empty()) return bytes;
      next = records.back().position + 1;
      for (const eventlog::Record& record : records)
        bytes += record.header.SerializeAsString() + record.payload;
    }
  }

  std::size_t looked_at_ = 0;
  RunningServer server_{{"--paying-account", "001-00011-7777777", "--paying-agent", "NB"}};
};

TEST_F(Privacy, NothingOfAPersonIsWhereItNeedNotBe) {
  std::vector<std::string> programs;
  {
    auto client = server_.client();
    use(client);
    send_wrongly(client);
    expect_nothing_in(get(client, "/metrics").body, "the figures");
    const json::value offered = json_of(get(client, "/v1/programs"));
    for (const json::value& program : offered.at("items").as_array())
      programs.emplace_back(text(program, "program"));
  }
  const Ended failed = run_guichet({"apply", "-"}, json::serialize(household()).substr(0, 300),
                                   {"GUICHET_SERVER=" + server_.url()});
  EXPECT_EQ(failed.code, 1);
  expect_nothing_in(failed.out + failed.err, "what the command says");
  EXPECT_EQ(server_.terminate(), 0);
  EXPECT_GT(server_.log().size(), 1'000U);
  expect_nothing_in(server_.log(), "the log");

  eventlog::SqliteOptions options;
  options.folder = server_.data();
  options.topics = topics::all(programs);
  const auto log = eventlog::SqliteLog::open(options);
  ASSERT_TRUE(log) << log.error().message;
  std::set<std::string> with_records;
  for (const topics::Topic& topic : options.topics) {
    const std::string bytes = bytes_of(**log, topic.name);
    if (bytes.empty()) continue;
    with_records.insert(topic.name);
    if (!may_have(topic.name)) expect_nothing_in(bytes, "topic " + topic.name);
  }
  for (const auto topic : {topics::kEvents, topics::kLedger, topics::kAudit, topics::kRunsInbox})
    EXPECT_TRUE(with_records.contains(std::string(topic))) << topic;
  // And the search finds what is there.
  EXPECT_NE(bytes_of(**log, std::string(topics::kCases)).find(kSin), std::string::npos);
  EXPECT_NE(bytes_of(**log, std::string(topics::kInstructions)).find("9876543210"),
            std::string::npos);
  EXPECT_GT(looked_at_, 20'000U);
}

}  // namespace
}  // namespace guichet::end_to_end
