#include "gateway/http/framing.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/gateway/http/ambiguous.h"

namespace guichet::http {
namespace {

unsigned refused_with(const std::string& header) {
  const auto checked = check_framing(header, 64);
  const FramingRefusal* why = std::get_if<FramingRefusal>(&checked);
  return why == nullptr ? 200 : status_of(why->problem);
}

TEST(Framing, TakesPlainRequests) {
  for (const char* plain : {
           "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
           "POST /v1/applications HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nContent-Length: 2\r\n\r\n",
           "POST /x HTTP/1.1\r\nhost: [::1]:8080\r\nAccept: */*\r\n\r\n",
           "GET /x HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
           "PUT /x HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 9\r\n\r\n",
           "GET /x HTTP/1.1\r\nHost:a\r\nX-Empty:\r\nAccept: a\r\nAccept: b\r\n\r\n",
       })
    EXPECT_EQ(refused_with(plain), 200U) << plain;
}

TEST(Framing, SaysHowLongTheBodyIsAndWhatTheClientExpects) {
  const auto checked = check_framing(
      "PUT /x HTTP/1.1\r\nHost: a\r\nContent-Length: 007\r\nExpect: 100-continue\r\n"
      "Connection: keep-alive, Close\r\n\r\n",
      64);
  const Framing& framing = std::get<Framing>(checked);
  EXPECT_EQ(framing.body_bytes, 7U);
  EXPECT_TRUE(framing.expects_continue);
  EXPECT_TRUE(framing.close);
}

TEST(Framing, RefusesWhatTwoReadersCouldTakeApartDifferently) {
  for (const testing::Ambiguous& request : testing::ambiguous_requests())
    EXPECT_EQ(refused_with(request.header()), request.status) << request.name;
}

TEST(Framing, EveryRefusalSaysWhyInBothLanguages) {
  for (const testing::Ambiguous& request : testing::ambiguous_requests()) {
    const auto checked = check_framing(request.header(), 64);
    const FramingRefusal& why = std::get<FramingRefusal>(checked);
    EXPECT_FALSE(why.en.empty()) << request.name;
    EXPECT_FALSE(why.fr.empty()) << request.name;
  }
}

TEST(Framing, CountsFields) {
  std::string header = "GET / HTTP/1.1\r\nHost: a\r\n";
  for (int i = 0; i < 63; ++i) header += "X-" + std::to_string(i) + ": v\r\n";
  EXPECT_EQ(refused_with(header + "\r\n"), 200U);
  EXPECT_EQ(refused_with(header + "X-more: v\r\n\r\n"), 431U);
}

TEST(Framing, FindsAFieldAlsoInAHeaderThatIsRefused) {
  EXPECT_EQ(raw_field("GET / HTTP/1.0\r\naccept-language:  fr \r\n\r\n", "Accept-Language"), "fr");
  EXPECT_EQ(raw_field("GET / HTTP/1.0\nAccept-Language: fr\n\n", "Accept-Language"), "fr");
  EXPECT_EQ(raw_field("accept-language: fr", "Accept-Language"), "");
}

}  // namespace
}  // namespace guichet::http
