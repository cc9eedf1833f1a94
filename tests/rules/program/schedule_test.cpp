#include "rules/program/schedule.h"

#include <gtest/gtest.h>

#include <random>

#include "programs_for_test.h"

namespace guichet::rules {
namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year_month_day;

unsigned month_of(Day d) {
  return static_cast<unsigned>(year_month_day{d}.month());
}

std::vector<std::string> due_days(const std::string& program, const char* from, const char* to) {
  std::vector<std::string> due;
  for (Day at = day(from); at <= day(to);
       at = benefit_year(catalogue().find(program)->manifest(), at).to + days{1})
    for (const auto& entitlement :
         schedule(catalogue().find(program)->manifest(), holidays(), Money::of_cents(120'000), at))
      if (from_days(entitlement.due()) >= day(from) && from_days(entitlement.due()) <= day(to))
        due.push_back(to_string(from_days(entitlement.due())));
  return due;
}

using Days = std::vector<std::string>;

TEST(PaymentDates, TheCanadaChildBenefitIsPaidAsPublished) {
  EXPECT_EQ(
      due_days("ca-ccb", "2026-01-01", "2026-12-31"),
      (Days{"2026-01-20", "2026-02-20", "2026-03-20", "2026-04-20", "2026-05-20", "2026-06-19",
            "2026-07-20", "2026-08-20", "2026-09-18", "2026-10-20", "2026-11-20", "2026-12-11"}));
  EXPECT_EQ(
      due_days("ca-ccb", "2025-01-01", "2025-12-31"),
      (Days{"2025-01-20", "2025-02-20", "2025-03-20", "2025-04-17", "2025-05-20", "2025-06-20",
            "2025-07-18", "2025-08-20", "2025-09-19", "2025-10-20", "2025-11-20", "2025-12-12"}));
}

TEST(PaymentDates, ProvincialChildBenefitsComeWithTheFederalOne) {
  const Days federal = due_days("ca-ccb", "2023-01-01", "2027-12-31");
  EXPECT_EQ(due_days("on-ocb", "2023-01-01", "2027-12-31"), federal);
  EXPECT_EQ(due_days("nb-ctb", "2023-01-01", "2027-12-31"), federal);
}

TEST(PaymentDates, TheGstCreditIsPaidEachQuarter) {
  EXPECT_EQ(due_days("ca-gst", "2025-01-01", "2026-12-31"),
            (Days{"2025-01-03", "2025-04-04", "2025-07-04", "2025-10-03", "2026-01-05",
                  "2026-04-02", "2026-07-03", "2026-10-05"}));
}

TEST(PaymentDates, OldAgeSecurityIsPaidThreeBusinessDaysBeforeTheMonthEnds) {
  EXPECT_EQ(
      due_days("ca-oas", "2026-01-01", "2026-12-31"),
      (Days{"2026-01-28", "2026-02-25", "2026-03-27", "2026-04-28", "2026-05-27", "2026-06-26",
            "2026-07-29", "2026-08-27", "2026-09-25", "2026-10-28", "2026-11-26", "2026-12-22"}));
  EXPECT_EQ(
      due_days("ca-oas", "2024-01-01", "2024-12-31"),
      (Days{"2024-01-29", "2024-02-27", "2024-03-26", "2024-04-26", "2024-05-29", "2024-06-26",
            "2024-07-29", "2024-08-28", "2024-09-25", "2024-10-29", "2024-11-27", "2024-12-20"}));
}

TEST(Schedule, TheExampleFamilyIsPaidToTheCent) {
  const auto amount_due = [](const char* program, std::int64_t annual, const char* on) {
    std::int64_t cents = 0;
    for (const auto& entitlement : schedule(catalogue().find(program)->manifest(), holidays(),
                                            Money::of_cents(annual), day("2026-01-01")))
      if (from_days(entitlement.due()) == day(on)) cents += entitlement.amount_cents();
    return cents;
  };
  EXPECT_EQ(amount_due("ca-gst", 88'200, "2026-01-05"), 22'050);
  EXPECT_EQ(amount_due("ca-ccb", 799'700, "2026-01-20"), 66'641);
  EXPECT_EQ(amount_due("nb-ctb", 50'000, "2026-01-20"), 4'166);
  EXPECT_EQ(
      amount_due("ca-ccb", 799'700, "2026-02-20") + amount_due("nb-ctb", 50'000, "2026-02-20"),
      70'809);
}

TEST(Schedule, NothingIsDueOfNothing) {
  for (const auto& program : catalogue().all())
    EXPECT_TRUE(schedule(program->manifest(), holidays(), Money{}, day("2026-01-01")).empty());
}

// Any calendar, any amount, any day: the parts add up, the periods tile the benefit year, and each
// due day is a business day of its month.
TEST(Schedule, HoldsForAnyCalendarAmountAndDay) {
  std::mt19937_64 random(4);
  const auto pick = [&](std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>(low, high)(random);
  };
  for (int round = 0; round < 20'000; ++round) {
    Manifest manifest;
    manifest.benefit_year_first_month = static_cast<unsigned>(pick(1, 12));
    for (unsigned i = 0; i < 12; ++i)
      if (pick(0, 2) > 0)
        manifest.payments.months.push_back((manifest.benefit_year_first_month - 1 + i) % 12 + 1);
    if (manifest.payments.months.empty())
      manifest.payments.months = {manifest.benefit_year_first_month};
    manifest.payments.rule = pick(0, 1) ? PaymentCalendar::Rule::day_of_month
                                        : PaymentCalendar::Rule::last_business_days;
    manifest.payments.number = static_cast<unsigned>(
        manifest.payments.rule == PaymentCalendar::Rule::day_of_month ? pick(5, 31) : pick(1, 15));
    const Money annual = Money::of_cents(pick(1, pick(0, 3) ? 2'000'000 : 100'000'000'000'000));
    const Day effective = day("2020-01-01") + days{pick(0, 4'000)};

    const auto entitlements = schedule(manifest, holidays(), annual, effective);
    const BenefitYear year = benefit_year(manifest, effective);
    ASSERT_LE(year.from, effective);
    ASSERT_GE(year.to, effective);
    ASSERT_EQ(month_of(year.from), manifest.benefit_year_first_month);
    ASSERT_TRUE(year.to - year.from == days{364} || year.to - year.from == days{365});

    ASSERT_EQ(entitlements.size(), manifest.payments.months.size());
    std::int64_t sum = 0;
    Day next = year.from;
    for (std::size_t i = 0; i < entitlements.size(); ++i) {
      const auto& entitlement = entitlements[i];
      sum += entitlement.amount_cents();
      ASSERT_LE(std::abs(entitlement.amount_cents() -
                         annual.cents() / static_cast<std::int64_t>(entitlements.size())),
                1);
      ASSERT_EQ(from_days(entitlement.from()), next);
      next = from_days(entitlement.to()) + days{1};
      const Day due = from_days(entitlement.due());
      ASSERT_EQ(month_of(due), manifest.payments.months[i]);
      ASSERT_TRUE(holidays().is_business_day(due));
      ASSERT_GE(due, year.from);
      ASSERT_LE(due, year.to);
    }
    ASSERT_EQ(next, year.to + days{1});
    ASSERT_EQ(sum, annual.cents());
  }
}

TEST(Schedule, ThePeriodOfFebruaryEndsOnTheLeapDay) {
  const auto entitlements = schedule(catalogue().find("ca-ccb")->manifest(), holidays(),
                                     Money::of_cents(1'200), day("2024-02-29"));
  ASSERT_EQ(entitlements.size(), 12u);
  EXPECT_EQ(from_days(entitlements[7].from()), day("2024-02-01"));
  EXPECT_EQ(from_days(entitlements[7].to()), day("2024-02-29"));
}

TEST(Schedule, ABenefitYearBeginsAndEndsWhereItsProgramSays) {
  const Manifest& child_benefit = catalogue().find("ca-ccb")->manifest();
  EXPECT_EQ(benefit_year(child_benefit, day("2026-06-30")).from, day("2025-07-01"));
  EXPECT_EQ(benefit_year(child_benefit, day("2026-06-30")).to, day("2026-06-30"));
  EXPECT_EQ(benefit_year(child_benefit, day("2026-07-01")).from, day("2026-07-01"));
  const Manifest& pension = catalogue().find("ca-oas")->manifest();
  EXPECT_EQ(benefit_year(pension, day("2026-06-30")).from, day("2026-01-01"));
  EXPECT_EQ(benefit_year(pension, day("2026-12-31")).to, day("2026-12-31"));
}

}  // namespace
}  // namespace guichet::rules
