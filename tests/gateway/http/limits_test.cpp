#include <gmock/gmock.h>

#include <algorithm>
#include <thread>

#include "tests/gateway/http/served.h"

namespace guichet {
namespace {

using namespace testing;
using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

constexpr const char* kOrigin = "https://desk.example.ca";

http::Limits few() {
  http::Limits limits;
  limits.caller_requests = 3;
  limits.caller_window = 60s;
  limits.connections = 20;
  return limits;
}

http::ServerOptions behind_a_proxy() {
  http::ServerOptions options;
  options.trusted_proxies = {"127.0.0.1"};
  options.cors_origins = {kOrigin};
  return options;
}

class CallerLimits : public Served {
 protected:
  CallerLimits() : Served(few(), behind_a_proxy()) {}

  Reply from(const std::string& address, const std::string& target = "/v1/programs") const {
    return get(target, "X-Forwarded-For: " + address + "\r\n");
  }
};

TEST_F(CallerLimits, ACallerWhoSendsTooMuchIsToldWhenToGoOn) {
  const Reply first = from("198.51.100.7");
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(first.header("ratelimit-policy"), "\"caller\";q=3;w=60");
  EXPECT_EQ(first.header("ratelimit"), "\"caller\";r=2;t=20");
  from("198.51.100.7");
  EXPECT_EQ(from("198.51.100.7", "/nothing/here").status, 404);
  const Reply refused = from("198.51.100.7");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(parsed(refused).at("type"), "https://guichet.example/problems/too-many-requests");
  const int retry = std::stoi(refused.header("retry-after"));
  EXPECT_GE(retry, 20);
  EXPECT_LE(retry, 23);
  EXPECT_EQ(from("198.51.100.8").status, 200);
}

TEST_F(CallerLimits, OperatorsAndThisMachineAreNotLimited) {
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(from("198.51.100.9", "/healthz").status, 200);
    EXPECT_EQ(from("198.51.100.9", "/metrics").status, 200);
    const Reply own = get("/v1/programs");
    EXPECT_EQ(own.status, 200);
    EXPECT_EQ(own.header("ratelimit"), "");
  }
}

TEST_F(CallerLimits, TheLastTenthOfTheConnectionsIsForReadsAndOperators) {
  std::vector<Client> idle;
  for (int i = 0; i < 17; ++i) {
    idle.push_back(connect());
    EXPECT_EQ(idle.back().exchange("GET", "/healthz").status, 200);
  }
  Client last = connect();  // the eighteenth of twenty
  EXPECT_EQ(last.exchange("GET", "/v1/programs").status, 200);
  EXPECT_EQ(last.exchange("GET", "/metrics").status, 200);
  const Reply refused = last.exchange("POST", "/v1/screenings", as_text(example_application()));
  EXPECT_EQ(refused.status, 503);
  EXPECT_TRUE(refused.closes());
  EXPECT_FALSE(refused.header("retry-after").empty());
  // While it is crowded, who only holds a connection loses it within seconds.
  Client reader = connect();
  EXPECT_EQ(reader.exchange("GET", "/v1/programs").status, 200);
  const auto until = std::chrono::steady_clock::now() + 10s;
  unsigned status = 503;
  while (status == 503 && std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(100ms);
    status = post("/v1/screenings", as_text(example_application())).status;
  }
  EXPECT_EQ(status, 200U);
  EXPECT_GE(std::ranges::count_if(idle, [](Client& client) { return client.is_closed(0ms); }), 1);
}

TEST_F(CallerLimits, OnlyPagesOfOriginsThatAreNamedMayCall) {
  const std::string named = "Origin: " + std::string(kOrigin) + "\r\n";
  const std::string other = "Origin: https://evil.example\r\n";
  const std::string preflight =
      "Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: content-type\r\n";
  const Reply asked = connect().exchange("OPTIONS", "/v1/applications", {}, named + preflight);
  EXPECT_EQ(asked.status, 204);
  EXPECT_EQ(asked.header("access-control-allow-origin"), kOrigin);
  EXPECT_THAT(asked.header("access-control-allow-methods"), HasSubstr("POST"));
  EXPECT_THAT(asked.header("access-control-allow-headers"), HasSubstr("Idempotency-Key"));
  const Reply stranger = connect().exchange("OPTIONS", "/v1/applications", {}, other + preflight);
  EXPECT_EQ(stranger.header("access-control-allow-origin"), "");
  EXPECT_EQ(stranger.header("access-control-allow-methods"), "");

  const Reply read = get("/v1/programs", named);
  EXPECT_EQ(read.header("access-control-allow-origin"), kOrigin);
  EXPECT_THAT(read.header("access-control-expose-headers"), HasSubstr("ETag"));
  EXPECT_EQ(read.header("vary"), "Accept-Language, Origin");
  EXPECT_EQ(get("/v1/programs", other).header("access-control-allow-origin"), "");

  const std::string body = as_text(example_application());
  EXPECT_EQ(post("/v1/screenings", body, named).status, 200);
  EXPECT_EQ(post("/v1/screenings", body, other).status, 403);
}

class NoCors : public Served {};

TEST_F(NoCors, IsTheDefault) {
  const Reply reply = get("/v1/programs", "Origin: https://desk.example.ca\r\n");
  EXPECT_EQ(reply.header("access-control-allow-origin"), "");
  EXPECT_EQ(reply.header("vary"), "Accept-Language");
}

class OldQueue : public Served {
 protected:
  static http::Limits impatient() {
    http::Limits limits;
    limits.queue_age = 300ms;
    return limits;
  }
  OldQueue() : Served(impatient()) {}
};

TEST_F(OldQueue, TurnsWritesAwayAtOnceAndReadsNot) {
  const std::string body = as_text(example_application());
  // Nobody takes commands from the inbox.
  std::vector<std::jthread> waiting;
  for (int i = 0; i < 20; ++i) waiting.emplace_back([&] { post("/v1/applications", body); });
  std::this_thread::sleep_for(800ms);
  const auto began = std::chrono::steady_clock::now();
  const Reply refused = post("/v1/applications", body);
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(parsed(refused).at("type"), "https://guichet.example/problems/no-room");
  EXPECT_FALSE(refused.header("retry-after").empty());
  EXPECT_LT(std::chrono::steady_clock::now() - began, 500ms);
  EXPECT_EQ(get("/v1/programs").status, 200);
  start_processing();
  waiting.clear();
  EXPECT_EQ(post("/v1/applications", body).status, 202);
}

}  // namespace
}  // namespace guichet
