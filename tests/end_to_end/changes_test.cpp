#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "tests/end_to_end/calls.h"
#include "tests/end_to_end/partner_program.h"
#include "tests/end_to_end/running_server.h"

namespace guichet::end_to_end {
namespace {

std::string target_of(const boost::json::value& item) {
  return "/v1/applications/" + text(item, "id");
}

boost::json::object richer_family() {
  auto family = demo_family();
  family.at("household").at("adults").at(0).as_object()["net_income"] = "250000.00";
  return family;
}

TEST(Amending, DecidesAgainUnderANewSubmission) {
  RunningServer server;
  auto client = server.client();
  const auto before = apply(client, demo_family());
  const auto read = get(client, target_of(before));
  const auto answer = put(client, target_of(before), richer_family(),
                          {{"If-Match", read.header("ETag")}, {"Prefer", "wait=20"}});
  ASSERT_EQ(answer.status, 200U) << answer.body;
  const auto after = json_of(answer);
  EXPECT_EQ(text(after, "id"), text(before, "id"));
  EXPECT_EQ(after.at("submission").as_int64(), 2);
  EXPECT_EQ(text(after, "status"), "complete");
  EXPECT_EQ(text(*line_of(after, "ca-ccb"), "status"), "ineligible");

  const auto late =
      put(client, target_of(before), demo_family(), {{"If-Match", read.header("ETag")}});
  EXPECT_EQ(late.status, 412U) << late.body;
  const auto blind = put(client, target_of(before), demo_family());
  EXPECT_EQ(blind.status, 428U) << blind.body;
}

TEST(Amending, WhileProgramsAreStillAskedSupersedesWhatTheyWereAsked) {
  const PartnerProgram partner("xx-slow", "60s");
  RunningServer server({"--programs", partner.folder().string()});
  auto client = server.client();
  const auto posted = post(client, "/v1/applications", demo_family());
  ASSERT_EQ(posted.status, 202U) << posted.body;
  const auto first = json_of(posted);
  EXPECT_THAT(text(first, "status"), testing::AnyOf("received", "determining"));
  const auto read = get(client, target_of(first));
  auto narrowed = demo_family();
  narrowed["programs"] = boost::json::array{"ca-ccb"};
  const auto answer = put(client, target_of(first), narrowed,
                          {{"If-Match", read.header("ETag")}, {"Prefer", "wait=20"}});
  ASSERT_EQ(answer.status, 200U) << answer.body;
  const auto after = json_of(answer);
  EXPECT_EQ(text(after, "status"), "complete");
  EXPECT_EQ(after.at("submission").as_int64(), 2);
  EXPECT_EQ(line_of(after, "xx-slow"), nullptr);
}

TEST(Amending, TheSameKeyAmendsOnce) {
  RunningServer server;
  auto client = server.client();
  const auto before = apply(client, demo_family());
  const Headers headers = {{"If-Match", get(client, target_of(before)).header("ETag")},
                           {"Idempotency-Key", "amend-1"},
                           {"Prefer", "wait=20"}};
  const auto once = json_of(put(client, target_of(before), richer_family(), headers));
  const auto again = json_of(put(client, target_of(before), richer_family(), headers));
  EXPECT_EQ(once.at("submission").as_int64(), 2);
  EXPECT_EQ(again.at("submission").as_int64(), 2);
}

TEST(Withdrawing, EndsTheApplicationAndTwiceIsTheSame) {
  RunningServer server;
  auto client = server.client();
  const auto before = apply(client, demo_family());
  const auto once = post(client, target_of(before) + "/withdrawal", nullptr);
  EXPECT_EQ(once.status / 100, 2U) << once.body;
  EXPECT_EQ(text(json_of(once), "status"), "withdrawn");
  const auto twice = post(client, target_of(before) + "/withdrawal", nullptr);
  EXPECT_EQ(twice.status, once.status);
  EXPECT_EQ(without_account(json_of(twice)), without_account(json_of(once)));
  const auto amended = put(client, target_of(before), demo_family(),
                           {{"If-Match", get(client, target_of(before)).header("ETag")}});
  EXPECT_EQ(amended.status, 409U) << amended.body;
  const auto unknown =
      post(client, "/v1/applications/0197a2c4-5d1e-7c3a-9b1f-3f0f6a2f8d11/withdrawal", nullptr);
  EXPECT_EQ(unknown.status, 404U) << unknown.body;
}

TEST(Withdrawing, WhileProgramsAreStillAskedLeavesNothingPending) {
  const PartnerProgram partner("xx-slow", "1s");
  RunningServer server({"--programs", partner.folder().string()});
  auto client = server.client();
  const auto first = json_of(post(client, "/v1/applications", demo_family()));
  EXPECT_EQ(text(json_of(post(client, target_of(first) + "/withdrawal", nullptr)), "status"),
            "withdrawn");
  std::this_thread::sleep_for(std::chrono::milliseconds(1500));  // past the deadline
  EXPECT_EQ(text(json_of(get(client, target_of(first))), "status"), "withdrawn");
}

}  // namespace
}  // namespace guichet::end_to_end
