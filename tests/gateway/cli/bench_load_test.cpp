#include "gateway/cli/bench_load.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <string>
#include <thread>

namespace guichet::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Answers every request on every connection with 200, each after `pause`.
class SlowServer {
 public:
  explicit SlowServer(milliseconds pause) : pause_(pause) {
    listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(listener_, 16), 0);
    socklen_t size = sizeof address;
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    accepting_ = std::jthread([this] { accept_all(); });
  }
  ~SlowServer() {
    ::shutdown(listener_, SHUT_RDWR);
    accepting_.join();
    ::close(listener_);
  }

  ServerAddress address() const { return {"127.0.0.1", std::to_string(port_)}; }

 private:
  void accept_all() {
    std::vector<std::jthread> connections;
    for (int client = 0; (client = ::accept(listener_, nullptr, nullptr)) >= 0;)
      connections.emplace_back([this, client] { answer_all(client); });
  }

  void answer_all(int client) {
    const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
    std::string bytes(64 * 1024, '\0');
    // A request comes whole: it is small, and sent at once.
    while (::recv(client, bytes.data(), bytes.size(), 0) > 0) {
      if (!bytes.starts_with("GET")) std::this_thread::sleep_for(pause_);
      if (::send(client, answer.data(), answer.size(), MSG_NOSIGNAL) < 0) break;
    }
    ::close(client);
  }

  milliseconds pause_;
  int listener_ = -1;
  unsigned port_ = 0;
  std::jthread accepting_;
};

TEST(BenchLoad, AtARateSendsAllThatWasDueHoweverLateAndCountsFromWhenItWas) {
  const SlowServer server(milliseconds{100});
  BenchPlan plan;
  plan.server = server.address();
  plan.time = seconds{1};
  plan.connections = 1;
  plan.rate = 20;  // twice what one connection can
  const BenchResult result = run_bench(plan);
  EXPECT_EQ(result.applications, 20U);
  EXPECT_TRUE(result.errors.empty());
  EXPECT_GE(result.max_ms, 1'000);
  EXPECT_GE(result.p50_ms, 400);
}

TEST(BenchLoad, WarmsUpWithoutCounting) {
  const SlowServer server(milliseconds{10});
  BenchPlan plan;
  plan.server = server.address();
  plan.time = seconds{1};
  plan.warm_up = seconds{1};
  plan.connections = 1;
  plan.rate = 10;
  EXPECT_EQ(run_bench(plan).applications, 10U);
}

}  // namespace
}  // namespace guichet::cli
