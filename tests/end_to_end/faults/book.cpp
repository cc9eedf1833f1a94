#include "tests/end_to_end/faults/book.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <thread>

#include "gateway/cli/bench_application.h"
#include "tests/end_to_end/calls.h"

namespace guichet::end_to_end {
namespace {

namespace json = boost::json;
using std::chrono::steady_clock;

constexpr std::chrono::seconds kCallTime{15};
constexpr std::chrono::seconds kPatience{30};
constexpr std::uint64_t kScreenEvery = 10;
constexpr std::size_t kCallers = 6;

cli::HttpResponse call(cli::HttpClient& client, const std::string& target) {
  return client.send({"GET", target, {}, {}}, kCallTime);
}

cli::HttpResponse send_as_is(cli::HttpClient& client, std::uint64_t n,
                             const std::string& language) {
  return client.send({"POST",
                      "/v1/applications",
                      {{"Content-Type", "application/json"},
                       {"Accept-Language", language},
                       {"Idempotency-Key", "booked-" + std::to_string(n)}},
                      cli::bench_application(n, {})},
                     kCallTime);
}

}  // namespace

std::optional<cli::HttpResponse> Book::send(cli::HttpClient& client, std::uint64_t n,
                                            const std::string& language) {
  {
    const std::lock_guard lock(mutex_);
    entries_[n];
  }
  std::optional<cli::HttpResponse> answer;
  try {
    answer = send_as_is(client, n, language);
  } catch (const cli::CannotReach&) {
    return std::nullopt;
  }
  if (answer->status / 100 != 2) return answer;
  const json::value item = json_of(*answer);
  const std::lock_guard lock(mutex_);
  Entry& entry = entries_[n];
  if (entry.id.empty()) {
    entry.id = text(item, "id");
    entry.number = text(item, "number");
    entry.client = text(item, "client");
  }
  EXPECT_EQ(text(item, "id"), entry.id) << "another application for the same key";
  return answer;
}

void Book::send_again(cli::HttpClient& client, std::uint64_t n) {
  const auto answer = send(client, n);
  ASSERT_TRUE(answer && answer->status / 100 == 2) << n << (answer ? answer->body : "");
  if (n % kScreenEvery != 0) return;
  const auto screened = client.send({"POST",
                                     "/v1/screenings",
                                     {{"Content-Type", "application/json"}},
                                     cli::bench_application(n, {})},
                                    kCallTime);
  const auto item = wait_for_status(client, text(json_of(*answer), "id"), "complete");
  EXPECT_EQ(text(item, "annual_total"), text(json_of(screened), "annual_total")) << n;
}

std::vector<std::uint64_t> Book::sent() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::uint64_t> all;
  for (const auto& [n, entry] : entries_) all.push_back(n);
  return all;
}

std::size_t Book::acknowledged() const {
  const std::lock_guard lock(mutex_);
  return static_cast<std::size_t>(
      std::ranges::count_if(entries_, [](const auto& one) { return !one.second.id.empty(); }));
}

void Book::expect_all_kept(cli::HttpClient& client) {
  const std::lock_guard lock(mutex_);
  for (auto& [n, entry] : entries_) {
    if (entry.id.empty()) continue;
    const auto answer = call(client, "/v1/applications/" + entry.id);
    ASSERT_EQ(answer.status, 200U) << "acknowledged and gone: " << n << " " << answer.body;
    const json::value item = json_of(answer);
    ASSERT_EQ(text(item, "id"), entry.id);
    ASSERT_EQ(text(item, "number"), entry.number);
    ASSERT_EQ(text(item, "client"), entry.client);
    if (!entry.complete.empty()) {
      ASSERT_EQ(json::serialize(without_account(item)), entry.complete) << "it changed";
    }
    if (text(item, "status") == "complete") entry.complete = json::serialize(without_account(item));
  }
}

void Book::expect_all_completed(cli::HttpClient& client) {
  const auto until = steady_clock::now() + kPatience;
  for (const std::string& id : listed_ids(client)) {
    std::string status;
    while ((status = text(json_of(call(client, "/v1/applications/" + id)), "status")) !=
               "complete" &&
           steady_clock::now() < until)
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    ASSERT_EQ(status, "complete") << id;
  }
}

void Book::expect_nothing_doubled(const RunningServer& server) {
  auto client = server.client();
  const std::vector<std::string> before = listed_ids(client);
  {
    const std::vector<std::uint64_t> all = sent();
    std::vector<std::jthread> callers;
    for (std::size_t caller = 0; caller < kCallers; ++caller)
      callers.emplace_back([&, caller] {
        auto client = server.client();
        for (std::size_t i = caller; i < all.size() && !testing::Test::HasFailure(); i += kCallers)
          send_again(client, all[i]);
      });
  }
  std::set<std::string> known;
  for (const auto& [n, entry] : entries_) known.insert(entry.id);
  EXPECT_EQ(known.size(), entries_.size());
  for (const std::string& id : before) EXPECT_TRUE(known.contains(id)) << "nobody sent " << id;
  EXPECT_EQ(listed_ids(client).size(), entries_.size());
}

void Book::audit(RunningServer& server) {
  auto client = server.client();
  expect_all_completed(client);
  expect_all_kept(client);
  expect_nothing_doubled(server);
  if (testing::Test::HasFailure()) return;
  EXPECT_EQ(server.terminate(), 0);
  const Ended verified = run_guichet({"verify", "--data", server.data().string()});
  EXPECT_EQ(verified.code, 0) << verified.err;
}

std::vector<std::string> listed_ids(cli::HttpClient& client) {
  std::vector<std::string> ids;
  std::string cursor;
  do {
    const auto answer =
        call(client, "/v1/applications?limit=100" + (cursor.empty() ? "" : "&cursor=" + cursor));
    EXPECT_EQ(answer.status, 200U) << answer.body;
    if (answer.status != 200) break;
    const json::value page = json_of(answer);
    for (const json::value& item : page.at("items").as_array()) ids.push_back(text(item, "id"));
    const json::value* next = page.as_object().if_contains("next");
    cursor = next && next->is_string() ? std::string(next->as_string()) : std::string();
  } while (!cursor.empty());
  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), ids.size());
  return ids;
}

}  // namespace guichet::end_to_end
