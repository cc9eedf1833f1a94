#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <thread>

#include "gateway/cli/bench_application.h"
#include "tests/end_to_end/calls.h"
#include "tests/end_to_end/partner_program.h"
#include "tests/end_to_end/running_server.h"

namespace guichet::end_to_end {
namespace {

namespace json = boost::json;
using testing::HasSubstr;

constexpr unsigned kConnections = 8;

struct Acknowledged {
  std::string id;
  std::string key;
};

/// Sends applications over several connections, each under a key, until told to stop or the server
/// is gone; what was answered 2xx.
class Load {
 public:
  Load(const RunningServer& server, std::uint64_t first) {
    for (unsigned t = 0; t < kConnections; ++t)
      threads_.emplace_back([this, &server, n = first + t * 1'000](std::stop_token stop) mutable {
        try {
          auto client = server.client();
          for (; !stop.stop_requested(); ++n) send(client, n);
        } catch (const cli::CannotReach&) {
          ++lost_connections_;
        }
      });
  }
  std::vector<Acknowledged> stop() {
    for (auto& thread : threads_) thread.request_stop();
    threads_.clear();
    return acknowledged_;
  }
  std::size_t acknowledged() {
    const std::scoped_lock lock(mutex_);
    return acknowledged_.size();
  }
  unsigned lost_connections() const { return lost_connections_; }

 private:
  void send(cli::HttpClient& client, std::uint64_t n) {
    const std::string key = "load-" + std::to_string(n);
    const auto answer =
        post(client, "/v1/applications", boost::json::parse(cli::bench_application(n, {})),
             {{"Idempotency-Key", key}});
    if (answer.status / 100 != 2) return;
    const std::scoped_lock lock(mutex_);
    acknowledged_.push_back({text(json_of(answer), "id"), key});
  }

  std::mutex mutex_;
  std::vector<Acknowledged> acknowledged_;
  std::atomic<unsigned> lost_connections_{0};
  std::vector<std::jthread> threads_;
};

void wait_for(Load& load, std::size_t acknowledged) {
  for (int tries = 0; load.acknowledged() < acknowledged && tries < 1'000; ++tries)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  ASSERT_GE(load.acknowledged(), acknowledged);
}

void expect_complete(cli::HttpClient& client, const std::vector<Acknowledged>& all) {
  for (const Acknowledged& one : all) {
    wait_for_status(client, one.id, "complete");
    if (testing::Test::HasFailure()) return;
  }
}

TEST(Restart, AfterAKillEveryAcknowledgedApplicationIsThereAndFinishes) {
  RunningServer server;
  std::vector<Acknowledged> all;
  for (std::uint64_t round = 0; round < 3; ++round) {
    Load load(server, 20'000'000 + round * 100'000);
    wait_for(load, 100);
    server.kill();
    const auto acknowledged = load.stop();
    all.insert(all.end(), acknowledged.begin(), acknowledged.end());
    EXPECT_GT(load.lost_connections(), 0U);
    server.start();
  }
  auto client = server.client();
  expect_complete(client, all);
}

TEST(Restart, TheSameKeyAfterAKillFindsTheSameApplication) {
  RunningServer server;
  auto client = server.client();
  const Headers key = {{"Idempotency-Key", "across"}};
  const auto before = apply(client, demo_family(), key);
  server.kill();
  server.start();
  auto again = server.client();
  EXPECT_EQ(text(apply(again, demo_family(), key), "id"), text(before, "id"));
  EXPECT_EQ(without_account(json_of(get(again, "/v1/applications/" + text(before, "id")))),
            without_account(before));
}

TEST(Restart, SigtermDrainsInTimeAndLosesNothing) {
  RunningServer server;
  Load load(server, 30'000'000);
  wait_for(load, 50);
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(server.terminate(), 0);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds{10});
  const auto acknowledged = load.stop();
  const auto verified = run_guichet({"verify", "--data", server.data().string()});
  EXPECT_EQ(verified.code, 0) << verified.err;
  server.start();
  auto client = server.client();
  expect_complete(client, acknowledged);
}

TEST(Restart, SigtermAnswersWhoeverWaits) {
  const PartnerProgram partner("xx-slow", "60s");
  RunningServer server({"--programs", partner.folder().string()});
  cli::HttpResponse answer;
  std::jthread waiter([&] {
    auto client = server.client();
    answer = post(client, "/v1/applications", demo_family(), {{"Prefer", "wait=30"}});
  });
  auto client = server.client();
  EXPECT_EQ(get(client, "/readyz").status, 200U);
  while (json_of(get(client, "/v1/applications")).at("items").as_array().empty())
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT_EQ(server.terminate(), 0);
  waiter.join();
  EXPECT_EQ(answer.status, 202U) << answer.body;
  server.start();
  auto again = server.client();
  EXPECT_EQ(get(again, answer.header("Location")).status, 200U);
}

TEST(Restart, ProgramsMayComeAndGo) {
  RunningServer server;
  auto client = server.client();
  const auto before = apply(client, demo_family());
  server.terminate();
  const PartnerProgram partner("xx-new", "60s");
  server.set_arguments({"--programs", partner.folder().string()});
  server.start();
  client = server.client();
  const auto asked = json_of(post(client, "/v1/applications", demo_family()));
  const auto read = json_of(get(client, "/v1/applications/" + text(asked, "id")));
  EXPECT_NE(line_of(read, "xx-new"), nullptr) << json::serialize(read);
  server.terminate();
  server.set_arguments({});
  server.start();
  client = server.client();
  EXPECT_EQ(without_account(json_of(get(client, "/v1/applications/" + text(before, "id")))),
            without_account(before));
  const std::string target = "/v1/applications/" + text(asked, "id");
  EXPECT_EQ(text(*line_of(json_of(get(client, target)), "xx-new"), "status"), "pending");
  EXPECT_EQ(text(json_of(post(client, target + "/withdrawal", nullptr)), "status"), "withdrawn");
  EXPECT_EQ(text(apply(client, demo_family()), "status"), "complete");
}

TEST(Restart, ASecondServerOnTheSameFolderIsRefusedAndHarmsNothing) {
  RunningServer server;
  auto client = server.client();
  const auto item = apply(client, demo_family());
  const auto second =
      run_guichet({"serve", "--data", server.data().string(), "--listen", "127.0.0.1:0"});
  EXPECT_EQ(second.code, 1);
  EXPECT_EQ(second.out, "");
  EXPECT_THAT(second.err, HasSubstr(server.data().string()));
  const auto verify = run_guichet({"verify", "--data", server.data().string()});
  EXPECT_EQ(verify.code, 1) << verify.out;
  EXPECT_EQ(without_account(json_of(get(client, "/v1/applications/" + text(item, "id")))),
            without_account(item));
  EXPECT_EQ(text(apply(client, demo_family()), "status"), "complete");
}

TEST(ReadYourWrites, AnApplicationIsFoundAtOnceAfterItsOwnPost) {
  RunningServer server;
  std::atomic<unsigned> found{0};
  {
    std::vector<std::jthread> threads;
    for (unsigned t = 0; t < kConnections; ++t)
      threads.emplace_back([&, t] {
        auto client = server.client();
        auto reader = server.client();  // another connection, perhaps another thread of the server
        for (std::uint64_t n = 0; n < 25; ++n) {
          const auto posted =
              post(client, "/v1/applications",
                   boost::json::parse(cli::bench_application(40'000'000 + t * 1'000 + n, {})));
          ASSERT_EQ(posted.status / 100, 2U) << posted.body;
          const auto read = get(reader, posted.header("Location"));
          ASSERT_EQ(read.status, 200U) << read.body;
          EXPECT_EQ(text(json_of(read), "id"), text(json_of(posted), "id"));
          const auto listed =
              get(reader, "/v1/applications?number=" + text(json_of(posted), "number"),
                  {{"Guichet-After", posted.header("Guichet-Position")}});
          EXPECT_FALSE(json_of(listed).at("items").as_array().empty()) << listed.body;
          ++found;
        }
      });
  }
  EXPECT_EQ(found, kConnections * 25);
}

}  // namespace
}  // namespace guichet::end_to_end
