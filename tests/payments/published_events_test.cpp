// What partner agencies see of payments. Leaves the events for asyncapi_events_test.

#include <gmock/gmock.h>

#include <fstream>

#include "guichet/v1/events.pb.h"
#include "schemas/cloudevents/cloud_event.h"
#include "schemas/topics.h"
#include "tests/payments/counter.h"

namespace guichet::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string kApplication = "0197a2c4-5d1e-7c3a-9b1f-3f0f6a2f8d11";

std::string determination(const std::string& program, const std::string& application) {
  return application + "/2/" + program + "/answer";
}

class PublishedPayments : public ::testing::Test {
 protected:
  void SetUp() override {
    counter_.entitle(kMarie,
                     {monthly("ca-ccb", {66'641, 100}, determination("ca-ccb", kApplication)),
                      monthly("nb-ctb", {4'166}, determination("nb-ctb", kApplication))});
  }
  std::string payment() const { return std::string("r1/") + kMarie; }
  std::vector<v1::CaseEvent> events() const {
    std::vector<v1::CaseEvent> events;
    for (const eventlog::Output& output : counter_.events()) {
      EXPECT_EQ(output.topic, topics::kEvents);
      EXPECT_TRUE(events.emplace_back().ParseFromString(output.payload));
      EXPECT_EQ(output.key, events.back().application_id());
    }
    return events;
  }
  std::vector<std::string> told() const {
    std::vector<std::string> told;
    for (const v1::CaseEvent& event : events())
      told.push_back(std::to_string(event.sequence()) + " " + event.type());
    return told;
  }

  Counter counter_;
};

TEST_F(PublishedPayments, SayWhatEachProgramPaysAndNothingPersonal) {
  counter_.pay("r1", due_day(0));
  counter_.report(payment(), true, 70'807);
  counter_.report(payment(), false, 70'807, "MD07");
  EXPECT_THAT(told(), ElementsAre("1 guichet.payment.instructed", "2 guichet.payment.settled",
                                  "3 guichet.payment.rejected"));
  const v1::CaseEvent event = events().front();
  EXPECT_EQ(event.application_id(), kApplication);
  EXPECT_EQ(event.submission(), 2U);
  ASSERT_EQ(event.programs_size(), 2);
  EXPECT_EQ(event.programs(0).amount(), "666.41");
  EXPECT_EQ(event.programs(1).amount(), "41.66");
  EXPECT_EQ(event.programs(1).government(), "NB");

  std::ofstream out(GUICHET_BINARY_DIR "/tests/published-payment-events.jsonl", std::ios::trunc);
  for (const eventlog::Output& output : counter_.events()) {
    v1::Header header;
    header.set_id(output.id);
    header.set_key(output.key);
    header.set_kind(output.kind);
    header.set_recorded_at_us(kStart);
    const auto cloud = cloudevents::cloud_event(header, output.payload);
    ASSERT_TRUE(cloud);
    EXPECT_EQ(cloud->subject, kApplication + "/payments/" + event.payment());
    const std::string text = cloudevents::to_json(*cloud);
    out << text << '\n';
    for (const char* personal : {kMarie, "Marie", "Cormier", "1234567", "00011", "MD07", "r1/"})
      EXPECT_THAT(text, Not(HasSubstr(personal)));
    // As Kafka's readers and writers take it.
    EXPECT_EQ(cloudevents::payload_of(cloud->data), output.payload);
  }
}

TEST_F(PublishedPayments, RejectedAtOnceIsTheSecond) {
  counter_.pay("r1", due_day(0));
  counter_.report(payment(), false, 70'807);
  EXPECT_THAT(told(), ElementsAre("1 guichet.payment.instructed", "2 guichet.payment.rejected"));
}

TEST_F(PublishedPayments, WhatComesAgainTellsNothingNew) {
  counter_.pay("r1", due_day(0));
  counter_.report(payment(), true, 70'807);
  counter_.give_again();
  counter_.report(payment(), true, 70'807);
  counter_.cancel("r1");
  EXPECT_THAT(told(), ElementsAre("1 guichet.payment.instructed", "2 guichet.payment.settled"));
}

TEST_F(PublishedPayments, APreviewAndACancelledRunAreNobodysBusiness) {
  counter_.prepare("r1", due_day(0));
  counter_.cancel("r1");
  EXPECT_TRUE(told().empty());
}

TEST_F(PublishedPayments, EachApplicationHearsOfItsOwnParts) {
  const std::string other = "0197a2c4-5d1e-7c3a-9b1f-3f0f6a2f8d22";
  counter_.entitle(kMarie, {monthly("ca-gst", {500}, determination("ca-gst", other))}, "a2");
  counter_.pay("r1", due_day(0));
  for (const v1::CaseEvent& event : events())
    for (const v1::EventProgram& program : event.programs())
      EXPECT_EQ(event.application_id(), program.program() == "ca-gst" ? other : kApplication);
  EXPECT_EQ(events().size(), 2U);
}

}  // namespace
}  // namespace guichet::testing
