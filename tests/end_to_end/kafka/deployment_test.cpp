#include "tests/end_to_end/kafka/deployment.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "tests/end_to_end/calls.h"
#include "tests/end_to_end/reference_households.h"
#include "tests/eventlog/kafka/broker.h"

namespace guichet::end_to_end {
namespace {

namespace json = boost::json;

constexpr std::size_t kHouseholds = 100;
constexpr int kFiguresOfThem = 370;

/// The family asks two federal programs and one of New Brunswick.
json::object family() {
  auto family = demo_family();
  family["programs"] = json::array{"ca-ccb", "ca-gst", "nb-ctb"};
  return family;
}

std::int64_t revision_of(const json::value& item) {
  return item.at("revision").as_int64();
}

json::value wait_for_revision(cli::HttpClient client, const std::string& id, int revision) {
  json::value item;
  for (int tries = 0; tries < 1'000; ++tries) {
    item = json_of(get(client, "/v1/applications/" + id));
    if (revision_of(item) >= revision) return item;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  ADD_FAILURE() << "no revision " << revision << ": " << json::serialize(item);
  return item;
}

TEST(KafkaDeployment, GivesTheReferenceFiguresFromProgramsInOtherProcesses) {
  GUICHET_NEEDS_BROKER();
  KafkaDeployment deployment({{"gateway", "gateway"},
                              {"cases", "cases"},
                              {"federal", "adapters:ca-*"},
                              {"provincial", "adapters:nb-*,adapters:on-*"}});
  EXPECT_EQ(expect_reference_figures([&] { return deployment["gateway"].client(); }, kHouseholds),
            kFiguresOfThem);
}

TEST(KafkaDeployment, IsPartialWithoutTheProvinceAndMergesItsLateAnswer) {
  GUICHET_NEEDS_BROKER();
  KafkaDeployment deployment({{"gateway", "gateway"},
                              {"cases", "cases"},
                              {"federal", "adapters:ca-*"},
                              {"provincial", "adapters:nb-*"}});
  auto client = deployment["gateway"].client();
  EXPECT_EQ(text(apply_with_key(client, family(), "whole"), "status"), "complete");
  deployment["provincial"].terminate();

  const auto partial = apply_with_key(client, family(), "without-the-province");
  EXPECT_EQ(text(partial, "status"), "partial");
  EXPECT_EQ(revision_of(partial), 1);
  EXPECT_EQ(text(*line_of(partial, "ca-ccb"), "status"), "eligible");
  EXPECT_EQ(text(*line_of(partial, "nb-ctb"), "status"), "unavailable");

  deployment["provincial"].start();
  const auto whole = wait_for_revision(deployment["gateway"].client(), text(partial, "id"), 2);
  EXPECT_EQ(text(whole, "status"), "complete");
  EXPECT_EQ(text(*line_of(whole, "nb-ctb"), "status"), "eligible");
}

TEST(KafkaDeployment, AnswersAtAnyGatewayWhatAnotherTook) {
  GUICHET_NEEDS_BROKER();
  KafkaDeployment deployment({{"one", "gateway"}, {"two", "gateway"}, {"rest", "cases,adapters"}});
  auto one = deployment["one"].client();
  auto two = deployment["two"].client();
  for (int i = 0; i < 20; ++i) {
    const Headers key = {{"Idempotency-Key", "key-" + std::to_string(i)}};
    const auto taken = until_taken([&] { return post(one, "/v1/applications", family(), key); });
    ASSERT_EQ(taken.status, 202U) << taken.body;
    const std::string id = text(json_of(taken), "id");
    const Headers after = {{"Guichet-After", taken.header("Guichet-Position")}};

    // What one gateway took, the other shows at once, and goes on with.
    const auto read = until_taken([&] { return get(two, "/v1/applications/" + id, after); });
    ASSERT_EQ(read.status, 200U) << read.body;
    const auto again = until_taken([&] { return post(two, "/v1/applications", family(), key); });
    EXPECT_EQ(text(json_of(again), "id"), id);
    auto amended = family();
    amended["household"].at("annual_rent") = "1200.00";
    Headers change = after;
    change.emplace_back("If-Match", read.header("ETag"));
    change.emplace_back("Idempotency-Key", "change");
    const auto second =
        until_taken([&] { return put(two, "/v1/applications/" + id, amended, change); });
    ASSERT_EQ(second.status, 202U) << second.body;

    const auto seen =
        get(one, "/v1/applications/" + id, {{"Guichet-After", second.header("Guichet-Position")}});
    ASSERT_EQ(seen.status, 200U) << seen.body;
    EXPECT_EQ(json_of(seen).at("submission").as_int64(), 2);
  }
}

}  // namespace
}  // namespace guichet::end_to_end
