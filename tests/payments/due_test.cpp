#include <gtest/gtest.h>

#include "tests/payments/counter.h"

namespace guichet::testing {
namespace {

using payments::Terms;

/// A hundred dollars a month, as far as a line was paid, on the day of the n-th month.
struct DueTest : ::testing::Test {
  payments::Entitled entitled{
      .program = "p", .government = "CA", .beneficiary = "household", .dues = {}};
  v1::EntitledBlock block;
  v1::AccountLine line;
  Terms terms;

  DueTest() {
    block.set_determination_id("d1");
    for (int n = 0; n < 12; ++n)
      entitled.dues.push_back({due_day(n), kJanuary + 30 * n + 29, 10'000, &block});
  }
  void paid(std::int64_t cents, int months) {
    line.set_instructed_cents(cents);
    line.set_reached(months > 0);
    line.set_reached_to(kJanuary + 30 * months - 1);
  }
  v1::PaymentPart on(int month) const {
    return payments::due_on(entitled, line, terms, due_day(month)).part;
  }
};

TEST_F(DueTest, WhatIsDueByADayIsPaidAndNothingBefore) {
  EXPECT_EQ(payments::due_on(entitled, line, terms, due_day(0) - 1).part.amount_cents(), 0);
  EXPECT_EQ(on(0).amount_cents(), 10'000);
  EXPECT_EQ(on(0).arrears_cents(), 0);
  EXPECT_EQ(on(0).determination_id(), "d1");
}

TEST_F(DueTest, WhatWasNotPaidInItsTimeIsArrears) {
  EXPECT_EQ(on(2).amount_cents(), 30'000);
  EXPECT_EQ(on(2).arrears_cents(), 20'000);
  paid(10'000, 1);
  EXPECT_EQ(on(2).amount_cents(), 20'000);
  EXPECT_EQ(on(2).arrears_cents(), 10'000);
}

TEST_F(DueTest, PaidTwiceForNothing) {
  paid(30'000, 3);
  EXPECT_EQ(on(2).amount_cents(), 0);
  EXPECT_EQ(on(2).overpaid_cents(), 0);
}

TEST_F(DueTest, ARaiseOfThePastIsPaidWhole) {
  paid(24'000, 3);
  EXPECT_EQ(on(2).amount_cents(), 6'000);
  EXPECT_EQ(on(2).arrears_cents(), 6'000);
  EXPECT_EQ(on(3).amount_cents(), 16'000);
}

TEST_F(DueTest, AnOverpaymentIsRecoveredByTheWholeOfWhatComes) {
  paid(45'000, 3);  // 150.00 too much
  EXPECT_EQ(on(2).amount_cents(), 0);
  EXPECT_EQ(on(2).overpaid_cents(), 15'000);
  EXPECT_EQ(on(3).amount_cents(), 0);
  EXPECT_EQ(on(3).overpaid_cents(), 5'000);
  EXPECT_EQ(on(4).amount_cents(), 5'000);
  EXPECT_EQ(on(4).recovered_cents(), 15'000);
  EXPECT_EQ(on(4).overpaid_cents(), 0);
}

TEST_F(DueTest, OrByAShareOfEachPayment) {
  terms.recovered_percent = 50;
  paid(36'000, 3);
  EXPECT_EQ(on(3).amount_cents(), 5'000);
  EXPECT_EQ(on(3).recovered_cents(), 5'000);
  EXPECT_EQ(on(3).overpaid_cents(), 1'000);
  paid(41'000, 4);
  EXPECT_EQ(on(4).amount_cents(), 9'000);
  EXPECT_EQ(on(4).recovered_cents(), 1'000);
  EXPECT_EQ(on(4).overpaid_cents(), 0);
}

TEST_F(DueTest, AndAtLeastSoMuchIsLeft) {
  terms.left_cents = 7'500;
  paid(45'000, 3);
  EXPECT_EQ(on(3).amount_cents(), 7'500);
  EXPECT_EQ(on(3).overpaid_cents(), 12'500);
}

TEST_F(DueTest, OrNotAtAll) {
  terms.recovered_percent = 0;
  paid(45'000, 3);
  EXPECT_EQ(on(3).amount_cents(), 10'000);
  EXPECT_EQ(on(3).overpaid_cents(), 15'000);
}

TEST_F(DueTest, ADateThatMovesIsNotPaidTwiceWhateverTheRule) {
  terms.recovered_percent = 0;
  paid(10'000, 1);
  entitled.dues[0].due = due_day(0) + 8;
  EXPECT_EQ(payments::due_on(entitled, line, terms, due_day(0) + 8).part.amount_cents(), 0);
  // Periods that are cut up differently are not paid twice either.
  paid(30'000, 3);
  EXPECT_EQ(on(1).amount_cents(), 0);
}

TEST_F(DueTest, WhatIsLessThanTheMinimumWaitsUntilNothingMoreComes) {
  terms.minimum_cents = 25'000;
  EXPECT_EQ(on(1).amount_cents(), 0);
  EXPECT_EQ(payments::due_on(entitled, line, terms, due_day(1)).waiting_cents, 20'000);
  EXPECT_EQ(on(2).amount_cents(), 30'000);
  paid(110'000, 11);
  EXPECT_EQ(on(11).amount_cents(), 10'000);
}

}  // namespace
}  // namespace guichet::testing
