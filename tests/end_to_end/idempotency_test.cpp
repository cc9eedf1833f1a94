#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>
#include <set>
#include <thread>

#include "tests/end_to_end/calls.h"
#include "tests/end_to_end/running_server.h"

namespace guichet::end_to_end {
namespace {

constexpr int kAtOnce = 50;

std::size_t number_of_cases(cli::HttpClient& client) {
  return json_of(get(client, "/v1/applications?limit=200")).at("items").as_array().size();
}

TEST(Idempotency, TheSameKeyAndBodyTwiceIsOneApplication) {
  RunningServer server;
  auto client = server.client();
  const Headers key = {{"Idempotency-Key", "visit-1042"}};
  const auto first = apply(client, demo_family(), key);
  // Spaces and the order of fields are not the meaning.
  auto family = demo_family();
  boost::json::object reordered;
  for (auto field = family.end(); field != family.begin();) {
    --field;
    reordered[field->key()] = field->value();
  }
  const auto second = apply(client, reordered, key);
  EXPECT_EQ(text(first, "id"), text(second, "id"));
  EXPECT_EQ(second.at("submission").as_int64(), 1);
  EXPECT_EQ(number_of_cases(client), 1U);
}

TEST(Idempotency, TheSameKeyFiftyTimesAtOnceIsOneApplication) {
  RunningServer server;
  std::mutex mutex;
  std::set<std::string> ids;
  std::set<unsigned> statuses;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kAtOnce; ++i)
      threads.emplace_back([&] {
        auto client = server.client();
        const auto answer = post(client, "/v1/applications", demo_family(),
                                 {{"Idempotency-Key", "at-once"}, {"Prefer", "wait=20"}});
        const std::scoped_lock lock(mutex);
        statuses.insert(answer.status);
        ids.insert(text(json_of(answer), "id"));
      });
  }
  EXPECT_THAT(statuses, testing::ElementsAre(200U));
  EXPECT_EQ(ids.size(), 1U);
  auto client = server.client();
  EXPECT_EQ(number_of_cases(client), 1U);
  EXPECT_EQ(json_of(get(client, "/v1/applications/" + *ids.begin())).at("submission").as_int64(),
            1);
}

TEST(Idempotency, AnotherBodyUnderTheSameKeyIsRefusedAndChangesNothing) {
  RunningServer server;
  auto client = server.client();
  const Headers key = {{"Idempotency-Key", "visit-7"}};
  const auto first = apply(client, demo_family(), key);
  auto other = demo_family();
  other.at("household").as_object()["annual_rent"] = "9600.01";
  const auto refused = post(client, "/v1/applications", other, key);
  EXPECT_EQ(refused.status, 422U) << refused.body;
  EXPECT_EQ(refused.header("Content-Type").substr(0, 24), "application/problem+json");
  EXPECT_EQ(without_account(json_of(get(client, "/v1/applications/" + text(first, "id")))),
            without_account(first));
  EXPECT_EQ(number_of_cases(client), 1U);
}

TEST(Idempotency, WithoutAKeyEachIsAnApplicationOfItsOwn) {
  RunningServer server;
  auto client = server.client();
  EXPECT_NE(text(apply(client, demo_family()), "id"), text(apply(client, demo_family()), "id"));
  EXPECT_EQ(number_of_cases(client), 2U);
}

}  // namespace
}  // namespace guichet::end_to_end
