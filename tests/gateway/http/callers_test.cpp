#include <gmock/gmock.h>

#include "gateway/http/caller_shares.h"
#include "gateway/http/proxies.h"
#include "gateway/http/rate_limit.h"
#include "gateway/http/write_queue.h"

namespace guichet::http {
namespace {

using namespace std::chrono_literals;
using boost::asio::ip::make_address;

std::string caller(const Proxies& proxies, const char* peer,
                   std::vector<Request::Field> fields = {}) {
  Request request;
  for (const auto& field : fields) request.fields.push_back(field);
  return proxies.caller(make_address(peer), request).to_string();
}

TEST(Proxies, NobodyIsBelievedWhereNoneIsNamed) {
  EXPECT_EQ(caller(Proxies({}), "192.0.2.1", {{"X-Forwarded-For", "198.51.100.7"}}), "192.0.2.1");
  EXPECT_EQ(caller(Proxies({"10.0.0.0/8"}), "192.0.2.1", {{"Forwarded", "for=198.51.100.7"}}),
            "192.0.2.1");
}

TEST(Proxies, TheLastAddressThatIsNoTrustedProxyIsTheCaller) {
  const Proxies proxies({"10.0.0.0/8", "127.0.0.1", "2001:db8::/32"});
  // What the caller wrote before the proxy added to it is not believed.
  EXPECT_EQ(caller(proxies, "10.1.2.3", {{"X-Forwarded-For", "203.0.113.9, 198.51.100.7"}}),
            "198.51.100.7");
  EXPECT_EQ(caller(proxies, "127.0.0.1", {{"X-Forwarded-For", "198.51.100.7, 10.9.9.9"}}),
            "198.51.100.7");
  EXPECT_EQ(caller(proxies, "127.0.0.1",
                   {{"X-Forwarded-For", "203.0.113.9"}, {"X-Forwarded-For", "198.51.100.7"}}),
            "198.51.100.7");
  EXPECT_EQ(caller(proxies, "2001:db8::5",
                   {{"Forwarded", "for=198.51.100.7;proto=https, for=\"[2001:db8::9]:4711\""},
                    {"X-Forwarded-For", "203.0.113.9"}}),
            "198.51.100.7");
  EXPECT_EQ(caller(proxies, "10.1.2.3", {{"Forwarded", "proto=https;For=\"198.51.100.7:80\""}}),
            "198.51.100.7");
}

TEST(Proxies, WhereTheCallerIsHiddenWhoPassedItOnAnswersForIt) {
  const Proxies proxies({"10.0.0.0/8"});
  EXPECT_EQ(caller(proxies, "10.1.2.3", {{"Forwarded", "for=unknown"}}), "10.1.2.3");
  EXPECT_EQ(caller(proxies, "10.1.2.3", {{"Forwarded", "for=_hidden, for=10.4.4.4"}}), "10.4.4.4");
  EXPECT_EQ(caller(proxies, "10.1.2.3"), "10.1.2.3");
  EXPECT_EQ(caller(proxies, "10.1.2.3", {{"X-Forwarded-For", ",,["}}), "10.1.2.3");
}

TEST(Proxies, WhatIsNoNetworkIsRefused) {
  for (const char* bad : {"proxy", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/x", "::/129", ""})
    EXPECT_THROW(Proxies({bad}), std::runtime_error) << bad;
}

TEST(RateLimit, SoManyRequestsAreAllowedWithinTheWindowAndThenAsManyAsComeBack) {
  RateLimit limit(10, 10s);
  const auto address = make_address("198.51.100.7");
  RateLimit::Time now{1000s};
  for (unsigned i = 0; i < 10; ++i) {
    const auto allowance = limit.take(address, now);
    EXPECT_TRUE(allowance.allowed) << i;
    EXPECT_EQ(allowance.remaining, 9 - i);
  }
  const auto refused = limit.take(address, now);
  EXPECT_FALSE(refused.allowed);
  EXPECT_EQ(refused.retry, 1s);
  EXPECT_EQ(refused.reset, 10s);
  now += 1s;
  EXPECT_TRUE(limit.take(address, now).allowed);
  EXPECT_FALSE(limit.take(address, now).allowed);
  now += 100s;
  EXPECT_EQ(limit.take(address, now).remaining, 9U);
  EXPECT_EQ(limit.policy(), "\"caller\";q=10;w=10");
  EXPECT_EQ(RateLimit::field(refused), "\"caller\";r=0;t=10");
}

TEST(RateLimit, CallersAreToldApartByAddressOrByTheNetworkOfOne) {
  RateLimit limit(1, 10s);
  const RateLimit::Time now{1000s};
  const auto allowed = [&](const char* text) {
    return limit.take(make_address(text), now).allowed;
  };
  EXPECT_TRUE(allowed("198.51.100.7"));
  EXPECT_FALSE(allowed("198.51.100.7"));
  EXPECT_FALSE(allowed("::ffff:198.51.100.7"));
  EXPECT_TRUE(allowed("198.51.100.8"));
  EXPECT_TRUE(allowed("2001:db8:0:1::1"));
  EXPECT_FALSE(allowed("2001:db8:0:1::2"));
  EXPECT_TRUE(allowed("2001:db8:0:2::1"));
}

TEST(RateLimit, ThisMachineIsNotLimitedAndNobodyIsWithoutALimit) {
  EXPECT_FALSE(RateLimit(1, 10s).applies_to(make_address("127.0.0.1")));
  EXPECT_FALSE(RateLimit(1, 10s).applies_to(make_address("::1")));
  EXPECT_FALSE(RateLimit(0, 10s).applies_to(make_address("198.51.100.7")));
  EXPECT_TRUE(RateLimit(1, 10s).applies_to(make_address("198.51.100.7")));
}

TEST(RateLimit, MoreCallersThanAreToldApartShareWhatIsLeft) {
  RateLimit limit(2, 10s);
  const RateLimit::Time now{1000s};
  std::size_t refused = 0;
  for (std::uint32_t i = 0; i < 2 * RateLimit::kMaxCallers; ++i)
    if (!limit.take(boost::asio::ip::address_v4(0x0b000000U + i), now).allowed) ++refused;
  EXPECT_GT(refused, RateLimit::kMaxCallers / 2);
  // Those whose time is over make room.
  const RateLimit::Time later = now + 20s;
  EXPECT_TRUE(limit.take(boost::asio::ip::address_v4(0x7a000000U), later).allowed);
}

TEST(CallerShares, OneCallerHoldsSoManyConnectionsAndSoMuchOfBodies) {
  const Proxies proxies({"10.0.0.1"});
  CallerShares shares(proxies, 2, 100);
  const auto attacker = make_address("2001:db8:0:1::1");
  auto first = shares.enter(attacker);
  auto second = shares.enter(make_address("2001:db8:0:1::2"));  // of the same /64
  ASSERT_TRUE(first && second);
  EXPECT_FALSE(shares.enter(attacker));
  auto other = shares.enter(make_address("2001:db8:0:2::1"));
  ASSERT_TRUE(other);
  EXPECT_TRUE(first->is_crowded());
  EXPECT_FALSE(other->is_crowded());
  EXPECT_TRUE(first->take_body(60));
  EXPECT_FALSE(second->take_body(41));
  EXPECT_TRUE(second->take_body(40));
  EXPECT_TRUE(other->take_body(100));
  first->give_back_body(60);
  EXPECT_TRUE(second->take_body(60));
  first.reset();
  EXPECT_TRUE(shares.enter(attacker));
}

TEST(CallerShares, WhoPassesOnWhatOthersAskHasNoShare) {
  const Proxies proxies({"10.0.0.1"});
  CallerShares shares(proxies, 1, 100);
  std::vector<std::unique_ptr<CallerShares::Place>> places;
  for (int i = 0; i < 5; ++i) {
    places.push_back(shares.enter(make_address("10.0.0.1")));
    ASSERT_TRUE(places.back());
    EXPECT_TRUE(places.back()->take_body(100));
  }
}

TEST(WriteQueue, IsTooOldOnceManyWaitLongAndNoneIsAnsweredInTime) {
  WriteQueue queue(1500ms);
  const WriteQueue::Time began{1000s};
  std::vector<std::unique_ptr<WriteQueue::Place>> places;
  for (int i = 0; i < 64; ++i) places.push_back(queue.enter(began));
  for (const auto& place : places) EXPECT_TRUE(place);  // a burst after a quiet time
  EXPECT_TRUE(queue.enter(began + 1s));
  EXPECT_FALSE(queue.enter(began + 1600ms));
  places[0]->answered(began + 1700ms);  // late: it tells of the same age
  EXPECT_FALSE(queue.enter(began + 1700ms));
  // Few that are stuck turn nobody away.
  places.resize(WriteQueue::kAlwaysTaken - 1);
  auto probe = queue.enter(began + 1700ms);
  ASSERT_TRUE(probe);
  EXPECT_FALSE(queue.enter(began + 1700ms));
  probe->answered(began + 1710ms);
  EXPECT_TRUE(queue.enter(began + 1710ms));
}

}  // namespace
}  // namespace guichet::http
