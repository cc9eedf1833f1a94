#include "tests/end_to_end/kafka/deployment.h"

#include <gtest/gtest.h>

#include <chrono>

#include "tests/end_to_end/calls.h"
#include "tests/eventlog/kafka/broker.h"

namespace guichet::end_to_end {
namespace {

constexpr std::chrono::seconds kReadyTime{40};

/// Until the groups of the other processes have formed: an application is merged.
void wait_until_it_merges(const RunningServer& gateway) {
  auto client = gateway.client();
  auto application = demo_family();
  application["programs"] = boost::json::array{"ca-gst"};
  const Headers headers = {{"Idempotency-Key", "first"}, {"Prefer", "wait=5"}};
  const auto until = std::chrono::steady_clock::now() + kReadyTime;
  unsigned status = 0;
  while (status != 200 && std::chrono::steady_clock::now() < until)
    status = post(client, "/v1/applications", application, headers).status;
  EXPECT_EQ(status, 200U) << gateway.log();
}

}  // namespace

KafkaDeployment::KafkaDeployment(const std::map<std::string, std::string>& processes) {
  const std::string keys = (folder_.path() / "keys").string();
  const std::vector<std::string> topics = {"--kafka",        eventlog::broker_address(),
                                           "--topic-prefix", eventlog::fresh_prefix(),
                                           "--partitions",   "2"};
  std::vector<std::string> create = {"topics", "create"};
  create.insert(create.end(), topics.begin(), topics.end());
  const Ended made = run_guichet(create);
  EXPECT_EQ(made.code, 0) << made.err;
  EXPECT_EQ(run_guichet({"keys", "create", keys}).code, 0);
  for (const auto& [name, roles] : processes) {
    std::vector<std::string> arguments = topics;
    arguments.insert(arguments.end(), {"--keys", keys, "--roles", roles});
    processes_[name] = std::make_unique<RunningServer>(arguments);
  }
  for (const auto& [name, roles] : processes)
    if (roles.starts_with("gateway")) wait_until_it_merges(*processes_.at(name));
}

}  // namespace guichet::end_to_end
