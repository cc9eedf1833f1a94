#include "gateway/cli/client_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/cli/http_client.h"

namespace guichet::cli {
namespace {

using std::chrono::seconds;

TEST(Wait, IsSecondsUpToAMinute) {
  EXPECT_EQ(parse_wait("10s").value(), seconds{10});
  EXPECT_EQ(parse_wait("0").value(), seconds{0});
  EXPECT_EQ(parse_wait("1m").value(), seconds{60});
  for (const char* bad : {"", "s", "-1", "61s", "2m", "10ms", "1.5s", "99999999999", "10 s"})
    EXPECT_FALSE(parse_wait(bad)) << bad;
}

TEST(ServerAddress, IsHttpHostAndPort) {
  EXPECT_EQ(parse_server_address("http://127.0.0.1:8080")->to_string(), "http://127.0.0.1:8080");
  EXPECT_EQ(parse_server_address("http://localhost/")->port, "80");
  EXPECT_EQ(parse_server_address("https://localhost/")->to_string(), "https://localhost:443");
  EXPECT_EQ(parse_server_address("http://[::1]:9000")->to_string(), "http://[::1]:9000");
  for (const char* bad : {"", "127.0.0.1:8080", "ftp://x", "http://", "http://x:0", "http://x/v1",
                          "http://me@x", "http://x?y", "http://x:99999"})
    EXPECT_FALSE(parse_server_address(bad)) << bad;
}

TEST(ServerAddress, AnUnreachableServerIsSaidSo) {
  HttpClient client({"127.0.0.1", "1"});
  EXPECT_THROW(client.send({}, seconds{5}), CannotReach);
}

TEST(Targets, AnIdOfAnyShapeIsOneSegment) {
  EXPECT_EQ(application_target("K7Q4-2M9XA-C"), "/v1/applications/K7Q4-2M9XA-C");
  EXPECT_EQ(application_target("../x?é"), "/v1/applications/..%2Fx%3F%C3%A9");
}

}  // namespace
}  // namespace guichet::cli
