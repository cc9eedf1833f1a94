// The books, recomputed: balances, what differs, and what governments owe one another.

#include <gmock/gmock.h>

#include "payments/recount.h"
#include "payments/settlement.h"
#include "payments/trial_balance.h"
#include "tests/payments/counter.h"

namespace guichet::testing {
namespace {

using payments::BookAccount;
using payments::Difference;
using payments::Recount;
using payments::Settlement;
using payments::TrialBalance;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// One client of two programs: 100.00 and 50.00 paid and accepted, then 100.00 more rejected.
class Books : public ::testing::Test {
 protected:
  Books() {
    const auto set =
        counter_.set_of(kMarie, {monthly("ca-ccb", {10'000, 10'000}), monthly("nb-ctb", {5'000})});
    counter_.give(set);
    sets_.push_back(set);
    counter_.pay("r1", due_day(0));
    counter_.report(payment("r1"), true, 15'000);
    reports_.push_back(report("r1", true, 15'000));
    counter_.pay("r2", due_day(1));
    counter_.report(payment("r2"), false, 10'000);
    reports_.push_back(report("r2", false, 10'000));
  }

  static std::string payment(const std::string& run) { return run + "/" + kMarie; }
  static v1::PaymentReport report(const std::string& run, bool accepted, std::int64_t cents) {
    v1::PaymentReport report;
    report.set_payment_id(payment(run));
    report.set_accepted(accepted);
    report.set_amount_cents(cents);
    return report;
  }

  /// All that the log has of the client, a second time where wanted.
  void add_all(Recount& recount, int times = 1) const {
    for (int n = 0; n < times; ++n) {
      for (const v1::Posting& posting : counter_.postings()) recount.add_posting(posting);
      for (const v1::EntitlementSet& set : sets_)
        recount.add_set(set, sha256(set.SerializeAsString()));
      for (const auto& instruction : counter_.instructions()) recount.add_instruction(instruction);
      for (const v1::PaymentReport& report : reports_) recount.add_report(kMarie, report);
    }
  }

  Counter counter_;
  std::vector<v1::EntitlementSet> sets_;
  std::vector<v1::PaymentReport> reports_;
};

TEST_F(Books, BalanceByGovernmentProgramAndAccount) {
  TrialBalance books;
  for (int n = 0; n < 2; ++n)  // what comes again counts once
    for (const v1::Posting& posting : counter_.postings()) books.add(posting);
  const auto& accounts = books.accounts();
  EXPECT_EQ(accounts.at({"CA", "ca-ccb", v1::LedgerEntry::PROGRAM_COST}), 20'000);
  EXPECT_EQ(accounts.at({"CA", "ca-ccb", v1::LedgerEntry::CLIENT}), -10'000);
  EXPECT_EQ(accounts.at({"CA", "ca-ccb", v1::LedgerEntry::BANK_CLEARING}), 0);
  EXPECT_EQ(accounts.at({"CA", "ca-ccb", v1::LedgerEntry::BANK}), -10'000);
  EXPECT_EQ(accounts.at({"NB", "nb-ctb", v1::LedgerEntry::BANK}), -5'000);
  EXPECT_EQ(books.sum(), 0);
  EXPECT_EQ(books.sum_of("NB"), 0);
  EXPECT_EQ(books.postings(), counter_.postings().size());
  EXPECT_THAT(books.faults(), IsEmpty());
}

TEST_F(Books, SayWhichPostingIsMissingAndWhichDoesNotBalance) {
  TrialBalance books;
  auto postings = counter_.postings();
  postings[2].mutable_entries(0)->set_amount_cents(1);
  for (std::size_t n = 0; n < postings.size(); ++n)
    if (n != 1) books.add(postings[n]);
  EXPECT_THAT(books.faults(), ElementsAre("c_marie/p3 follows 1",
                                          "c_marie/p3 does not sum to zero for each government"));
}

TEST_F(Books, AgreeWithTheAccountHoweverOftenARecordComes) {
  Recount recount(0, 1);
  recount.add_account(counter_.client(), false);
  add_all(recount, 2);
  EXPECT_THAT(recount.differences(), IsEmpty());
  EXPECT_EQ(recount.accounts(), 1U);
}

TEST_F(Books, EachWayOfCountingFindsItsOwnDifference) {
  const auto differences_of = [&](const auto& change) {
    v1::ClientAccount account = counter_.client();
    change(account);
    Recount recount(0, 1);
    recount.add_account(account, false);
    add_all(recount);
    return recount.differences();
  };
  EXPECT_THAT(differences_of([](v1::ClientAccount& account) {
                account.mutable_lines(0)->set_entitled_cents(20'001);
              }),
              ElementsAre(Field(&Difference::what, "entitled_by_postings"),
                          Field(&Difference::what, "entitled_by_sets")));
  EXPECT_THAT(
      differences_of([](v1::ClientAccount& account) {
        account.mutable_lines(1)->set_instructed_cents(4'999);
      }),
      ElementsAre(
          Difference{kMarie, "nb-ctb", "household", "instructed_by_instructions", 4'999, 5'000},
          Difference{kMarie, "nb-ctb", "household", "instructed_by_postings", 4'999, 5'000}));
  EXPECT_THAT(differences_of([](v1::ClientAccount& account) { account.set_postings(99); }),
              ElementsAre(Field(&Difference::what, "postings")));
}

TEST_F(Books, APostingThatNothingElseKnowsIsADifference) {
  Recount recount(0, 1);
  recount.add_account(counter_.client(), false);
  add_all(recount);
  v1::Posting forged = counter_.postings().at(1);
  forged.set_number(100);
  recount.add_posting(forged);
  EXPECT_THAT(recount.differences(), SizeIs(3));  // how many, and both programs' instructed
}

TEST_F(Books, OfAHeldClientThePostingsOnlyAreCompared) {
  Recount recount(0, 1);
  recount.add_account(counter_.client(), true);
  for (const v1::Posting& posting : counter_.postings()) recount.add_posting(posting);
  EXPECT_THAT(recount.differences(), IsEmpty());
}

TEST_F(Books, SharesTakeEveryClientOnce) {
  std::uint64_t accounts = 0;
  for (std::size_t share = 0; share < 3; ++share) {
    Recount recount(share, 3);
    for (int n = 0; n < 100; ++n) {
      v1::ClientAccount account;
      account.set_client_id("c_" + std::to_string(n));
      recount.add_account(account, false);
    }
    accounts += recount.accounts();
    EXPECT_GT(recount.accounts(), 10U);
  }
  EXPECT_EQ(accounts, 100U);
}

TEST_F(Books, SettleWhatTheBankPaidLessWhatCameBack) {
  counter_.pay("r3", due_day(1));
  counter_.report(payment("r3"), true, 10'000);
  counter_.report(payment("r1"), false, 15'000);  // comes back late
  Settlement settlement;
  for (const v1::Posting& posting : counter_.postings()) settlement.add(posting);
  const auto& canada = settlement.governments().at("CA").at("ca-ccb");
  EXPECT_EQ(canada.payments, 2U);
  EXPECT_EQ(canada.paid_cents, 20'000);
  EXPECT_EQ(canada.returns, 1U);  // what the bank never paid is no return
  EXPECT_EQ(canada.returned_cents, 10'000);
  EXPECT_EQ(settlement.owed_cents("NB"), 0);
  EXPECT_EQ(settlement.owed_cents("CA"), 10'000);
  EXPECT_EQ(settlement.total_cents(), 10'000);
  EXPECT_EQ(settlement.owed_cents("ON"), 0);
}

}  // namespace
}  // namespace guichet::testing
