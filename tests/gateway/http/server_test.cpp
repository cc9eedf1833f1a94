#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <future>

#include "gateway/http/documents.h"
#include "gateway/http/problem.h"
#include "gateway/http/routes.h"
#include "tests/gateway/http/served.h"

namespace guichet {
namespace {

using namespace testing;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using ::testing::HasSubstr;

bool eventually(const std::function<bool()>& holds) {
  const auto until = steady_clock::now() + std::chrono::seconds(5);
  while (!holds()) {
    if (steady_clock::now() > until) return false;
    std::this_thread::sleep_for(milliseconds(20));
  }
  return true;
}

class Server : public Served {
 protected:
  Server() { start_processing(); }
};

TEST_F(Server, TellsItsHealthAndFigures) {
  EXPECT_EQ(get("/healthz").body, R"({"status":"ok"})");
  EXPECT_EQ(get("/readyz").status, 200);
  post("/v1/applications", as_text(example_application()));
  get("/nothing");
  const Reply metrics = get("/metrics", "Accept: text/plain\r\n");
  EXPECT_THAT(metrics.header("content-type"), HasSubstr("text/plain; version=0.0.4"));
  for (const char* line :
       {"guichet_http_requests_total{route=\"/v1/applications\",status=\"202\"} 1",
        "guichet_http_requests_total{route=\"(none)\",status=\"404\"} 1",
        "guichet_http_request_seconds_count{route=\"/v1/applications\"} 1",
        "guichet_http_request_seconds_bucket{route=\"/v1/applications\",le=\"+Inf\"} 1",
        "guichet_log_commits_total ", "guichet_log_records_total ", "guichet_http_connections "})
    EXPECT_THAT(metrics.body, HasSubstr(line)) << metrics.body;
}

TEST_F(Server, ListsAndShowsPrograms) {
  const auto items = parsed(get("/v1/programs", "Accept-Language: fr\r\n")).at("items").as_array();
  ASSERT_EQ(items.size(), 3U);
  EXPECT_EQ(items[0].at("program"), "ca-one");
  EXPECT_EQ(items[0].at("name"), "Programme ca-one");
  EXPECT_EQ(parsed(get("/v1/programs/nb-two")).at("offered_in").as_array().at(0), "NB");
  EXPECT_EQ(get("/v1/programs/none").status, 404);
  EXPECT_EQ(get("/v1/programs/ca-one?as_of=2025-06-30").status, 404);
  EXPECT_EQ(get("/v1/programs/ca-one?as_of=2025-07-01").status, 200);
  EXPECT_EQ(get("/v1/programs?as_of=soon").status, 400);
}

TEST_F(Server, OptionsSaysWhatAnAddressTakes) {
  const Reply reply = connect().exchange("OPTIONS", "/v1/applications/x");
  EXPECT_EQ(reply.status, 204);
  EXPECT_EQ(reply.header("allow"), "GET, HEAD, PUT, OPTIONS");
}

TEST_F(Server, ClosesWhenTheClientAsksForIt) {
  auto client = connect();
  EXPECT_TRUE(client.exchange("GET", "/healthz", {}, "Connection: close\r\n").closes());
  EXPECT_TRUE(client.is_closed(milliseconds(1000)));
}

TEST_F(Server, SendsContinueToThoseWhoExpectIt) {
  const std::string body = as_text(example_application());
  auto client = connect();
  client.send(
      "POST /v1/applications HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
      "Expect: 100-continue\r\nContent-Length: " +
      std::to_string(body.size()) + "\r\n\r\n");
  EXPECT_EQ(client.receive()->status, 100);
  client.send(body);
  EXPECT_EQ(client.receive()->status, 202);
}

TEST_F(Server, ABodyMayComeByteByByte) {
  const std::string body = as_text(example_application());
  auto client = connect();
  const std::string whole =
      "POST /v1/applications HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
      "Content-Length: " +
      std::to_string(body.size()) + "\r\n\r\n" + body + "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n";
  for (std::size_t at = 0; at < whole.size(); at += 7) client.send(whole.substr(at, 7));
  EXPECT_EQ(client.receive()->status, 202);
  EXPECT_EQ(client.receive()->status, 200);
}

TEST_F(Server, NothingLeaksWhenAWaitingClientGoesAway) {
  const Reply posted = post("/v1/applications", as_text(example_application()));
  for (int i = 0; i < 20; ++i) {
    auto client = connect();
    client.send("GET " + posted.header("location") +
                " HTTP/1.1\r\nHost: a\r\nPrefer: wait=60\r\nIf-None-Match: *\r\n\r\n");
  }
  // Its absence is noticed while it would still wait.
  std::string metrics;
  const auto until = steady_clock::now() + std::chrono::seconds(5);
  do {
    std::this_thread::sleep_for(milliseconds(50));
    metrics = get("/metrics").body;
  } while (steady_clock::now() < until &&
           (metrics.find("guichet_http_waiting_requests 0\n") == std::string::npos ||
            metrics.find("guichet_http_connections 1\n") == std::string::npos));
  EXPECT_THAT(metrics, HasSubstr("guichet_http_waiting_requests 0\n"));
  EXPECT_THAT(metrics, HasSubstr("guichet_http_connections 1\n"));
}

// Views on a disk that is slow.
class SlowViews : public views::Views {
 public:
  explicit SlowViews(const views::Views& views) : views_(views) {}
  std::optional<views::CaseView> find(const std::string& id) const override {
    return views_.find(id);
  }
  Result<views::CasePage> list(const views::CaseFilter& filter) const override {
    ++lists;
    std::this_thread::sleep_for(milliseconds(20));
    return views_.list(filter);
  }
  std::vector<std::string> stopped_clients(const std::string& after,
                                           unsigned limit) const override {
    return views_.stopped_clients(after, limit);
  }
  std::vector<views::RejectedPayment> rejected(const std::string& run,
                                               const std::optional<views::RejectedPlace>& after,
                                               unsigned limit) const override {
    return views_.rejected(run, after, limit);
  }
  bool covers(std::uint32_t partition, std::uint64_t position) const override {
    return views_.covers(partition, position);
  }
  mutable std::atomic<int> lists{0};

 private:
  const views::Views& views_;
};

TEST_F(Server, WhoGoesAwayWhileAListIsReadHarmsNobody) {
  const SlowViews slow(*views_);
  server_.reset();
  http::ServerOptions options;
  options.port = 0;
  options.threads = 2;
  server_ = std::make_unique<http::Server>(
      options,
      http::GatewayParts{log_, &slow, catalogue_, test_secrets(), [] { return Instant{}; }});
  constexpr int kGone = 100;  // two seconds of lists: that they are gone is noticed after one
  for (int i = 0; i < kGone; ++i)
    connect().send("GET /v1/applications HTTP/1.1\r\nHost: a\r\n\r\n");
  const auto until = steady_clock::now() + std::chrono::seconds(20);
  while (slow.lists < kGone && steady_clock::now() < until)
    std::this_thread::sleep_for(milliseconds(20));
  EXPECT_EQ(slow.lists, kGone);
  EXPECT_EQ(get("/v1/applications").status, 200);
}

TEST_F(Server, DrainsWhatIsInFlightAndClosesWhatIsIdle) {
  const Reply posted = post("/v1/applications", as_text(example_application()));
  auto idle = connect();
  ASSERT_EQ(idle.exchange("GET", "/healthz").status, 200);
  auto waiting = connect();
  waiting.send("GET " + posted.header("location") +
               " HTTP/1.1\r\nHost: a\r\nPrefer: wait=60\r\nIf-None-Match: *\r\n\r\n");
  auto posting = std::async(std::launch::async, [&] {
    return post("/v1/applications", as_text(example_application()), "Prefer: wait=60\r\n");
  });
  std::this_thread::sleep_for(milliseconds(200));

  const auto began = steady_clock::now();
  server_->drain();
  EXPECT_LT(steady_clock::now() - began, std::chrono::seconds(4));
  EXPECT_TRUE(idle.is_closed(milliseconds(0)));
  const auto cut_short = waiting.receive();
  ASSERT_TRUE(cut_short);
  EXPECT_EQ(cut_short->status, 304);
  EXPECT_TRUE(cut_short->closes());
  const Reply reply = posting.get();
  EXPECT_EQ(reply.status, 202);
  EXPECT_EQ(parsed(reply).at("status"), "determining");
  EXPECT_THROW(connect(), std::runtime_error);
}

TEST_F(Server, OutlivesRunningOutOfDescriptors) {
  std::vector<int> taken;
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  const rlimit low{std::min<rlim_t>(256, limit.rlim_max), limit.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &low), 0);
  for (int fd; (fd = ::dup(0)) >= 0;) taken.push_back(fd);
  ASSERT_FALSE(taken.empty());
  ::close(taken.back());
  taken.pop_back();
  auto client = connect();  // its own end took the last one: the server has none to accept with
  std::this_thread::sleep_for(milliseconds(50));
  for (const int fd : taken) ::close(fd);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
  EXPECT_EQ(client.exchange("GET", "/healthz").status, 200);
}

TEST(ServerAddress, IsRefusedWithWhatWouldBeRight) {
  eventlog::MemoryLog log({.topics = topics::all({})});
  struct NoViews : views::Views {
    std::optional<views::CaseView> find(const std::string&) const override { return std::nullopt; }
    Result<views::CasePage> list(const views::CaseFilter&) const override {
      return views::CasePage{};
    }
    bool covers(std::uint32_t, std::uint64_t) const override { return true; }
    std::vector<std::string> stopped_clients(const std::string&, unsigned) const override {
      return {};
    }
    std::vector<views::RejectedPayment> rejected(const std::string&,
                                                 const std::optional<views::RejectedPlace>&,
                                                 unsigned) const override {
      return {};
    }
  } views;
  const http::GatewayParts parts{log, &views, three_programs(), test_secrets(),
                                 [] { return Instant{}; }};
  const auto refusal = [&](const std::string& address, std::uint16_t port) -> std::string {
    http::ServerOptions options;
    options.address = address;
    options.port = port;
    try {
      http::Server server(options, parts);
    } catch (const std::runtime_error& why) {
      return why.what();
    }
    return {};
  };
  EXPECT_THAT(refusal("0.0.0.0", 0), HasSubstr("loopback only"));
  EXPECT_THAT(refusal("192.0.2.1", 0), HasSubstr("loopback only"));
  EXPECT_THAT(refusal("here", 0), HasSubstr("not an IP address"));
  EXPECT_EQ(refusal("localhost", 0), "");
  http::ServerOptions any;
  any.port = 0;
  const http::Server first(any, parts);
  EXPECT_THAT(refusal("127.0.0.1", first.port()), HasSubstr("cannot listen on 127.0.0.1:"));
}

class Limited : public Served {
 protected:
  Limited() : Served(tight()) { start_processing(); }
  static http::Limits tight() {
    http::Limits limits;
    limits.header_time = milliseconds(300);
    limits.body_time = milliseconds(300);
    limits.idle_time = milliseconds(600);
    limits.connections = 4;
    limits.all_bodies_bytes = 1000;
    return limits;
  }
};

class OneOfTwoCallers : public Served {
 protected:
  OneOfTwoCallers() : Served(shared()) { start_processing(); }
  static http::Limits shared() {
    http::Limits limits;
    limits.caller_connections = 3;
    limits.caller_bodies_bytes = 1000;
    return limits;
  }
};

TEST_F(OneOfTwoCallers, LeavesConnectionsForTheOther) {
  std::vector<Client> greedy;
  for (int i = 0; i < 3; ++i) {
    greedy.push_back(connect());
    EXPECT_EQ(greedy.back().exchange("GET", "/healthz").status, 200);
  }
  EXPECT_TRUE(connect().is_closed(milliseconds(1000)));
  Client other(server_->port(), "127.0.0.2");
  EXPECT_EQ(other.exchange("GET", "/healthz").status, 200);
  greedy.pop_back();
  EXPECT_TRUE(eventually([&] {
    Client again = connect();
    again.send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
    return again.receive().has_value();
  }));
}

TEST_F(OneOfTwoCallers, LeavesRoomForTheBodiesOfTheOther) {
  Client greedy = connect();
  greedy.send(
      "POST /v1/applications HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
      "Content-Length: 900\r\n\r\n");
  ASSERT_EQ(greedy.receive()->status, 100);  // its room is taken
  const Reply refused =
      post("/v1/screenings", as_text(example_application()), "Accept-Language: fr\r\n");
  EXPECT_EQ(refused.status, 429);
  EXPECT_THAT(refused.body, HasSubstr("/too-many-requests"));
  EXPECT_THAT(refused.body, HasSubstr("octets en route"));
  EXPECT_FALSE(refused.header("retry-after").empty());
  EXPECT_TRUE(refused.closes());
  Client other(server_->port(), "127.0.0.2");
  EXPECT_EQ(other.exchange("POST", "/v1/screenings", std::string(900, ' ')).status, 400);
}

TEST_F(Limited, ASlowHeaderEndsTheConnection) {
  auto client = connect();
  client.send("GET /healthz HTTP/1.1\r\n");
  for (int i = 0; i < 3; ++i) {
    std::this_thread::sleep_for(milliseconds(60));
    client.send("X-" + std::to_string(i) + ": a\r\n");  // a byte now and then does not help
  }
  EXPECT_TRUE(client.is_closed(milliseconds(500)));
}

TEST_F(Limited, ASlowBodyEndsTheConnection) {
  auto client = connect();
  client.send("POST /v1/applications HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{");
  EXPECT_FALSE(client.is_closed(milliseconds(100)));
  EXPECT_TRUE(client.is_closed(milliseconds(700)));
}

TEST_F(Limited, AnIdleConnectionIsClosedLater) {
  auto client = connect();
  EXPECT_EQ(client.exchange("GET", "/healthz").status, 200);
  EXPECT_FALSE(client.is_closed(milliseconds(400)));
  EXPECT_TRUE(client.is_closed(milliseconds(700)));
}

TEST_F(Limited, MoreConnectionsThanThereMayBeAreTurnedAway) {
  std::vector<Client> clients;
  for (int i = 0; i < 4; ++i) {
    clients.push_back(connect());
    EXPECT_EQ(clients.back().exchange("GET", "/healthz").status, 200);
  }
  auto fifth = connect();
  EXPECT_TRUE(fifth.is_closed(milliseconds(1000)));
  EXPECT_EQ(clients.front().exchange("GET", "/healthz").status, 200);
  clients.pop_back();
  std::this_thread::sleep_for(milliseconds(100));
  EXPECT_EQ(get("/healthz").status, 200);
}

TEST_F(Limited, AllBodiesTogetherHaveALimit) {
  auto holder = connect();
  holder.send("POST /v1/applications HTTP/1.1\r\nHost: a\r\nContent-Length: 900\r\n\r\n{");
  std::this_thread::sleep_for(milliseconds(50));
  const Reply refused = post("/v1/applications", std::string(200, ' '));
  EXPECT_EQ(refused.status, 503);
  EXPECT_THAT(refused.body, HasSubstr("/no-room"));
  EXPECT_TRUE(holder.is_closed(milliseconds(1000)));
  EXPECT_EQ(post("/v1/applications", std::string(200, ' ')).status, 400);
}

// The description and the server say the same.
TEST(OpenApi, NamesTheRoutesTheirMethodsAndTheProblems) {
  const auto document = boost::json::parse(http::openapi_json()).as_object();
  const auto& paths = document.at("paths").as_object();
  for (std::size_t i = 1; i < http::kRoutes; ++i) {
    const auto route = static_cast<http::Route>(i);
    const std::string path(http::template_of(route));
    ASSERT_TRUE(paths.contains(path)) << path;
    std::string methods;
    for (const char* method : {"get", "post", "put", "delete", "patch"}) {
      const bool described = paths.at(path).as_object().contains(method);
      std::string upper(method);
      for (char& c : upper) c = static_cast<char>(std::toupper(c));
      EXPECT_EQ(http::methods_of(route).find(upper) != std::string_view::npos, described)
          << path << " " << method;
    }
  }
  EXPECT_EQ(paths.size(), http::kRoutes - 1);
  std::set<std::string> described;
  for (const auto& type : document.at("components")
                              .at("schemas")
                              .at("Problem")
                              .at("properties")
                              .at("type")
                              .at("enum")
                              .as_array())
    described.insert(std::string(type.as_string()));
  std::set<std::string> made;
  for (int kind = 0; kind <= static_cast<int>(http::ProblemKind::fault); ++kind)
    made.insert(http::type_of(static_cast<http::ProblemKind>(kind)));
  EXPECT_EQ(described, made);
}

TEST_F(Server, ServesItsDescription) {
  EXPECT_EQ(parsed(get("/openapi.json")).at("openapi"), "3.1.0");
}

}  // namespace
}  // namespace guichet
