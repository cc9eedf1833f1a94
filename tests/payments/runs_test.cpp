#include <gmock/gmock.h>

#include "tests/payments/counter.h"

namespace guichet::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Outcome = v1::RunVerdict;

struct RunsTest : ::testing::Test {
  Counter counter;

  RunsTest() {
    counter.entitle(kMarie, {monthly("ca-ccb", {10'000, 10'000, 10'000})}, "a1");
    counter.entitle(
        "c_anne", {monthly("ca-ccb", {20'000, 20'000, 20'000}), monthly("nb-ctb", {500, 500, 500})},
        "a2");
  }
};

TEST_F(RunsTest, APreviewSaysWhatWillBePaidAndWhy) {
  counter.prepare("r1", due_day(0));
  EXPECT_EQ(counter.status("r1"), "prepared");
  EXPECT_THAT(counter.run("r1").hash(), ::testing::StartsWith("sha256:"));
  const v1::PartitionTally preview = counter.preview("r1");
  EXPECT_EQ(preview.payments(), 2U);
  EXPECT_EQ(preview.amount_cents(), 30'500);
  ASSERT_THAT(preview.totals(), SizeIs(2));
  EXPECT_EQ(preview.totals(0).program(), "ca-ccb");
  EXPECT_EQ(preview.totals(0).amount_cents(), 30'000);
  EXPECT_EQ(preview.totals(1).government(), "NB");
  EXPECT_EQ(preview.totals(1).amount_cents(), 500);
  EXPECT_EQ(preview.largest(0).payment_id(), "r1/c_anne");
  ASSERT_THAT(preview.changes(), SizeIs(1));
  EXPECT_EQ(preview.changes(0).change(), v1::FIRST_PAYMENT);
  EXPECT_THAT(counter.instructions(), IsEmpty());
}

TEST_F(RunsTest, TheNextPreviewSaysWhatChangedSinceTheLastRun) {
  counter.pay("r1", due_day(0));
  counter.prepare("r2", due_day(1));
  EXPECT_EQ(counter.preview("r2").changes(0).change(), v1::UNCHANGED);
  counter.cancel("r2");
  counter.now = kStart + 30 * kDayUs;
  auto moved = counter.set_of(kMarie, {monthly("ca-ccb", {12'000, 12'000, 12'000}, "d2")});
  *moved.mutable_payment() = account("9999999");
  counter.give(moved);
  counter.now += 4 * kDayUs;
  counter.prepare("r3", due_day(2));
  std::map<v1::PaymentChange, std::uint64_t> changes;
  const v1::PartitionTally preview = counter.preview("r3");
  for (const auto& change : preview.changes()) changes[change.change()] = change.payments();
  EXPECT_EQ(changes[v1::OTHER_DETERMINATION], 1U);
  EXPECT_EQ(changes[v1::ARREARS], 2U);
  EXPECT_EQ(changes[v1::OTHER_ACCOUNT], 1U);
  EXPECT_EQ(counter.preview("r3").new_account_payments(), 1U);
  EXPECT_EQ(counter.preview("r3").new_accounts(0).payment_id(), "r3/c_marie");
}

TEST_F(RunsTest, ARunIsReleasedByAnotherPersonWithTheHashTheySaw) {
  counter.prepare("r1", due_day(0), "a.cormier");
  counter.release("r1", "a.cormier");
  EXPECT_EQ(counter.verdict("r1"), Outcome::SAME_PERSON);
  counter.release("r1", "b.leblanc", "sha256:another");
  EXPECT_EQ(counter.verdict("r1"), Outcome::HASH_MISMATCH);
  EXPECT_THAT(counter.instructions(), IsEmpty());
  counter.release("r1", "b.leblanc");
  EXPECT_EQ(counter.verdict("r1"), Outcome::ACCEPTED);
  EXPECT_EQ(counter.status("r1"), "released");
  EXPECT_EQ(counter.run("r1").released_by().subject(), "b.leblanc");
  EXPECT_THAT(counter.instructions(), SizeIs(2));
  ASSERT_THAT(counter.orders(), SizeIs(1));
  EXPECT_EQ(counter.orders()[0].payments(), 2U);
  EXPECT_EQ(counter.orders()[0].amount_cents(), 30'500);
  counter.release("r1", "b.leblanc");
  EXPECT_EQ(counter.verdict("r1"), Outcome::RELEASED);
  EXPECT_THAT(counter.instructions(), SizeIs(2));
}

TEST_F(RunsTest, NobodyIsNotAnotherPerson) {
  counter.prepare("r1", due_day(0), "a.cormier");
  counter.release("r1", "");
  EXPECT_EQ(counter.verdict("r1"), Outcome::SAME_PERSON);
}

TEST_F(RunsTest, TheHashIsThatOfEveryPayment) {
  counter.prepare("r1", due_day(0));
  const std::string hash = counter.run("r1").hash();
  Counter other;
  other.entitle(kMarie, {monthly("ca-ccb", {10'000})}, "a1");
  other.prepare("r1", due_day(0));
  EXPECT_NE(other.run("r1").hash(), hash);
  Counter same;
  same.entitle(kMarie, {monthly("ca-ccb", {10'000})}, "a1");
  same.prepare("r1", due_day(0));
  EXPECT_EQ(same.run("r1").hash(), other.run("r1").hash());
}

TEST_F(RunsTest, ThePreparationIsIdempotentByTheRunsId) {
  counter.prepare("r1", due_day(0));
  const std::string before = counter.client().SerializeAsString();
  counter.prepare("r1", due_day(0));
  EXPECT_EQ(counter.verdict("r1"), Outcome::REPLAYED);
  counter.prepare("r1", due_day(1));
  EXPECT_EQ(counter.verdict("r1"), Outcome::OTHER_DATE);
  EXPECT_EQ(counter.client().SerializeAsString(), before);
}

TEST_F(RunsTest, ADateThatIsOverEverywhereIsRefused) {
  counter.prepare("r1", kJanuary - 1);
  EXPECT_THAT(counter.dead_letters(), ElementsAre("past_date"));
  EXPECT_EQ(counter.run("r1").run_id(), "");
  counter.prepare("r2", kJanuary);
  EXPECT_EQ(counter.status("r2"), "prepared");
  counter.now += 2 * kDayUs;
  counter.release("r2");
  EXPECT_EQ(counter.verdict("r2"), Outcome::PAST_DATE);
}

TEST_F(RunsTest, ACancelledRunPaysNothingAndTheNextOnePaysAll) {
  counter.prepare("r1", due_day(0));
  counter.cancel("r1");
  EXPECT_EQ(counter.status("r1"), "cancelled");
  counter.release("r1");
  EXPECT_EQ(counter.verdict("r1"), Outcome::CANCELLED);
  counter.cancel("r1");
  EXPECT_EQ(counter.verdict("r1"), Outcome::REPLAYED);
  EXPECT_THAT(counter.instructions(), IsEmpty());
  counter.pay("r2", due_day(0));
  EXPECT_EQ(counter.outcome("r2").amount_cents(), 30'500);
  counter.cancel("r2");
  EXPECT_EQ(counter.verdict("r2"), Outcome::RELEASED);
}

TEST_F(RunsTest, TwoRunsAtATimeNeverListTheSame) {
  counter.prepare("r1", due_day(0));
  counter.prepare("r2", due_day(1));
  EXPECT_EQ(counter.preview("r2").payments(), 0U);
  EXPECT_EQ(counter.preview("r2").left_out(0).why(), v1::IN_ANOTHER_RUN);
  counter.release("r1");
  counter.release("r2");
  EXPECT_EQ(counter.status("r2"), "settled") << "it has no file";
  EXPECT_THAT(counter.instructions(), SizeIs(2));
}

TEST_F(RunsTest, WhatChangedSinceThePreviewIsLeftForTheNextRun) {
  counter.prepare("r1", due_day(0));
  counter.entitle(kMarie, {monthly("ca-ccb", {9'000, 9'000})}, "a1");
  counter.release("r1");
  EXPECT_EQ(counter.outcome("r1").payments(), 1U);
  EXPECT_EQ(counter.outcome("r1").left_out(0).why(), v1::CHANGED_SINCE);
  EXPECT_EQ(counter.paid("ca-ccb"), 0);
  counter.pay("r2", due_day(0));
  EXPECT_EQ(counter.paid("ca-ccb"), 9'000);
}

TEST_F(RunsTest, MoreThanWasListedIsPaidByTheNextRun) {
  counter.prepare("r1", due_day(0));
  counter.entitle(kMarie, {monthly("ca-ccb", {11'000, 11'000})}, "a1");
  counter.release("r1");
  EXPECT_EQ(counter.paid("ca-ccb"), 10'000);
  counter.pay("r2", due_day(0));
  EXPECT_EQ(counter.paid("ca-ccb"), 11'000);
}

TEST_F(RunsTest, AnAccountThatChangesAfterThePreviewIsNotPaidByIt) {
  counter.prepare("r1", due_day(0));
  auto moved = counter.set_of(kMarie, {monthly("ca-ccb", {10'000, 10'000})}, "a1");
  *moved.mutable_payment() = account("9999999");
  counter.give(moved);
  counter.release("r1");
  EXPECT_EQ(counter.paid("ca-ccb"), 0);
  EXPECT_EQ(counter.outcome("r1").left_out(0).why(), v1::CHANGED_SINCE);
}

TEST_F(RunsTest, AStopAfterThePreviewHolds) {
  counter.prepare("r1", due_day(0));
  counter.stop(v1::PaymentStop::CLIENT, kMarie);
  counter.stop(v1::PaymentStop::PROGRAM, "nb-ctb");
  counter.release("r1");
  EXPECT_THAT(counter.instructions(), IsEmpty());
  EXPECT_EQ(counter.outcome("r1").left_out(0).why(), v1::STOPPED);
}

TEST_F(RunsTest, AClientWhomAFaultHeldThroughTheReleaseIsPaidByTheNextRun) {
  counter.prepare("r1", due_day(0));
  counter.held = kMarie;
  counter.release("r1");
  EXPECT_EQ(counter.paid("ca-ccb"), 0);
  counter.held.clear();
  counter.pay("r2", due_day(0));
  EXPECT_EQ(counter.paid("ca-ccb"), 10'000);
  counter.held = kMarie;
  counter.prepare("r3", due_day(1));
  EXPECT_EQ(counter.preview("r3").left_out(0).why(), v1::HELD);
}

TEST_F(RunsTest, ARunIsSentWhenItsFilesAreWrittenAndSettledWhenTheBankAnswered) {
  counter.pay("r1", due_day(0));
  const auto file = [&](v1::Kind kind, const google::protobuf::MessageLite& payload) {
    eventlog::Record record;
    record.topic = "runs-inbox";
    record.header.set_key("r1");
    record.header.set_kind(kind);
    record.payload = payload.SerializeAsString();
    counter.give(record);
  };
  v1::FileWritten written;
  written.set_run_id("r1");
  written.set_number(1);
  written.set_sha256("abc");
  file(v1::KIND_FILE_WRITTEN, written);
  EXPECT_EQ(counter.status("r1"), "sent");
  file(v1::KIND_FILE_WRITTEN, written);
  EXPECT_THAT(counter.dead_letters(), IsEmpty());
  written.set_sha256("another");
  file(v1::KIND_FILE_WRITTEN, written);
  written.set_number(2);
  file(v1::KIND_FILE_WRITTEN, written);
  EXPECT_THAT(counter.dead_letters(), ElementsAre("same_id_other_content", "unknown_file"));
  v1::FileAnswered answered;
  answered.set_number(1);
  answered.set_accepted(2);
  file(v1::KIND_FILE_ANSWERED, answered);
  EXPECT_EQ(counter.status("r1"), "settled");
}

TEST_F(RunsTest, CommandsForARunThatIsNotThereAreRefused) {
  counter.release("nowhere", "b.leblanc", "x");
  counter.cancel("nowhere");
  EXPECT_THAT(counter.dead_letters(), ElementsAre("unknown_run", "unknown_run"));
}

}  // namespace
}  // namespace guichet::testing
