#include <gmock/gmock.h>

#include "payments/entitled.h"
#include "tests/payments/counter.h"

namespace guichet::testing {
namespace {

using payments::Taken;

struct EntitledTest : ::testing::Test {
  v1::ClientAccount client;
  Counter counter;

  Taken take(const v1::EntitlementSet& set) {
    return payments::take_set(client, set, sha256(set.SerializeAsString()));
  }
  Taken take(std::vector<v1::EntitlementLine> lines, const std::string& application = "a1",
             int from_month = 0) {
    counter.now += 1'000'000;
    return take(counter.set_of(kMarie, std::move(lines), application, kJanuary + 30 * from_month));
  }
  /// By program, what is due in each month.
  std::vector<std::int64_t> months(const std::string& program, int count = 4) const {
    std::vector<std::int64_t> cents(static_cast<std::size_t>(count));
    for (const payments::Entitled& owed : payments::entitled(client))
      if (owed.program == program)
        for (const payments::Due& due : owed.dues)
          cents[static_cast<std::size_t>((due.due - kJanuary) / 30)] += due.cents;
    return cents;
  }
};

TEST_F(EntitledTest, ASetStandsInThePlaceOfTheOneBefore) {
  EXPECT_EQ(take({monthly("ca-ccb", {100, 100, 100, 100}), monthly("nb-ctb", {7, 7, 7, 7})}),
            Taken::fresh);
  take({monthly("ca-ccb", {80, 80, 80, 80})});
  EXPECT_THAT(months("ca-ccb"), ::testing::ElementsAre(80, 80, 80, 80));
  EXPECT_THAT(months("nb-ctb"), ::testing::ElementsAre(0, 0, 0, 0));
}

TEST_F(EntitledTest, WhatWasDueBeforeItsEffectiveDateStays) {
  take({monthly("ca-ccb", {100, 100, 100, 100})});
  take({monthly("ca-ccb", {0, 0, 80, 80})}, "a1", 2);
  EXPECT_THAT(months("ca-ccb"), ::testing::ElementsAre(100, 100, 80, 80));
  take({}, "a1", 3);  // withdrawn from then on
  EXPECT_THAT(months("ca-ccb"), ::testing::ElementsAre(100, 100, 80, 0));
}

TEST_F(EntitledTest, RepeatedAndOvertakenSetsAreDroppedAndMissingOnesCounted) {
  const auto one = counter.set_of(kMarie, {monthly("ca-ccb", {100})});
  const auto two = counter.set_of(kMarie, {monthly("ca-ccb", {200})});
  counter.set_of(kMarie, {});
  const auto four = counter.set_of(kMarie, {monthly("ca-ccb", {400})});
  EXPECT_EQ(take(one), Taken::fresh);
  EXPECT_EQ(take(one), Taken::repeat);
  EXPECT_EQ(take(four), Taken::fresh);
  EXPECT_EQ(take(two), Taken::repeat);
  EXPECT_EQ(client.applications(0).missing(), 2U);
  EXPECT_THAT(months("ca-ccb", 1), ::testing::ElementsAre(400));
  auto other = four;
  other.mutable_lines(0)->mutable_entitlements(0)->set_amount_cents(1);
  EXPECT_EQ(take(other), Taken::contradiction);
  EXPECT_THAT(months("ca-ccb", 1), ::testing::ElementsAre(400));
}

TEST_F(EntitledTest, TwoApplicationsDoNotAddUp) {
  take({monthly("ca-ccb", {100, 100, 100, 100}), monthly("ca-gst", {5, 5, 5, 5})}, "a1");
  take({monthly("ca-ccb", {0, 70, 70, 70})}, "a2", 1);
  EXPECT_THAT(months("ca-ccb"), ::testing::ElementsAre(100, 70, 70, 70));
  EXPECT_THAT(months("ca-gst"), ::testing::ElementsAre(5, 5, 5, 5)) << "a2 has no say on it";
  // The latest submission stands, whichever application it is of.
  take({monthly("ca-ccb", {100, 100, 100, 100})}, "a1");
  EXPECT_THAT(months("ca-ccb"), ::testing::ElementsAre(100, 100, 100, 100));
}

TEST_F(EntitledTest, AnApplicationThatFindsAProgramIneligibleHasItsSay) {
  take({monthly("ca-ccb", {100, 100})}, "a1");
  auto refused = counter.set_of(kMarie, {}, "a2");
  refused.set_as_of_us(counter.now + 5);
  refused.add_programs("ca-ccb");
  take(refused);
  EXPECT_THAT(months("ca-ccb", 2), ::testing::ElementsAre(0, 0));
  take({}, "a2");  // and none once it is withdrawn
  EXPECT_THAT(months("ca-ccb", 2), ::testing::ElementsAre(100, 100));
}

TEST_F(EntitledTest, InWhateverOrderApplicationsComeTheResultIsTheSame) {
  counter.now = kStart + 1;
  const auto first = counter.set_of(kMarie, {monthly("ca-ccb", {100, 100, 100, 100})}, "a1");
  counter.now = kStart + 2;
  const auto second =
      counter.set_of(kMarie, {monthly("ca-ccb", {0, 0, 70, 70})}, "a2", kJanuary + 60);
  take(second);
  take(first);
  EXPECT_THAT(months("ca-ccb"), ::testing::ElementsAre(100, 100, 70, 70));
}

}  // namespace
}  // namespace guichet::testing
