#include "schemas/values/money.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>

namespace guichet {
namespace {

TEST(Money, ReadsWhatItWrites) {
  std::mt19937_64 random(7);
  std::uniform_int_distribution<std::int64_t> cents(-99'999'999'999'999, 99'999'999'999'999);
  for (int i = 0; i < 10'000; ++i) {
    const Money money = Money::of_cents(cents(random));
    EXPECT_EQ(Money::parse(money.to_string()).value(), money);
  }
}

TEST(Money, TakesOneDecimalOrNone) {
  EXPECT_EQ(Money::parse("7").value().cents(), 700);
  EXPECT_EQ(Money::parse("7.5").value().cents(), 750);
  EXPECT_EQ(Money::parse("-0.05").value().cents(), -5);
  EXPECT_EQ(Money::parse("999999999999.99").value().cents(), 99'999'999'999'999);
}

TEST(Money, RefusesWhatIsNotAnAmount) {
  for (const char* text : {"", "-", ".", "1.", ".5", "1.234", "1,00", "1e3", "+1", " 1", "1 ",
                           "--1", "1.-5", "NaN", "1000000000000", "0x10", "１"})
    EXPECT_FALSE(Money::parse(text)) << text;
}

TEST(Money, IsGroupedForPeople) {
  EXPECT_EQ(Money::of_cents(4'661'000).for_people("en"), "$46,610.00");
  EXPECT_EQ(Money::of_cents(4'661'000).for_people("fr"), "46\u00A0610,00\u00A0$");
  EXPECT_EQ(Money::of_cents(5).for_people("en"), "$0.05");
  EXPECT_EQ(Money::of_cents(-123'456'789).for_people("en"), "-$1,234,567.89");
  EXPECT_EQ(Money::of_cents(std::numeric_limits<std::int64_t>::min()).to_string(),
            "-92233720368547758.08");
}

TEST(MoneyDeathTest, StopsOnOverflow) {
  const Money most = Money::of_cents(std::numeric_limits<std::int64_t>::max());
  EXPECT_DEATH((void)(most + Money::of_cents(1)), "broken invariant");
  EXPECT_DEATH((void)(Money::of_cents(-2) - most), "broken invariant");
}

}  // namespace
}  // namespace guichet
