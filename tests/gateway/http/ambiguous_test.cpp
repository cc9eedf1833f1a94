#include "tests/gateway/http/ambiguous.h"

#include <gmock/gmock.h>

#include <cctype>
#include <random>

#include "tests/gateway/http/served.h"

namespace guichet {
namespace {

using namespace testing;
using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::ValuesIn;

constexpr const char* kSmuggled = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";

class AmbiguousRequest : public Served, public ::testing::WithParamInterface<Ambiguous> {
 protected:
  void expect_refused_for_good(Client& client) {
    const auto reply = client.receive();
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->status, static_cast<int>(GetParam().status));
    EXPECT_TRUE(reply->closes());
    EXPECT_EQ(reply->header("content-type"), "application/problem+json");
    // What follows must never be taken for a request of its own.
    EXPECT_FALSE(client.receive(2s));
    EXPECT_TRUE(client.is_closed(0ms));
    EXPECT_THAT(get("/metrics").body, Not(HasSubstr("status=\"404\"")));
  }
};

TEST_P(AmbiguousRequest, IsRefusedAsSoonAsItIsThere) {
  Client client = connect();
  client.send(GetParam().request);
  expect_refused_for_good(client);
}

TEST_P(AmbiguousRequest, IsRefusedAndItsConnectionClosed) {
  Client client = connect();
  client.send(GetParam().request + kSmuggled);
  expect_refused_for_good(client);
}

TEST_P(AmbiguousRequest, IsRefusedBehindAGoodOne) {
  Client client = connect();
  client.send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n" + GetParam().request + kSmuggled);
  const auto good = client.receive();
  ASSERT_TRUE(good);
  EXPECT_EQ(good->status, 200);
  expect_refused_for_good(client);
}

// "two Content-Lengths" → TwoContentLengths
std::string name_of(const ::testing::TestParamInfo<Ambiguous>& info) {
  std::string name;
  bool begins = true;
  for (const char c : std::string(info.param.name)) {
    const auto letter = static_cast<unsigned char>(c);
    if (std::isalnum(letter) != 0) name += begins ? static_cast<char>(std::toupper(letter)) : c;
    begins = std::isalnum(letter) == 0;
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(Framing, AmbiguousRequest, ValuesIn(ambiguous_requests()), name_of);
INSTANTIATE_TEST_SUITE_P(Size, AmbiguousRequest, ValuesIn(oversized_requests()), name_of);

class PlainRequest : public Served {};

// What looks odd and can be read in one way only.
TEST_F(PlainRequest, IsTakenAndTheConnectionGoesOn) {
  Client client = connect();
  for (const char* request :
       {"GET /healthz HTTP/1.1\r\nhOST:[::1]:8080\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nHost: a\r\nX-Request_Id: 1\r\nX-Empty:\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nHost: a\r\nTE: trailers\r\nConnection: keep-alive, TE\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nHost:\t a \t\r\nExpect: 100-Continue\r\n\r\n"}) {
    client.send(request);
    const auto reply = client.receive();
    ASSERT_TRUE(reply) << request;
    EXPECT_EQ(reply->status, 200) << request;
  }
  // Methods that are not for this address, or not for any.
  for (const char* method : {"TRACE", "get", "BREW", "PROPFIND"}) {
    client.send(std::string(method) + " /healthz HTTP/1.1\r\nHost: a\r\nX-Secret: s\r\n\r\n");
    const auto reply = client.receive();
    ASSERT_TRUE(reply) << method;
    EXPECT_EQ(reply->status, 405) << method;
    EXPECT_THAT(reply->body, Not(HasSubstr("Secret"))) << method;
  }
}

class Pairing : public Served {
 protected:
  // A request that is answered with a problem, which carries the trace that the request came with.
  static std::string request(std::mt19937& random, const std::string& trace) {
    const std::string fields =
        " HTTP/1.1\r\nHost: a\r\ntraceparent: 00-" + trace + "-00f067aa0ba902b7-01\r\n";
    if (random() % 2 == 0) return "GET /v1/programs/none" + fields + "\r\n";
    // Its body reads like a request, and like the end of one.
    std::string body = kSmuggled;
    body.append(random() % 300, ' ');
    return "POST /v1/screenings" + fields +
           "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + body;
  }

  static std::string trace(std::mt19937& random) {
    std::string digits;
    while (digits.size() < 32) digits += "123456789abcdef"[random() % 15];
    return digits;
  }
};

TEST_F(Pairing, RequestsOnOneConnectionAreAnsweredEachWithItsOwnAnswer) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    std::mt19937 random(seed);
    std::vector<std::string> traces;
    std::string bytes;
    for (int i = 0; i < 40; ++i) {
      traces.push_back(trace(random));
      bytes += request(random, traces.back());
    }
    Client client = connect();
    for (std::size_t at = 0; at < bytes.size();) {  // cut anywhere
      const std::size_t piece = std::min<std::size_t>(1 + random() % 700, bytes.size() - at);
      ASSERT_TRUE(client.send(std::string_view(bytes).substr(at, piece)));
      at += piece;
    }
    for (const std::string& trace : traces) {
      const auto reply = client.receive();
      ASSERT_TRUE(reply) << "seed " << seed;
      EXPECT_EQ(parsed(*reply).at("trace").as_string(), trace) << "seed " << seed;
    }
    EXPECT_FALSE(client.receive(1ms));
  }
}

}  // namespace
}  // namespace guichet
