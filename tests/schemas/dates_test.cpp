#include "schemas/values/dates.h"

#include <gtest/gtest.h>

namespace guichet {
namespace {

Day day(const char* text) {
  return parse_day(text).value();
}

TEST(Dates, ReadWhatTheyWrite) {
  for (int n = to_days(day("1800-01-01")); n <= to_days(day("2199-12-31")); ++n)
    ASSERT_EQ(parse_day(to_string(from_days(n))).value(), from_days(n));
}

TEST(Dates, RefuseDaysThatDoNotExist) {
  for (const char* text : {"", "2026-02-29", "2026-13-01", "2026-00-10", "2026-01-00", "2026-04-31",
                           "1799-12-31", "2200-01-01", "2026-1-1", "26-01-01", "2026/01/01",
                           "2026-01-01T", "2026-0a-01", "-026-01-01"})
    EXPECT_FALSE(parse_day(text)) << text;
}

TEST(Dates, AreWrittenForPeople) {
  EXPECT_EQ(for_people(day("2026-01-05"), "en"), "January 5, 2026");
  EXPECT_EQ(for_people(day("2026-01-05"), "fr"), "5 janvier 2026");
  EXPECT_EQ(for_people(day("2026-08-01"), "fr"), "1er août 2026");
}

TEST(Dates, AgeGoesUpOnTheBirthday) {
  EXPECT_EQ(age_on(day("2008-05-02"), day("2026-05-01")), 17);
  EXPECT_EQ(age_on(day("2008-05-02"), day("2026-05-02")), 18);
  EXPECT_EQ(age_on(day("2026-01-01"), day("2026-01-01")), 0);
}

TEST(Dates, BornOnLeapDayIsOlderOnMarchFirst) {
  EXPECT_EQ(age_on(day("2008-02-29"), day("2026-02-28")), 17);
  EXPECT_EQ(age_on(day("2008-02-29"), day("2026-03-01")), 18);
  EXPECT_EQ(age_on(day("2008-02-29"), day("2028-02-29")), 20);
}

TEST(Dates, InstantsAreRfc3339) {
  EXPECT_EQ(to_string(from_micros(0)), "1970-01-01T00:00:00Z");
  EXPECT_EQ(to_string(from_micros(1'767'276'202'000'000)), "2026-01-01T14:03:22Z");
  EXPECT_EQ(to_string(from_micros(1'767'276'202'000'042)), "2026-01-01T14:03:22.000042Z");
}

}  // namespace
}  // namespace guichet
