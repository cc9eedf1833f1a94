#include "gateway/cli/bench_application.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <set>

namespace guichet::cli {
namespace {

bool passes_luhn(const std::string& sin) {
  int sum = 0;
  for (std::size_t i = 0; i < sin.size(); ++i) {
    int digit = sin[i] - '0';
    if (i % 2 == 1) digit *= 2;
    sum += digit / 10 + digit % 10;
  }
  return sum % 10 == 0;
}

TEST(BenchApplication, EverySinIsDistinctAndPassesLuhn) {
  EXPECT_EQ(bench_sin(4645427), "046454286");  // the example of the documentation
  std::set<std::string> seen;
  for (std::uint64_t n = 99'990'000; n < 100'010'000; ++n) {
    const std::string sin = bench_sin(n);
    ASSERT_EQ(sin.size(), 9U);
    ASSERT_TRUE(passes_luhn(sin)) << sin;
    seen.insert(sin);
  }
  EXPECT_EQ(seen.size(), 20'000U);
}

TEST(BenchApplication, NoSinIsNineZeros) {
  EXPECT_EQ(bench_sin(0), "000000018");
  EXPECT_EQ(bench_sin(kDistinctSins - 1), "999999998");
  EXPECT_EQ(bench_sin(kDistinctSins), bench_sin(0));
}

TEST(BenchApplication, TheSameNumberGivesTheSameBytesAndNamesThePrograms) {
  EXPECT_EQ(bench_application(7, {}), bench_application(7, {}));
  EXPECT_NE(bench_application(7, {}), bench_application(8, {}));
  const auto value = boost::json::parse(bench_application(7, {"ca-ccb"}));
  EXPECT_EQ(value.at("programs"), boost::json::array({"ca-ccb"}));
}

TEST(BenchApplication, ComesInAtTheDeskOfWhoeverSendsIt) {
  EXPECT_EQ(boost::json::parse(bench_application(7, {}, "portal")).at("channel").at("desk"),
            "portal");
  EXPECT_FALSE(boost::json::parse(bench_application(7, {})).as_object().contains("channel"));
}

}  // namespace
}  // namespace guichet::cli
