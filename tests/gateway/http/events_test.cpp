#include <gmock/gmock.h>

#include <future>
#include <set>

#include "eventlog/append.h"
#include "gateway/http/topic_feed.h"
#include "guichet/v1/events.pb.h"
#include "schemas/topics.h"
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
  EXPECT_THAT(events_of(get("/v1/events?program=ca-slow")), IsEmpty());
}

TEST_F(Events, OfAPaymentWhoAsksForAProgramSeesItsPartOnly) {
  v1::CaseEvent event;
  event.set_type("guichet.payment.instructed");
  event.set_sequence(1);
  event.set_application_id("0197a2c4-5d1e-7c3a-9b1f-3f0f6a2f8d11");
  event.set_payment("G1");
  for (const char* program : {"ca-one", "nb-two"}) {
    v1::EventProgram& line = *event.add_programs();
    line.set_program(program);
    line.set_amount(std::string(program) == "ca-one" ? "666.41" : "41.66");
  }
  eventlog::Record record;
  record.topic = topics::kEvents;
  record.header.set_key(event.application_id());
  record.header.set_id(event.application_id() + "/payments/G1/e1");
  record.header.set_kind(v1::KIND_CASE_EVENT);
  record.payload = event.SerializeAsString();
  eventlog::append_and_wait(log_, {record});

  const Reply own = get("/v1/events?type=guichet.payment.instructed&program=nb-two");
  const auto events = events_of(own);
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_EQ(events[0].at("subject").as_string(), event.application_id() + "/payments/G1");
  EXPECT_THAT(own.body,
              AllOf(HasSubstr("41.66"), Not(HasSubstr("ca-one")), Not(HasSubstr("666.41"))));
  EXPECT_THAT(events_of(get("/v1/events?program=ca-slow")), IsEmpty());
  EXPECT_THAT(get("/v1/events").body, AllOf(HasSubstr("666.41"), HasSubstr("41.66")));
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
                                          {"type=guichet.case.done", "type"},
                                          {"program=no-such", "program"},
                                          {"topic=events", "topic"}}) {
    const Reply reply = get("/v1/events?" + question);
    EXPECT_EQ(reply.status, 400) << question;
    EXPECT_THAT(errors_of(reply), ::testing::Contains(::testing::Key(parameter))) << question;
  }
  EXPECT_EQ(get("/v1/events", "Accept: application/cloudevents-batch+json\r\n").status, 200);
  EXPECT_EQ(get("/v1/events", "Accept: text/csv\r\n").status, 406);
}

TEST_F(Events, AWaitIsCutShortWhenTheServerDrains) {
  const std::string end = next_of(get("/v1/events"));
  auto waiting = std::async(std::launch::async, [&] { return get(end, "Prefer: wait=30\r\n"); });
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  const auto began = std::chrono::steady_clock::now();
  server_->drain();
  const Reply reply = waiting.get();
  EXPECT_THAT(events_of(reply), IsEmpty());
  EXPECT_EQ(next_of(reply), end);
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(5));
}

TEST_F(Events, AreDescribedByWhatIsServed) {
  const auto document = parsed(get("/asyncapi.json"));
  EXPECT_EQ(document.at("asyncapi"), "3.0.0");
  EXPECT_THAT(get("/metrics").body, HasSubstr("route=\"/asyncapi.json\""));
  EXPECT_EQ(post("/v1/events", "{}", "Content-Type: application/json\r\n").status, 405);
}

class FewEventWaits : public Served {
 protected:
  FewEventWaits() : Served({.event_waits = 1}) {}
};

TEST_F(FewEventWaits, AreRefusedBeyondTheBoundAndOtherReadsAreNot) {
  auto waiting =
      std::async(std::launch::async, [&] { return get("/v1/events", "Prefer: wait=2\r\n"); });
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  const Reply refused = get("/v1/events", "Prefer: wait=2\r\n");
  EXPECT_EQ(refused.status, 503);
  EXPECT_NE(refused.header("retry-after"), "");
  EXPECT_EQ(get("/v1/events").status, 200);
  EXPECT_EQ(waiting.get().status, 200);
  EXPECT_EQ(get("/v1/events", "Prefer: wait=1\r\n").status, 200) << "the wait gave its place back";
}

/// Events of some applications in several partitions.
class TopicFeeds : public ::testing::Test {
 protected:
  void tell(const std::string& application) {
    v1::CaseEvent event;
    event.set_type("guichet.program.determined");
    event.set_application_id(application);
    event.set_sequence(++sequences_[application]);
    eventlog::Record record;
    record.topic = topics::kEvents;
    record.header.set_kind(v1::KIND_CASE_EVENT);
    record.header.set_key(application);
    record.header.set_id(application + "/e" + std::to_string(event.sequence()));
    record.payload = event.SerializeAsString();
    std::promise<void> durable;
    ASSERT_TRUE(log_.append({record}, [&](bool) { durable.set_value(); }));
    durable.get_future().get();
  }

  eventlog::MemoryLog log_{{.topics = topics::all({}), .partitions = 3}};
  std::map<std::string, unsigned> sequences_;
};

TEST_F(TopicFeeds, PagesThroughAllPartitionsGiveEachApplicationInOrderAndOnce) {
  const http::TopicFeed feed(log_, topics::kEvents);
  for (int i = 0; i < 200; ++i) tell("application-" + std::to_string(i % 17));
  std::map<std::string, unsigned> seen;
  http::FeedPositions at = feed.beginning();
  for (;;) {
    const http::FeedPage page = feed.page(at, {}, 7);
    EXPECT_LE(page.records.size(), 7U);
    for (const eventlog::Record& record : page.records) {
      const std::string& key = record.header.key();
      EXPECT_EQ(record.header.id(), key + "/e" + std::to_string(++seen[key]));
    }
    if (page.next == at) break;
    at = page.next;
  }
  EXPECT_EQ(seen, sequences_);
}

TEST_F(TopicFeeds, NoPartitionWaitsForEverBehindABusyOne) {
  const http::TopicFeed feed(log_, topics::kEvents);
  for (int i = 0; i < 9; ++i) tell("quiet-" + std::to_string(i));  // in all partitions
  std::set<std::string> quiet;
  http::FeedPositions at = feed.beginning();
  for (int page = 0; page < 400 && quiet.size() < 9; ++page) {
    for (int i = 0; i < 10; ++i) tell("busy");
    const http::FeedPage read = feed.page(at, {}, 5);
    for (const eventlog::Record& record : read.records)
      if (record.header.key() != "busy") quiet.insert(record.header.key());
    at = read.next;
  }
  EXPECT_THAT(quiet, SizeIs(9));
}

TEST_F(TopicFeeds, APageThatFindsNothingForLongStillSaysHowToGoOn) {
  const http::TopicFeed feed(log_, topics::kEvents);
  for (std::size_t i = 0; i < http::kMaxRecordsLookedAt + 1'500; ++i) tell("application");
  const http::FeedFilter filter{.key = {}, .fits = [](const eventlog::Record&) { return false; }};
  const http::FeedPage first = feed.page(feed.beginning(), filter, 10);
  EXPECT_THAT(first.records, IsEmpty());
  EXPECT_FALSE(first.at_the_end);
  EXPECT_TRUE(feed.has_after(first.next));
  const http::FeedPage second = feed.page(first.next, filter, 10);
  EXPECT_TRUE(second.at_the_end);
  EXPECT_FALSE(feed.has_after(second.next));
}

TEST(FeedPositions, AreReadAsTheyAreWritten) {
  const http::FeedPositions positions{0, 18233, 7};
  EXPECT_EQ(http::to_string(positions), "at:0.18233.7");
  EXPECT_EQ(http::parse_feed_positions("at:0.18233.7", 3), positions);
  for (const char* wrong : {"", "at", "at:0.1", "at:0.1.2.3", "at:0.1.2.", "at:0..2", "at:0.1.x",
                            "0.1.2", "at:0.1.99999999999999999999"})
    EXPECT_EQ(http::parse_feed_positions(wrong, 3), std::nullopt) << wrong;
}

}  // namespace
}  // namespace guichet
