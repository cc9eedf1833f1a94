// docs/partner-sample, as its reader runs it: a process of its own beside the real server.

#include <gmock/gmock.h>

#include "tests/end_to_end/calls.h"
#include "tests/end_to_end/partner/on_kafka.h"
#include "tests/eventlog/kafka/stranger.h"

namespace guichet::end_to_end {
namespace {

namespace json = boost::json;
using ::testing::HasSubstr;
using ::testing::Not;

class SamplePartnerTest : public ::testing::TestWithParam<bool> {};

json::object family_of_two_programs() {
  json::object family = demo_family();
  family["programs"] = json::array{"ca-ccb", kPartnersProgram};
  return family;
}

json::value applied(cli::HttpClient& client, const json::object& application) {
  const auto answer = post(client, "/v1/applications", application);
  EXPECT_EQ(answer.status, 202) << answer.body;
  return wait_for_status(client, text(json_of(answer), "id"), "complete");
}

TEST_P(SamplePartnerTest, AnswersWhatItIsAskedAndItsLineStandsInTheCase) {
  GUICHET_NEEDS_BROKER();
  if (!SamplePartner::can_run()) GTEST_SKIP() << "no Python: run scripts/test";
  OnKafka kafka;
  eventlog::Stranger stranger;
  for (const std::string& garbage : {std::string("garbage"), std::string(1'000'000, '\xff')})
    stranger.write({.topic = kafka.program_topic("requests"), .value = garbage});
  SamplePartner partner(kafka, GetParam());

  auto client = kafka.server().client();
  const json::value item = applied(client, family_of_two_programs());
  const json::value* line = line_of(item, kPartnersProgram);
  ASSERT_NE(line, nullptr);
  EXPECT_EQ(text(*line, "status"), "eligible");
  EXPECT_EQ(text(*line, "annual_amount"), "450.00");
  EXPECT_THAT(json::serialize(item.at("payments")), HasSubstr("2026-02-13"));

  auto elsewhere = family_of_two_programs();
  elsewhere["residence"].as_object()["municipality"] = "Moncton";
  const json::value no = applied(client, elsewhere);
  EXPECT_EQ(text(*line_of(no, kPartnersProgram), "status"), "ineligible");
  EXPECT_THAT(json::serialize(*line_of(no, kPartnersProgram)), HasSubstr("résidents"));

  elsewhere["residence"].as_object().erase("municipality");
  const json::value unknown = applied(client, elsewhere);
  EXPECT_EQ(text(*line_of(unknown, kPartnersProgram), "status"), "needs_information");

  EXPECT_EQ(partner.terminate(), 0) << partner.log();
  EXPECT_THAT(partner.log(), HasSubstr("skipped " + kafka.program_topic("requests") + " [0] 0: "));
  EXPECT_THAT(partner.log(), HasSubstr("skipped " + kafka.program_topic("requests") + " [0] 1: "));
  EXPECT_THAT(kafka.server().log(), Not(HasSubstr("dead letter")));
}

INSTANTIATE_TEST_SUITE_P(Formats, SamplePartnerTest, ::testing::Values(false, true),
                         [](const auto& info) { return info.param ? "protobuf" : "json"; });

}  // namespace
}  // namespace guichet::end_to_end
