#include <gmock/gmock.h>

#include <future>

#include "gateway/http/event_feed.h"
#include "tests/gateway/http/served.h"

namespace guichet {
namespace {

using namespace testing;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

class Events : public Served {
 protected:
  Events() { start_processing(); }

  std::string apply() {
    boost::json::object application = example_application();
    application["programs"] = {"ca-one", "nb-two"};
    const Reply reply = post("/v1/applications", as_text(application), "Prefer: wait=10\r\n");
    EXPECT_EQ(reply.status, 200) << reply.body;
    return std::string(parsed(reply).at("id").as_string());
  }

  static boost::json::array events_of(const Reply& reply) {
    EXPECT_EQ(reply.status, 200) << reply.body;
    EXPECT_EQ(reply.header("content-type"), "application/cloudevents-batch+json");
    return boost::json::parse(reply.body).as_array();
  }
  static std::vector<std::string> types_of(const Reply& reply) {
    std::vector<std::string> types;
    for (const auto& event : events_of(reply)) types.emplace_back(event.at("type").as_string());
    return types;
  }
  static std::string next_of(const Reply& reply) {
    const std::string link(reply.header("link"));
    EXPECT_THAT(link, AllOf(StartsWith("</v1/events?"), HasSubstr(">; rel=\"next\"")));
    return link.substr(1, link.find('>') - 1);
  }
};

TEST_F(Events, AreCloudEventsInTheOrderOfTheirApplicationWithoutAGap) {
  const std::string id = apply();
  const auto events = events_of(get("/v1/events"));
  ASSERT_THAT(events, SizeIs(4));
  for (std::size_t i = 0; i < events.size(); ++i) {
    const auto& event = events[i].as_object();
    EXPECT_EQ(event.at("specversion"), "1.0");
    EXPECT_EQ(event.at("subject").as_string(), id);
    EXPECT_EQ(event.at("sequence").as_string(), std::to_string(i + 1));
    EXPECT_EQ(event.at("id").as_string(), id + "/e" + std::to_string(i + 1));
    EXPECT_EQ(event.at("data").at("type"), event.at("type"));
  }
  EXPECT_EQ(events[3].at("type"), "guichet.case.decided");
  EXPECT_EQ(events[3].at("data").at("annual_total"), "2400.00");
}

TEST_F(Events, HoldNothingOfThePerson) {
  apply();
  const Reply reply = get("/v1/events");
  const auto family = example_application();
  for (const std::string personal :
       {"046454286", "Marie", "Cormier", "1994-05-02", "2021-03-14", "12400", "10400", "19400",
        "9600", "1234567", "00011", "E5G", "Grand Manan", "a.cormier", "snb-grand-manan", "c_"})
    EXPECT_THAT(reply.body, Not(HasSubstr(personal))) << personal;
  EXPECT_THAT(as_text(family), HasSubstr("Grand Manan"));  // it was there to be leaked
}

TEST_F(Events, ArePagedByTheLinkOfEachPage) {
  apply();
  apply();
  std::vector<std::string> types;
  std::string target = "/v1/events?limit=3";
  for (int page = 0; page < 4; ++page) {
    const Reply reply = get(target);
    for (std::string& type : types_of(reply)) types.push_back(std::move(type));
    target = next_of(reply);
    EXPECT_THAT(target, HasSubstr("limit=3"));
  }
  EXPECT_THAT(types, SizeIs(8));
  EXPECT_THAT(events_of(get(target)), IsEmpty());
}

TEST_F(Events, AreNarrowedByTypeProgramAndApplication) {
  const std::string first = apply();
  apply();
  EXPECT_THAT(types_of(get("/v1/events?type=guichet.case.decided")),
              ElementsAre("guichet.case.decided", "guichet.case.decided"));
  EXPECT_THAT(
      types_of(
          get("/v1/events?type=guichet.program.determined&program=nb-two&application=" + first)),
      ElementsAre("guichet.program.determined"));
  EXPECT_THAT(events_of(get("/v1/events?application=" + first)), SizeIs(4));
  EXPECT_THAT(events_of(get("/v1/events?program=no-such")), IsEmpty());
}

TEST_F(Events, BeginAtATime) {
  apply();
  EXPECT_THAT(events_of(get("/v1/events?from=2020-01-31")), SizeIs(4));
  EXPECT_THAT(events_of(get("/v1/events?from=2199-01-31")), IsEmpty());
}

TEST_F(Events, WhoWaitsAtTheEndGetsWhatComes) {
  const std::string end = next_of(get("/v1/events"));
  EXPECT_THAT(events_of(get(end)), IsEmpty());
  auto waiting = std::async(std::launch::async, [&] { return get(end, "Prefer: wait=10\r\n"); });
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  const auto began = std::chrono::steady_clock::now();
  apply();
  const Reply reply = waiting.get();
  EXPECT_THAT(types_of(reply), Not(IsEmpty()));
  EXPECT_EQ(reply.header("preference-applied"), "wait=10");
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(5));
}

TEST_F(Events, ABadQuestionIsRefusedWithItsParameter) {
  for (const auto& [question, parameter] :
       std::map<std::string, std::string>{{"from=yesterday", "from"},
                                          {"from=at:1.2.3", "from"},
                                          {"from=at:", "from"},
                                          {"from=at:-1", "from"},
                                          {"limit=0", "limit"},
                                          {"limit=501", "limit"},
                                          {"application=K7Q4", "application"},
                                          {"topic=events", "topic"}}) {
    const Reply reply = get("/v1/events?" + question);
    EXPECT_EQ(reply.status, 400) << question;
    EXPECT_THAT(errors_of(reply), ::testing::Contains(::testing::Key(parameter))) << question;
  }
  EXPECT_EQ(get("/v1/events", "Accept: application/cloudevents-batch+json\r\n").status, 200);
  EXPECT_EQ(get("/v1/events", "Accept: text/csv\r\n").status, 406);
}

TEST(EventPositions, AreReadAsTheyAreWritten) {
  const http::EventPositions positions{0, 18233, 7};
  EXPECT_EQ(http::to_string(positions), "at:0.18233.7");
  EXPECT_EQ(http::parse_event_positions("at:0.18233.7", 3), positions);
  for (const char* wrong : {"", "at", "at:0.1", "at:0.1.2.3", "at:0.1.2.", "at:0..2", "at:0.1.x",
                            "0.1.2", "at:0.1.99999999999999999999"})
    EXPECT_EQ(http::parse_event_positions(wrong, 3), std::nullopt) << wrong;
}

}  // namespace
}  // namespace guichet
