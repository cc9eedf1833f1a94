#include "guichet/v1/commands.pb.h"

#include <gmock/gmock.h>

#include "tests/gateway/cases/desk.h"

namespace guichet::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using v1::Verdict;

TEST(CaseCommands, ASubmissionIsAcceptedAndAsksItsPrograms) {
  Desk desk;
  desk.submit(family());
  EXPECT_EQ(desk.verdict(), Verdict::ACCEPTED);
  EXPECT_EQ(desk.status(), "determining");
  EXPECT_EQ(desk.state().application_id(), kApplication);
  EXPECT_EQ(desk.state().number(), "K7Q4-2M9XA-C");
  EXPECT_EQ(desk.state().client_id(), "c_marie");
  EXPECT_EQ(desk.state().received_at_us(), kStart);
  EXPECT_EQ(desk.state().version(), 1);
  EXPECT_EQ(desk.current().number(), 1);
  EXPECT_EQ(desk.current().revision(), 0);
  EXPECT_EQ(desk.current().actor().subject(), "a.cormier");
  EXPECT_THAT(desk.event_types(), ElementsAre("application.received"));
  EXPECT_EQ(desk.requests().size(), 3);
}

TEST(CaseCommands, TheSameCommandAgainChangesNothing) {
  Desk desk;
  desk.submit(family());
  desk.give_again();
  EXPECT_FALSE(desk.changed_last());
  EXPECT_THAT(desk.sent_last(), IsEmpty());
}

TEST(CaseCommands, AnotherAttemptWithTheSameBodyIsReplayed) {
  Desk desk;
  desk.submit(family(), "body");
  desk.submit(family(), "body");
  EXPECT_EQ(desk.verdict(), Verdict::REPLAYED);
  EXPECT_EQ(desk.state().verdicts().rbegin()->submission(), 1);
  EXPECT_THAT(desk.sent_last(), IsEmpty());
  EXPECT_EQ(desk.state().version(), 1);
}

TEST(CaseCommands, AnotherBodyUnderTheSameKeyIsRefusedAndLeavesTheETag) {
  Desk desk;
  desk.submit(family(), "body");
  desk.submit(family(), "another body");
  EXPECT_EQ(desk.verdict(), Verdict::KEY_REUSED);
  EXPECT_THAT(desk.sent_last(), IsEmpty());
  EXPECT_EQ(desk.state().version(), 1);
  EXPECT_EQ(desk.state().verdicts_size(), 2);
}

TEST(CaseCommands, ASubmitThatComesAgainAfterAmendmentsIsStillReplayed) {
  Desk desk;
  desk.submit(family(), "first");
  for (int i = 0; i < 70; ++i) desk.amend(family(), "amendment " + std::to_string(i));
  desk.submit(family(), "first");
  EXPECT_EQ(desk.verdict(), Verdict::REPLAYED);
  EXPECT_EQ(desk.state().verdicts().rbegin()->submission(), 1);
}

TEST(CaseCommands, AnAmendmentIsANewSubmissionWithRequestsOfItsOwn) {
  Desk desk;
  desk.submit(family());
  desk.answer_all();
  desk.amend(family(), "amended", 1);
  EXPECT_EQ(desk.verdict(), Verdict::ACCEPTED);
  EXPECT_EQ(desk.state().verdicts().rbegin()->submission(), 2);
  EXPECT_EQ(desk.current().number(), 2);
  EXPECT_EQ(desk.current().revision(), 0);
  EXPECT_EQ(desk.status(), "determining");
  EXPECT_THAT(desk.event_types(), ElementsAre("application.superseded", "application.amended"));
  ASSERT_EQ(desk.state().past_size(), 1);
  EXPECT_EQ(desk.state().past(0).status(), v1::CASE_SUPERSEDED);
  EXPECT_EQ(desk.state().past(0).revision(), 1);
  EXPECT_EQ(desk.requests().back().request_id(), std::string(kApplication) + "/2/nb-ctb");
}

TEST(CaseCommands, AnAmendmentOfASubmissionThatIsNotTheCurrentOneIsAMismatch) {
  Desk desk;
  desk.submit(family());
  desk.amend(family(), "one", 1);
  const auto version = desk.state().version();
  desk.amend(family(), "two", 1);
  EXPECT_EQ(desk.verdict(), Verdict::SUBMISSION_MISMATCH);
  EXPECT_EQ(desk.current().number(), 2);
  EXPECT_EQ(desk.state().version(), version);
}

TEST(CaseCommands, AnAnswerThatCameBetweenIsNoMismatch) {
  Desk desk;
  desk.submit(family());
  desk.answer("ca-ccb", {eligible("household", 799'700)});
  desk.amend(family(), "one", 1);
  EXPECT_EQ(desk.verdict(), Verdict::ACCEPTED);
}

TEST(CaseCommands, AnAmendmentUnderTheSameKeyIsReplayedWithTheSubmissionItMade) {
  Desk desk;
  desk.submit(family());
  desk.amend(family(), "amended", 1, "key");
  desk.amend(family(), "other", 2);
  desk.amend(family(), "amended", 1, "key");
  EXPECT_EQ(desk.verdict(), Verdict::REPLAYED);
  EXPECT_EQ(desk.state().verdicts().rbegin()->submission(), 2);
  EXPECT_EQ(desk.current().number(), 3);
  desk.amend(family(), "something else", 3, "key");
  EXPECT_EQ(desk.verdict(), Verdict::KEY_REUSED);
  EXPECT_EQ(desk.current().number(), 3);
}

TEST(CaseCommands, ARefusedAmendmentDoesNotUseUpItsKey) {
  Desk desk;
  desk.submit(family());
  desk.amend(family(), "amended", 7, "key");
  EXPECT_EQ(desk.verdict(), Verdict::SUBMISSION_MISMATCH);
  desk.amend(family(), "amended", 1, "key");
  EXPECT_EQ(desk.verdict(), Verdict::ACCEPTED);
}

TEST(CaseCommands, AWithdrawalIsASubmissionThatAsksNobody) {
  Desk desk;
  desk.submit(family());
  desk.withdraw(1);
  EXPECT_EQ(desk.verdict(), Verdict::ACCEPTED);
  EXPECT_EQ(desk.status(), "withdrawn");
  EXPECT_EQ(desk.current().number(), 2);
  EXPECT_EQ(desk.current().programs_size(), 0);
  EXPECT_EQ(desk.current().application().channel().desk(), "snb-grand-manan");
  EXPECT_EQ(desk.state().past(0).programs_size(), 3);
  EXPECT_THAT(desk.event_types(), ElementsAre("application.withdrawn"));
  EXPECT_FALSE(desk.wake_at());
}

TEST(CaseCommands, WithdrawingTwiceGivesTheSameAnswer) {
  Desk desk;
  desk.submit(family());
  desk.withdraw(1, "key");
  const auto version = desk.state().version();
  for (const char* key : {"key", "", "other"}) {
    desk.withdraw(1, key);
    EXPECT_EQ(desk.verdict(), Verdict::REPLAYED) << key;
    EXPECT_EQ(desk.state().verdicts().rbegin()->submission(), 2) << key;
    EXPECT_EQ(desk.state().version(), version) << key;
    EXPECT_THAT(desk.sent_last(), IsEmpty()) << key;
  }
}

TEST(CaseCommands, AWithdrawalOfASubmissionThatIsNotTheCurrentOneIsAMismatch) {
  Desk desk;
  desk.submit(family());
  desk.amend(family(), "one", 1);
  desk.withdraw(1);
  EXPECT_EQ(desk.verdict(), Verdict::SUBMISSION_MISMATCH);
  EXPECT_EQ(desk.status(), "determining");
}

TEST(CaseCommands, NothingIsAmendedAfterAWithdrawal) {
  Desk desk;
  desk.submit(family());
  desk.withdraw(1);
  desk.amend(family(), "late", 2);
  EXPECT_EQ(desk.verdict(), Verdict::WITHDRAWN);
  EXPECT_EQ(desk.status(), "withdrawn");
}

TEST(CaseCommands, AKeyOfAnAmendmentCannotBeUsedToWithdraw) {
  Desk desk;
  desk.submit(family());
  desk.amend(family(), "amended", 1, "key");
  desk.withdraw(2, "key");
  EXPECT_EQ(desk.verdict(), Verdict::KEY_REUSED);
  EXPECT_EQ(desk.status(), "determining");
}

TEST(CaseCommands, AmendingOrWithdrawingWhatIsNotThereIsADeadLetter) {
  Desk desk;
  desk.amend(family(), "body");
  EXPECT_THAT(desk.dead_letters_last(), ElementsAre("unknown_application"));
  desk.withdraw();
  EXPECT_THAT(desk.dead_letters_last(), ElementsAre("unknown_application"));
  EXPECT_FALSE(desk.exists());
}

TEST(CaseCommands, OnlyTheLastVerdictsAndKeysAreKept) {
  Desk desk;
  desk.submit(family());
  for (std::uint32_t i = 1; i <= 40; ++i)
    desk.amend(family(), "body", i, "key " + std::to_string(i));
  EXPECT_EQ(desk.state().verdicts_size(), cases::kMaxVerdicts);
  EXPECT_EQ(desk.state().keys_size(), cases::kMaxKeyUses);
  desk.amend(family(), "body", 41, "key 9");  // the oldest that is still known
  EXPECT_EQ(desk.verdict(), Verdict::REPLAYED);
  desk.amend(family(), "body", 8, "key 8");  // forgotten, and still not done twice
  EXPECT_EQ(desk.verdict(), Verdict::SUBMISSION_MISMATCH);
}

TEST(CaseCommands, LongPastSubmissionsAreCutToASummaryAndTheFirstIsKept) {
  Desk desk;
  desk.submit(family());
  for (int i = 0; i < 100; ++i) desk.amend(family(), "body " + std::to_string(i));
  const auto& past = desk.state().past();
  ASSERT_EQ(past.size(), cases::kMaxPast);
  EXPECT_EQ(past[0].number(), 1);
  EXPECT_EQ(past[0].programs_size(), 0);
  EXPECT_FALSE(past[0].has_application());
  EXPECT_EQ(past[0].body_digest(), "body");
  EXPECT_EQ(past[1].number(), 38);
  const int whole = past.size() - cases::kMaxWholePast;
  EXPECT_EQ(past[whole - 1].programs_size(), 0);
  EXPECT_EQ(past[whole].programs_size(), 3);
  EXPECT_TRUE(past[whole].has_application());
  EXPECT_EQ(past[past.size() - 1].number(), 100);
}

v1::Actor known(const std::string& role, const std::string& desk) {
  v1::Actor actor;
  actor.set_subject("a.cormier");
  actor.add_roles(role);
  actor.set_desk(desk);
  actor.set_known_by(v1::Actor::TOKEN);
  return actor;
}

v1::Application at_desk(const std::string& desk) {
  v1::Application application = family();
  application.mutable_channel()->set_desk(desk);
  return application;
}

TEST(CaseCommands, AnApplicationIsTakenOnlyFromItsOwnDesk) {
  Desk desk;
  for (const v1::Actor& other : {known("clerk", "theirs"), known("clerk", ""),
                                 known("auditor", "ours"), known("owner", "ours")}) {
    desk.actor = other;
    desk.submit(at_desk("ours"));
    EXPECT_EQ(desk.verdict(), Verdict::NOT_ALLOWED) << other.ShortDebugString();
    EXPECT_FALSE(desk.state().has_current());
    EXPECT_THAT(desk.sent_last(), IsEmpty());
  }
  desk.actor = known("clerk", "ours");
  desk.submit(at_desk("ours"));
  EXPECT_EQ(desk.verdict(), Verdict::ACCEPTED);
  EXPECT_EQ(desk.current().actor().known_by(), v1::Actor::TOKEN);
}

TEST(CaseCommands, AnotherDesksApplicationIsNotKnownToExist) {
  Desk desk;
  desk.actor = known("clerk", "ours");
  desk.submit(at_desk("ours"));
  desk.actor = known("clerk", "theirs");
  desk.amend(at_desk("theirs"), "2");
  EXPECT_EQ(desk.verdict(), Verdict::NOT_FOUND);
  desk.withdraw();
  EXPECT_EQ(desk.verdict(), Verdict::NOT_FOUND);
  desk.submit(at_desk("theirs"));
  EXPECT_EQ(desk.verdict(), Verdict::NOT_ALLOWED) << "a key that another desk used";
  EXPECT_EQ(desk.state().version(), 1) << "nobody sees that somebody tried";
  desk.actor = known("clerk", "ours");
  desk.amend(at_desk("theirs"), "2");
  EXPECT_EQ(desk.verdict(), Verdict::NOT_ALLOWED) << "nor is one's own given away";
  desk.amend(at_desk("ours"), "2");
  EXPECT_EQ(desk.verdict(), Verdict::ACCEPTED);
  desk.withdraw();
  EXPECT_EQ(desk.verdict(), Verdict::ACCEPTED);
}

TEST(CaseCommands, TheLocalOwnerMayDoAllWhateverRolesTheyName) {
  Desk desk;
  desk.actor.add_roles("clerk");
  desk.actor.set_desk("theirs");
  desk.submit(at_desk("ours"));
  EXPECT_EQ(desk.verdict(), Verdict::ACCEPTED);
  desk.withdraw();
  EXPECT_EQ(desk.verdict(), Verdict::ACCEPTED);
}

TEST(CaseCommands, APayloadThatCannotBeReadIsADeadLetter) {
  Desk desk;
  desk.submit(family());
  for (const v1::Kind kind : {v1::KIND_SUBMIT_APPLICATION, v1::KIND_AMEND_APPLICATION,
                              v1::KIND_WITHDRAW_APPLICATION, v1::KIND_DETERMINATION}) {
    eventlog::Record bad = desk.record(kind, "bad", v1::CaseState());
    bad.payload = "\xFF\xFF not protobuf";
    desk.give(bad);
    EXPECT_THAT(desk.dead_letters_last(), ElementsAre("undecodable")) << kind;
    EXPECT_FALSE(desk.changed_last()) << kind;
  }
}

TEST(CaseCommands, ARecordOfAKindThatTheInboxDoesNotTakeIsADeadLetter) {
  Desk desk;
  for (const v1::Kind kind : {v1::KIND_UNSPECIFIED, v1::KIND_KEY_STATE, v1::KIND_CONTROL}) {
    desk.give(desk.record(kind, "odd", v1::CaseState()));
    EXPECT_THAT(desk.dead_letters_last(), ElementsAre("unknown_kind")) << kind;
  }
}

}  // namespace
}  // namespace guichet::testing
