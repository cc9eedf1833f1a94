// A system that lets the server open few files, and callers who hold as many connections as they
// can.

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <optional>
#include <thread>
#include <vector>

#include "tests/end_to_end/calls.h"
#include "tests/end_to_end/running_server.h"

namespace guichet::end_to_end {
namespace {

using std::chrono::steady_clock;
using testing::HasSubstr;
using testing::Not;

constexpr std::chrono::seconds kPatience{20};

/// Connections that say nothing.
class IdleConnections {
 public:
  IdleConnections(const RunningServer& server, int count) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(
        static_cast<std::uint16_t>(std::stoi(server.url().substr(server.url().rfind(':') + 1))));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (int i = 0; i < count; ++i) {
      open_.push_back(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
      EXPECT_EQ(connect(open_.back(), reinterpret_cast<const sockaddr*>(&to), sizeof to), 0);
    }
  }
  ~IdleConnections() {
    for (const int fd : open_) close(fd);
  }
  IdleConnections(const IdleConnections&) = delete;
  IdleConnections& operator=(const IdleConnections&) = delete;

 private:
  std::vector<int> open_;
};

/// None where the connection was closed instead.
std::optional<cli::HttpResponse> try_to_apply(cli::HttpClient& client) {
  try {
    return post(client, "/v1/applications", demo_family(), {{"Prefer", "wait=10"}});
  } catch (const cli::CannotReach&) {
    return std::nullopt;
  }
}

TEST(FewDescriptors, WhoIsIdleMakesRoomForWhoIsNot) {
  RunningServer server({"--threads", "2"}, RunningServer::Start::kLater);
  server.set_wrapper({"prlimit", "--nofile=64:64"});
  server.start();
  // At once, before the log has opened all that it opens only when it needs it.
  const IdleConnections idle(server, 200);
  auto client = server.client();
  const auto until = steady_clock::now() + kPatience;
  std::optional<cli::HttpResponse> answer;
  while ((!answer || answer->status == 503) && steady_clock::now() < until) {
    answer = try_to_apply(client);
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200U) << answer->body;
  for (int i = 0; i < 30; ++i) apply(client, demo_family());
  EXPECT_EQ(json_of(get(client, "/v1/applications")).at("items").as_array().size(), 31U);
  EXPECT_THAT(server.log(), Not(HasSubstr("Too many open files")));
  EXPECT_THAT(server.log(), Not(HasSubstr("the log is away")));
  EXPECT_EQ(server.terminate(), 0);
}

TEST(FewDescriptors, TooFewAreSaidAtTheStart) {
  RunningServer server({"--threads", "2"}, RunningServer::Start::kLater);
  server.set_wrapper({"prlimit", "--nofile=40:40"});
  EXPECT_FALSE(server.try_start());
  EXPECT_EQ(server.exit_code(), 1);
  EXPECT_THAT(server.log(), HasSubstr("ulimit -n"));
  EXPECT_FALSE(std::filesystem::exists(server.data()));
}

}  // namespace
}  // namespace guichet::end_to_end
