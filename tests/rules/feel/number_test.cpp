#include "rules/feel/number.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#define DECIMAL_CALL_BY_REFERENCE 0
#define DECIMAL_GLOBAL_ROUNDING 0
#define DECIMAL_GLOBAL_EXCEPTION_FLAGS 0
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
#include <bid_conf.h>
// after it
#include <bid_functions.h>
#pragma GCC diagnostic pop

namespace guichet::feel {
namespace {

/// The same number in Intel's decimal128, by way of its text.
BID_UINT128 decimal128(const Number& number) {
  std::string text = number.to_string();
  unsigned flags = 0;
  return bid128_from_string(text.data(), 0, &flags);
}

Number from_decimal128(BID_UINT128 value) {
  char text[64];
  unsigned flags = 0;
  bid128_to_string(text, value, &flags);
  return *Number::parse(text);
}

/// Numbers as they stand in programs (cents, rates), and at the edges of both forms.
class Draw {
 public:
  Number operator()() {
    switch (pick(6)) {
      case 0:
        return Number::scaled(whole(-10'000'000, 10'000'000), 2);
      case 1:
        return Number::scaled(whole(-100'000, 100'000), static_cast<unsigned>(pick(7)));
      case 2:
        return Number(whole(-1000, 1000));
      case 3:
        return Number::scaled(static_cast<std::int64_t>(random_()),
                              static_cast<unsigned>(pick(19)));
      case 4:
        return *Number::parse(digits(20 + pick(14)));
      default:
        return *Number::parse(digits(34) + "e" + std::to_string(static_cast<int>(pick(60)) - 40));
    }
  }
  std::int64_t whole(std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>(low, high)(random_);
  }
  std::size_t pick(std::size_t n) {
    return static_cast<std::size_t>(whole(0, static_cast<std::int64_t>(n) - 1));
  }

 private:
  std::string digits(std::size_t n) {
    std::string text = pick(2) ? "-" : "";
    for (std::size_t i = 0; i < n; ++i) text += static_cast<char>('0' + pick(10));
    return text;
  }
  std::mt19937_64 random_{20261124};
};

constexpr int kDraws = 100'000;

TEST(Number, AgreesWithDecimal128InArithmetic) {
  Draw draw;
  unsigned flags = 0;
  for (int i = 0; i < kDraws; ++i) {
    const Number a = draw(), b = draw();
    const BID_UINT128 x = decimal128(a), y = decimal128(b);
    SCOPED_TRACE(a.to_string() + " and " + b.to_string());
    ASSERT_EQ(*(a + b), from_decimal128(bid128_add(x, y, 0, &flags)));
    ASSERT_EQ(*(a - b), from_decimal128(bid128_sub(x, y, 0, &flags)));
    ASSERT_EQ(*(a * b), from_decimal128(bid128_mul(x, y, 0, &flags)));
    if (b.is_zero()) {
      ASSERT_FALSE(a / b);
    } else {
      ASSERT_EQ(*(a / b), from_decimal128(bid128_div(x, y, 0, &flags)));
    }
    ASSERT_EQ(a < b, bid128_quiet_less(x, y, &flags) != 0);
    ASSERT_EQ(a == b, bid128_quiet_equal(x, y, &flags) != 0);
  }
}

TEST(Number, RoundsAsDecimal128Does) {
  Draw draw;
  const std::pair<Rounding, unsigned> modes[] = {{Rounding::half_even, 0},
                                                 {Rounding::floor, 1},
                                                 {Rounding::ceiling, 2},
                                                 {Rounding::down, 3},
                                                 {Rounding::half_up, 4}};
  for (int i = 0; i < kDraws; ++i) {
    const Number a = draw();
    const int scale = static_cast<int>(draw.pick(6)) - 2;
    std::string unit = "1e" + std::to_string(-scale);
    for (const auto& [how, mode] : modes) {
      unsigned flags = 0;
      const BID_UINT128 expected =
          bid128_quantize(decimal128(a), bid128_from_string(unit.data(), 0, &flags), mode, &flags);
      if (bid128_isNaN(expected)) continue;  // more than 34 digits: nothing to round
      ASSERT_EQ(*a.round(scale, how), from_decimal128(expected))
          << a.to_string() << " to " << scale;
    }
  }
}

TEST(Number, RoundsHalvesDownTowardsZero) {
  EXPECT_EQ(Number::parse("2.5")->round(0, Rounding::half_down)->to_string(), "2");
  EXPECT_EQ(Number::parse("-2.5")->round(0, Rounding::half_down)->to_string(), "-2");
  EXPECT_EQ(Number::parse("2.51")->round(0, Rounding::half_down)->to_string(), "3");
  const auto large = Number::parse("12345678901234567890123.5");
  EXPECT_EQ(large->round(0, Rounding::half_down)->to_string(), "12345678901234567890123");
  EXPECT_EQ((-*large).round(0, Rounding::half_down)->to_string(), "-12345678901234567890123");
  EXPECT_EQ(Number::parse("12345678901234567890123.51")->round(0, Rounding::half_down)->to_string(),
            "12345678901234567890124");
}

TEST(Number, IsReadBackFromItsText) {
  Draw draw;
  for (int i = 0; i < kDraws; ++i) {
    const Number a = draw();
    ASSERT_EQ(*Number::parse(a.to_string()), a);
  }
  EXPECT_EQ(Number::parse("-0.00")->to_string(), "0");
  EXPECT_EQ(Number::parse("1.500e3")->to_string(), "1500");
  for (const char* wrong :
       {"", "-", ".", "1.", "1e", "1e+", "0x1", "1 ", "inf", "nan", "1..2", "--1"})
    EXPECT_FALSE(Number::parse(wrong)) << wrong;
}

TEST(Number, NeverIsInfiniteOrNotANumber) {
  const Number huge = *Number::parse("9e6144");
  EXPECT_FALSE(huge * huge);
  EXPECT_FALSE(huge * Number(2));
  EXPECT_FALSE(Number::power(huge, Number(3)));
  EXPECT_FALSE(Number(-1).sqrt());
  EXPECT_FALSE(Number(0).log());
  EXPECT_FALSE(Number::parse("1e7000"));
  EXPECT_FALSE(huge.exp());
}

TEST(Number, GivesCentsWhereTheyFit) {
  EXPECT_EQ(Number::parse("638.605")->to_scaled(2, Rounding::half_up), 63861);
  EXPECT_EQ(Number::parse("-638.605")->to_scaled(2, Rounding::half_up), -63861);
  EXPECT_EQ((*(Number(8) / Number(3))).to_scaled(2, Rounding::half_up), 267);
  EXPECT_EQ(Number::parse("1e30")->to_scaled(2, Rounding::half_up), std::nullopt);
  EXPECT_EQ(Number::parse("9223372036854775807")->to_scaled(0, Rounding::down),
            9223372036854775807);
  EXPECT_EQ(Number::parse("9223372036854775808")->to_scaled(0, Rounding::down), std::nullopt);
  EXPECT_EQ(Number::parse("12.0")->to_int(), 12);
  EXPECT_EQ(Number::parse("12.5")->to_int(), std::nullopt);
}

TEST(Number, OverflowsIntoDecimal128AtTheEdgesOf64Bits) {
  constexpr auto kMin = std::numeric_limits<std::int64_t>::min();
  constexpr auto kMax = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ((*(Number(kMax) + Number(1))).to_string(), "9223372036854775808");
  EXPECT_EQ((-Number(kMin)).to_string(), "9223372036854775808");
  EXPECT_EQ(Number(kMin).abs().to_string(), "9223372036854775808");
  EXPECT_EQ((*(Number(kMin) / Number(-1))).to_string(), "9223372036854775808");
  EXPECT_EQ((*(Number(kMin) - Number(1))).to_string(), "-9223372036854775809");
  EXPECT_EQ((*(Number(kMin) * Number(kMin))).to_string(), "85070591730234615865843651857942050000");
}

}  // namespace
}  // namespace guichet::feel
