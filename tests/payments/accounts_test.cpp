#include <gmock/gmock.h>

#include "payments/posting.h"
#include "tests/payments/counter.h"

namespace guichet::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<v1::EntitlementLine> family() {
  return {monthly("ca-ccb", {66'641, 66'641, 66'641}), monthly("nb-ctb", {4'166, 4'166, 4'166})};
}

TEST(Accounts, OnePaymentFromTwoGovernments) {
  Counter counter;
  counter.entitle(kMarie, family());
  counter.pay("r1", due_day(0));
  ASSERT_THAT(counter.instructions(), SizeIs(1));
  const v1::Payment payment = counter.instructions()[0].payment();
  EXPECT_EQ(payment.id(), "r1/c_marie");
  EXPECT_EQ(payment.amount_cents(), 70'807);
  ASSERT_THAT(payment.parts(), SizeIs(2));
  EXPECT_EQ(payment.parts(0).program(), "ca-ccb");
  EXPECT_EQ(payment.parts(1).government(), "NB");
  EXPECT_EQ(payment.method().account(), "1234567");
  EXPECT_LE(payment.end_to_end_id().size(), 35U);
  EXPECT_EQ(counter.instructions()[0].payee_name(), "Marie Cormier");
}

TEST(Accounts, TheBooksBalanceAndEachPostingSaysWhy) {
  Counter counter;
  counter.entitle(kMarie, family());
  counter.pay("r1", due_day(0));
  counter.report("r1/c_marie", true, 70'807);
  counter.entitle(kMarie, {monthly("ca-ccb", {50'000, 50'000, 50'000}, "d2")});
  std::uint64_t number = 0;
  for (const v1::Posting& posting : counter.postings()) {
    EXPECT_TRUE(payments::is_balanced(posting));
    EXPECT_EQ(posting.number(), ++number);
    for (const v1::LedgerEntry& entry : posting.entries()) {
      EXPECT_FALSE(entry.determination_id().empty());
      EXPECT_EQ(entry.program_version(), "sha256:" + entry.program());
    }
  }
  EXPECT_EQ(number, 4U);
  using Entry = v1::LedgerEntry;
  EXPECT_EQ(counter.balance(Entry::PROGRAM_COST, "CA"), 150'000);
  EXPECT_EQ(counter.balance(Entry::CLIENT, "CA"), -(150'000 - 66'641));
  EXPECT_EQ(counter.balance(Entry::CLIENT, "NB"), 4'166) << "an overpayment is a debit";
  EXPECT_EQ(counter.balance(Entry::BANK, "NB"), -4'166);
  EXPECT_EQ(counter.balance(Entry::BANK_CLEARING), 0);
}

TEST(Accounts, AChangeIsSetOffWithTheNextRunAndSendsNothingItself) {
  Counter counter;
  counter.entitle(kMarie, {monthly("ca-ccb", {10'000, 10'000, 10'000})});
  counter.pay("r1", due_day(0));
  counter.entitle(kMarie, {monthly("ca-ccb", {12'000, 12'000, 12'000}, "d2")});
  EXPECT_THAT(counter.instructions(), SizeIs(1));
  counter.pay("r2", due_day(1));
  EXPECT_EQ(counter.paid("ca-ccb"), 24'000);
  counter.entitle(kMarie, {monthly("ca-ccb", {9'000, 9'000, 9'000}, "d3")});
  counter.pay("r3", due_day(2));
  EXPECT_EQ(counter.paid("ca-ccb"), 27'000);
  EXPECT_EQ(counter.instructions().back().payment().parts(0).recovered_cents(), 6'000);
}

TEST(Accounts, AClientWithoutAnAccountNumberIsHeldAndLosesNothing) {
  Counter counter;
  auto set = counter.set_of(kMarie, family());
  set.clear_payment();
  counter.give(set);
  counter.pay("r1", due_day(0));
  EXPECT_THAT(counter.instructions(), IsEmpty());
  ASSERT_THAT(counter.preview("r1").left_out(), SizeIs(1));
  EXPECT_EQ(counter.preview("r1").left_out(0).why(), v1::NO_ACCOUNT);
  EXPECT_EQ(counter.preview("r1").left_out(0).amount_cents(), 70'807);
  counter.entitle(kMarie, family());
  counter.pay("r2", due_day(1));
  EXPECT_EQ(counter.instructions().back().payment().amount_cents(), 2 * 70'807);
}

TEST(Accounts, AnAccountThatNoBankTakesIsLeftOutBeforeARunIsReleased) {
  Counter counter;
  auto set = counter.set_of(kMarie, family());
  *set.mutable_payment() = account("666");
  counter.give(set);
  counter.prepare("r1", due_day(0));
  ASSERT_THAT(counter.preview("r1").left_out(), SizeIs(1));
  EXPECT_EQ(counter.preview("r1").left_out(0).why(), v1::UNFIT);
}

TEST(Accounts, ASpouseIsPaidWithTheClientUnlessTheyHaveAnIdAndAnAccountOfTheirOwn) {
  Counter counter;
  auto pension = monthly("ca-oas", {70'000, 70'000}, "d1", "spouse");
  counter.entitle(kMarie, {monthly("ca-oas", {70'000, 70'000}, "d1", "applicant"), pension});
  counter.pay("r1", due_day(0));
  ASSERT_THAT(counter.instructions(), SizeIs(1));
  EXPECT_EQ(counter.instructions()[0].payment().amount_cents(), 140'000);
  pension.set_beneficiary_client_id("c_luc");
  *pension.mutable_beneficiary_payment() = account("7654321");
  counter.entitle(kMarie, {monthly("ca-oas", {70'000, 70'000}, "d1", "applicant"), pension});
  counter.pay("r2", due_day(1));
  ASSERT_THAT(counter.instructions(), SizeIs(3));
  EXPECT_EQ(counter.instructions()[2].payment().id(), "r2/c_marie/spouse");
  EXPECT_EQ(counter.instructions()[2].payment().payee_client_id(), "c_luc");
  EXPECT_EQ(counter.instructions()[2].payment().method().account(), "7654321");
  EXPECT_EQ(counter.instructions()[2].payment().amount_cents(), 70'000);
}

TEST(Accounts, WhatTheBankRejectsIsOwedAgainAndOnlyThatIsSentAgain) {
  Counter counter;
  counter.entitle(kMarie, family());
  counter.entitle("c_anne", family(), "a2");
  counter.pay("r1", due_day(0));
  counter.report("r1/c_marie", false, 70'807);
  counter.report("r1/c_anne", true, 70'807);
  EXPECT_EQ(counter.client().payments(0).status(), v1::REJECTED);
  EXPECT_EQ(counter.client().payments(0).bank_reason(), "AC04");
  EXPECT_EQ(counter.paid("ca-ccb"), 0);
  counter.pay("r2", due_day(0));
  ASSERT_THAT(counter.instructions(), SizeIs(3));
  EXPECT_EQ(counter.instructions()[2].payment().id(), "r2/c_marie");
  EXPECT_EQ(counter.instructions()[2].payment().amount_cents(), 70'807);
  EXPECT_THAT(counter.instructions()[2].payment().changes(), ::testing::Contains(v1::SENT_AGAIN));
  EXPECT_EQ(counter.client("c_anne").payments(0).status(), v1::SETTLED);
}

TEST(Accounts, ARejectionRestoresAlsoWhatARecoveryHadKeptBack) {
  Counter counter;
  counter.entitle(kMarie, {monthly("ca-gst", {10'000, 10'000})});
  counter.pay("r1", due_day(0));
  counter.entitle(kMarie, {monthly("ca-gst", {4'000, 10'000}, "d2")});
  counter.pay("r2", due_day(1));
  EXPECT_EQ(counter.instructions().back().payment().amount_cents(), 5'000) << "half of it";
  counter.report("r2/c_marie", false, 5'000);
  counter.pay("r3", due_day(1));
  EXPECT_EQ(counter.instructions().back().payment().amount_cents(), 5'000);
  EXPECT_EQ(counter.paid("ca-gst"), 15'000);
}

TEST(Accounts, TheBanksAnswersAreTakenOnceAndStrangeOnesGoToAPerson) {
  Counter counter;
  counter.entitle(kMarie, family());
  counter.prepare("r1", due_day(0));
  counter.report("r1/c_marie", true, 70'807);  // not even released
  EXPECT_THAT(counter.dead_letters(), ElementsAre("unknown_payment"));
  counter.release("r1");
  counter.report("r1/c_marie", true, 70'806);
  counter.report("r9/c_marie", false, 70'807);
  EXPECT_THAT(counter.dead_letters(),
              ElementsAre("unknown_payment", "other_amount", "unknown_payment"));
  counter.report("r1/c_marie", true, 70'807);
  const auto postings = counter.postings().size();
  counter.report("r1/c_marie", true, 70'807);
  EXPECT_EQ(counter.postings().size(), postings);
  counter.report("r1/c_marie", false, 70'807);  // it came back late
  EXPECT_EQ(counter.balance(v1::LedgerEntry::BANK), 0);
  EXPECT_EQ(counter.balance(v1::LedgerEntry::BANK_CLEARING), 0);
  EXPECT_EQ(counter.paid("nb-ctb"), 0);
  counter.report("r1/c_marie", true, 70'807);
  EXPECT_EQ(counter.dead_letters().back(), "contradictory_report");
}

TEST(Accounts, StopsKeepPaymentsBackUntilTheyAreLifted) {
  using Stop = v1::PaymentStop;
  const std::vector<std::pair<Stop::Scope, std::string>> stops = {
      {Stop::CLIENT, kMarie},
      {Stop::ACCOUNT, "001-00011-1234567"},
      {Stop::PROGRAM, "ca-ccb"},
      {Stop::ALL, ""}};
  for (const auto& [scope, value] : stops) {
    Counter counter;
    counter.entitle(kMarie, {monthly("ca-ccb", {10'000})});
    counter.stop(scope, value);
    counter.pay("r1", due_day(0));
    EXPECT_THAT(counter.instructions(), IsEmpty()) << scope;
    EXPECT_EQ(counter.preview("r1").left_out(0).why(), v1::STOPPED) << scope;
    counter.stop(scope, value, true);
    counter.pay("r2", due_day(0));
    EXPECT_THAT(counter.instructions(), SizeIs(1)) << scope;
  }
}

TEST(Accounts, AProgramThatIsStoppedHoldsUpNoOther) {
  Counter counter;
  counter.entitle(kMarie, family());
  counter.stop(v1::PaymentStop::PROGRAM, "nb-ctb");
  counter.pay("r1", due_day(0));
  EXPECT_EQ(counter.instructions()[0].payment().amount_cents(), 66'641);
}

TEST(Accounts, AProgramThatPaysItselfIsNotInARun) {
  Counter counter;
  counter.entitle(kMarie, {monthly("nb-heat", {10'000})});
  counter.pay("r1", due_day(0));
  EXPECT_THAT(counter.instructions(), IsEmpty());
  EXPECT_EQ(counter.preview("r1").left_out(0).why(), v1::PAID_BY_PROGRAM);
}

TEST(Accounts, SmallAmountsWaitForOnePayment) {
  Counter counter;
  counter.entitle(kMarie, {monthly("ca-small", {900, 900, 900, 900})});
  counter.pay("r1", due_day(0));
  EXPECT_EQ(counter.preview("r1").left_out(0).why(), v1::BELOW_MINIMUM);
  counter.pay("r2", due_day(1));
  counter.pay("r3", due_day(2));
  ASSERT_THAT(counter.instructions(), SizeIs(1));
  EXPECT_EQ(counter.instructions()[0].payment().amount_cents(), 2'700);
  counter.pay("r4", due_day(3));
  EXPECT_EQ(counter.paid("ca-small"), 3'600);
}

TEST(Accounts, WhatCannotBeUsedChangesNothing) {
  Counter counter;
  counter.entitle(kMarie, family());
  const std::string before = counter.client().SerializeAsString();
  auto set = counter.set_of(kMarie, {});
  eventlog::Record record;
  record.topic = "payments-inbox";
  record.header.set_key("c_other");
  record.header.set_kind(v1::KIND_ENTITLEMENT_SET);
  record.payload = set.SerializeAsString();
  counter.give(record);
  record.payload = "\xff\xff";
  counter.give(record);
  record.header.set_kind(v1::KIND_KEY_STATE);
  counter.give(record);
  record.header.set_kind(v1::KIND_CONTROL);
  counter.give(record);
  record.header.set_key(kMarie);
  v1::PartitionMessage message;
  message.mutable_run()->set_act(v1::RunControl::FREEZE);
  message.mutable_run()->set_run_id("r");
  record.payload = message.SerializeAsString();
  counter.give(record);
  EXPECT_THAT(counter.dead_letters(), ElementsAre("other_client", "undecodable", "unknown_kind",
                                                  "undecodable", "not_a_partition"));
  EXPECT_EQ(counter.client().SerializeAsString(), before);
}

}  // namespace
}  // namespace guichet::testing
