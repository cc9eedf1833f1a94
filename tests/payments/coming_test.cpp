// What is to come, what was paid too much, and what carries a rejected payment.

#include "payments/coming.h"

#include <gmock/gmock.h>

#include "payments/again.h"
#include "tests/payments/counter.h"

namespace guichet::payments {
namespace {

using namespace guichet::testing;

std::optional<Coming> coming_of(const Counter& counter, std::int32_t today) {
  return coming(counter.client(), test_terms, today);
}

TEST(Coming, IsTheFirstDayOnWhichAnythingFallsDue) {
  Counter counter;
  counter.entitle(kMarie, {monthly("ca-ccb", {100, 200}), monthly("nb-ctb", {30, 40})});
  const auto next = coming_of(counter, kJanuary);
  ASSERT_TRUE(next);
  EXPECT_EQ(next->date, due_day(0));
  EXPECT_EQ(next->amount_cents, 130);
  EXPECT_EQ(next->parts.size(), 2U);
}

TEST(Coming, IsTodayWhereAnythingIsOwedByNow) {
  Counter counter;
  counter.entitle(kMarie, {monthly("ca-ccb", {100, 200})});
  const auto next = coming_of(counter, due_day(1) + 3);
  ASSERT_TRUE(next);
  EXPECT_EQ(next->date, due_day(1) + 3);
  EXPECT_EQ(next->amount_cents, 300);
}

TEST(Coming, LeavesOutWhatWasInstructedAndWhatAProgramPaysItself) {
  Counter counter;
  counter.entitle(kMarie, {monthly("ca-ccb", {100, 200}), monthly("nb-heat", {70, 70})});
  counter.pay("r1", due_day(0));
  const auto next = coming_of(counter, due_day(0));
  ASSERT_TRUE(next);
  EXPECT_EQ(next->date, due_day(1));
  EXPECT_EQ(next->amount_cents, 200);
  counter.pay("r2", due_day(1));
  EXPECT_FALSE(coming_of(counter, due_day(1)));
}

TEST(Coming, KeepsBackWhatWasPaidTooMuch) {
  Counter counter;
  counter.entitle(kMarie, {monthly("ca-ccb", {100, 200})});
  EXPECT_TRUE(overpaid(counter.client(), due_day(1)).empty());
  counter.pay("r1", due_day(0));
  counter.entitle(kMarie, {monthly("ca-ccb", {60, 200})});
  const auto lines = overpaid(counter.client(), due_day(0));
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].cents, 40);
  const auto next = coming_of(counter, due_day(0));
  ASSERT_TRUE(next);
  EXPECT_EQ(next->amount_cents, 160);
  EXPECT_EQ(next->parts.at(0).recovered_cents(), 40);
}

TEST(Coming, WhatWasPaidBeforeItsDayIsNotTooMuch) {
  Counter counter;
  counter.entitle(kMarie, {monthly("ca-ccb", {100})});
  counter.pay("r1", due_day(0));
  EXPECT_TRUE(overpaid(counter.client(), kJanuary).empty());
}

TEST(CarriedBy, IsTheNextPaymentThatWasNotRejectedItself) {
  Counter counter;
  counter.entitle(kMarie, {monthly("ca-ccb", {100, 200})});
  const auto rejected = [&](int i) { return counter.client().payments(i); };
  const auto carrier = [&](int i) -> std::string {
    const v1::ClientAccount account = counter.client();
    const v1::Payment* found = carried_by(account, account.payments(i));
    return found == nullptr ? "" : found->run_id();
  };
  counter.pay("r1", due_day(0));
  counter.report(rejected(0).id(), false, 100);
  EXPECT_EQ(carrier(0), "");
  counter.pay("r2", due_day(0));
  EXPECT_EQ(carrier(0), "r2");
  counter.report(rejected(1).id(), false, 100);
  EXPECT_EQ(carrier(0), "");
  counter.pay("r3", due_day(1));
  EXPECT_EQ(carrier(0), "r3");
  EXPECT_EQ(carrier(1), "r3");
}

}  // namespace
}  // namespace guichet::payments
