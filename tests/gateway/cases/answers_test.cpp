#include "gateway/cases/answers.h"

#include <gmock/gmock.h>

#include "gateway/cases/merge.h"
#include "tests/gateway/cases/desk.h"

namespace guichet::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// The current line of nb-ctb, which answers for the household.
std::string nb_status(const Desk& desk) {
  for (const cases::CaseLine& line : cases::merge(desk.current()).lines)
    if (line.program->program() == "nb-ctb") return line.status;
  return "none";
}

/// A case whose programs all answered: revision 1.
Desk decided_desk() {
  Desk desk;
  desk.submit(family());
  desk.answer_all();
  return desk;
}

TEST(CaseAnswers, TheLastOneMakesTheFirstOutcome) {
  Desk desk;
  desk.submit(family());
  desk.answer("ca-ccb", {eligible("household", 799'700)});
  EXPECT_THAT(desk.event_types(), ElementsAre("program.determined"));
  EXPECT_EQ(desk.status(), "determining");
  desk.answer("ca-oas", {line("applicant", v1::INELIGIBLE), line("spouse", v1::INELIGIBLE)});
  desk.answer("nb-ctb", {eligible("household", 50'000)});
  EXPECT_THAT(desk.event_types(), ElementsAre("program.determined", "case.decided"));
  EXPECT_EQ(desk.status(), "complete");
  EXPECT_EQ(desk.current().revision(), 1);
  EXPECT_EQ(desk.current().decided_at_us(), desk.now);
  EXPECT_FALSE(desk.wake_at());
}

TEST(CaseAnswers, TheSameAnswerAgainIsDropped) {
  Desk desk = decided_desk();
  desk.give_again();
  EXPECT_FALSE(desk.changed_last());
  EXPECT_THAT(desk.sent_last(), IsEmpty());
}

TEST(CaseAnswers, TheSameIdWithOtherContentIsAnAlarm) {
  Desk desk = decided_desk();
  desk.answer("nb-ctb", {eligible("household", 60'000)});
  EXPECT_THAT(desk.dead_letters_last(), ElementsAre("same_id_other_content"));
  EXPECT_FALSE(desk.changed_last());
}

TEST(CaseAnswers, TheSameLinesUnderAnotherIdSayNothingNew) {
  Desk desk = decided_desk();
  desk.answer("nb-ctb", {eligible("household", 50'000)}, "again");
  EXPECT_FALSE(desk.changed_last());
  EXPECT_THAT(desk.sent_last(), IsEmpty());
}

TEST(CaseAnswers, AnUnmarkedContradictionGoesToAPersonAndLeavesTheLine) {
  Desk desk = decided_desk();
  for (const v1::DeterminationLine& other :
       {eligible("household", 60'000), line("household", v1::INELIGIBLE),
        line("household", v1::REFERRED), line("household", v1::FAILED)}) {
    desk.answer("nb-ctb", {other}, "77");
    EXPECT_THAT(desk.dead_letters_last(), ElementsAre("contradictory_answer"));
    EXPECT_FALSE(desk.changed_last());
  }
  EXPECT_EQ(desk.current().revision(), 1);
}

TEST(CaseAnswers, AMarkedCorrectionReplacesWhatItNames) {
  Desk desk = decided_desk();
  v1::Determination correction = desk.answer_of("nb-ctb", {line("household", v1::INELIGIBLE)}, "2");
  correction.set_supersedes(std::string(kApplication) + "/1/nb-ctb/answer");
  desk.answer(correction);
  EXPECT_THAT(desk.event_types(), ElementsAre("program.determined", "case.decided"));
  EXPECT_EQ(desk.current().revision(), 2);
  EXPECT_EQ(nb_status(desk), "ineligible");
  EXPECT_EQ(desk.program("nb-ctb").answers_size(), 2);
}

TEST(CaseAnswers, ACorrectionOfWhatNoLongerCountsIsAContradiction) {
  Desk desk = decided_desk();
  v1::Determination second = desk.answer_of("nb-ctb", {eligible("household", 60'000)}, "2");
  second.set_supersedes(std::string(kApplication) + "/1/nb-ctb/answer");
  desk.answer(second);
  v1::Determination stale = desk.answer_of("nb-ctb", {eligible("household", 70'000)}, "3");
  stale.set_supersedes(std::string(kApplication) + "/1/nb-ctb/answer");
  desk.answer(stale);
  EXPECT_THAT(desk.dead_letters_last(), ElementsAre("contradictory_answer"));
  EXPECT_EQ(desk.current().revision(), 2);
}

TEST(CaseAnswers, WhatWasLeftOpenMayBeFollowedByAnUnmarkedAnswer) {
  for (const v1::DeterminationStatus open : {v1::REFERRED, v1::NEEDS_INFORMATION, v1::FAILED}) {
    Desk desk;
    desk.submit(family());
    desk.answer("nb-ctb", {line("household", open)}, "1");
    desk.answer("nb-ctb", {eligible("household", 50'000)}, "2");
    desk.answer("ca-ccb", {eligible("household", 799'700)});
    desk.answer("ca-oas", {line("applicant", v1::INELIGIBLE), line("spouse", v1::INELIGIBLE)});
    EXPECT_EQ(desk.current().revision(), 1) << open;
    EXPECT_EQ(nb_status(desk), "eligible") << open;
    EXPECT_EQ(desk.status(), "complete") << open;
  }
}

TEST(CaseAnswers, AReferralThatIsResolvedAfterTheOutcomeMakesANewRevision) {
  Desk desk;
  desk.submit(family());
  desk.answer("ca-ccb", {eligible("household", 799'700)});
  desk.answer("ca-oas", {line("applicant", v1::INELIGIBLE), line("spouse", v1::INELIGIBLE)});
  desk.answer("nb-ctb", {line("household", v1::REFERRED)}, "1");
  EXPECT_EQ(desk.status(), "partial");
  EXPECT_EQ(desk.current().revision(), 1);
  desk.answer("nb-ctb", {eligible("household", 50'000)}, "2");
  EXPECT_EQ(desk.status(), "complete");
  EXPECT_EQ(desk.current().revision(), 2);
}

TEST(CaseAnswers, WhatWasSettledForOneAdultStaysWhileTheOtherIsOpen) {
  Desk desk;
  desk.submit(family());
  desk.answer("ca-oas", {eligible("applicant", 100'000), line("spouse", v1::REFERRED)}, "1");
  desk.answer("ca-oas", {eligible("applicant", 200'000), eligible("spouse", 90'000)}, "2");
  EXPECT_THAT(desk.dead_letters_last(), ElementsAre("contradictory_answer"));
  desk.answer("ca-oas", {eligible("applicant", 100'000), eligible("spouse", 90'000)}, "3");
  EXPECT_THAT(desk.dead_letters_last(), IsEmpty());
  EXPECT_EQ(desk.program("ca-oas").answers_size(), 2);
}

TEST(CaseAnswers, AnAnswerToASupersededSubmissionIsKeptWithItAndChangesNothingElse) {
  Desk desk;
  desk.submit(family());
  desk.amend(family(), "amended");
  v1::CaseState before = desk.state();
  const v1::Determination late = desk.answer_of("nb-ctb", {eligible("household", 50'000)}, {}, 1);
  desk.answer(late);
  EXPECT_THAT(desk.sent_last(), IsEmpty());
  EXPECT_EQ(desk.state().past(0).programs(2).answers(0).DebugString(), late.DebugString());
  *before.mutable_past(0)->mutable_programs(2)->add_answers() = late;
  EXPECT_EQ(desk.state().DebugString(), before.DebugString());
  desk.give_again();
  EXPECT_FALSE(desk.changed_last());
}

TEST(CaseAnswers, AnAnswerAfterAWithdrawalIsKeptAndChangesNothingElse) {
  Desk desk;
  desk.submit(family());
  desk.withdraw();
  const auto version = desk.state().version();
  desk.answer(desk.answer_of("nb-ctb", {eligible("household", 50'000)}, {}, 1));
  EXPECT_EQ(desk.status(), "withdrawn");
  EXPECT_EQ(desk.state().version(), version);
  EXPECT_EQ(desk.state().past(0).programs(2).answers_size(), 1);
}

TEST(CaseAnswers, OneThatNobodyAskedForIsADeadLetter) {
  Desk desk;
  desk.submit(family());
  const auto good = [&] { return desk.answer_of("nb-ctb", {eligible("household", 50'000)}); };
  const auto refused = [&](const v1::Determination& answer) {
    desk.answer(answer);
    EXPECT_THAT(desk.dead_letters_last(), ElementsAre("unknown_request")) << answer.DebugString();
    EXPECT_FALSE(desk.changed_last());
  };
  refused(desk.answer_of("nb-ctb", {eligible("household", 50'000)}, {}, 2));
  refused(desk.answer_of("on-ocb", {eligible("household", 50'000)}));
  v1::Determination of_another_program = good();
  of_another_program.set_program("ca-ccb");
  refused(of_another_program);
  v1::Determination of_another_request = good();
  of_another_request.set_request_id(std::string(kApplication) + "/1/ca-ccb");
  refused(of_another_request);
  v1::Determination of_another_application = good();
  of_another_application.set_application_id("someone-else");
  refused(of_another_application);
  refused(v1::Determination());
}

TEST(CaseAnswers, OneToAnApplicationThatIsNotThereIsADeadLetter) {
  Desk desk;
  desk.answer(desk.answer_of("nb-ctb", {eligible("household", 50'000)}, {}, 1));
  EXPECT_THAT(desk.dead_letters_last(), ElementsAre("unknown_request"));
  EXPECT_FALSE(desk.exists());
}

TEST(CaseAnswers, OneToAProgramThatWasNotAskedIsADeadLetter) {
  v1::Application application = family();
  application.clear_consents();
  Desk desk;
  desk.submit(application);
  desk.answer("nb-ctb", {eligible("household", 50'000)});
  EXPECT_THAT(desk.dead_letters_last(), ElementsAre("unknown_request"));
  EXPECT_FALSE(desk.changed_last());
}

TEST(CaseAnswers, AnUnusableOneFailsTheLineThatWaitedForIt) {
  Desk desk;
  desk.submit(family());
  v1::DeterminationLine wrong_sum = eligible("household", 50'000);
  wrong_sum.mutable_entitlements(0)->set_amount_cents(1);
  desk.answer("nb-ctb", {wrong_sum}, "77");
  EXPECT_THAT(desk.dead_letters_last(), ElementsAre("unusable_answer"));
  EXPECT_THAT(desk.event_types(), ElementsAre("program.determined"));
  EXPECT_EQ(nb_status(desk), "failed");
  const v1::Determination& failed = desk.program("nb-ctb").answers(0);
  EXPECT_EQ(failed.dead_letter_id(), desk.sent_last().front().id);
  EXPECT_FALSE(failed.lines(0).reasons(0).text().en().empty());
  EXPECT_FALSE(failed.lines(0).reasons(0).text().fr().empty());
  // The letter again, and nothing else.
  desk.give_again();
  EXPECT_FALSE(desk.changed_last());
  EXPECT_EQ(desk.sent_last().size(), 1);
}

TEST(CaseAnswers, TheMendedAnswerCountsUnderTheSameId) {
  Desk desk;
  desk.submit(family());
  v1::Determination broken = desk.answer_of("nb-ctb", {eligible("household", 50'000)}, "77");
  broken.mutable_lines(0)->set_annual_amount_cents(1);
  desk.answer(broken);
  desk.answer("nb-ctb", {eligible("household", 50'000)}, "77");
  EXPECT_THAT(desk.dead_letters_last(), IsEmpty());
  EXPECT_EQ(nb_status(desk), "eligible");
}

TEST(CaseAnswers, AnAnswerThatAnAdapterGaveAsFailedIsMendedUnderTheSameId) {
  Desk desk;
  desk.submit(family());
  desk.answer("nb-ctb", {line("household", v1::FAILED)});
  EXPECT_EQ(nb_status(desk), "failed");
  const eventlog::Record failed = desk.last_record();
  desk.answer("nb-ctb", {eligible("household", 50'000)});
  EXPECT_EQ(nb_status(desk), "eligible");
  desk.give(failed);
  EXPECT_FALSE(desk.changed_last());
  EXPECT_THAT(desk.sent_last(), IsEmpty());
}

TEST(CaseAnswers, AnUnusableOneLeavesALineThatIsAnswered) {
  Desk desk = decided_desk();
  v1::Determination broken = desk.answer_of("nb-ctb", {eligible("household", 1)}, "77");
  broken.clear_lines();
  desk.answer(broken);
  EXPECT_THAT(desk.dead_letters_last(), ElementsAre("unusable_answer"));
  EXPECT_FALSE(desk.changed_last());
}

TEST(CaseAnswers, LinesForOthersThanThoseAskedAboutAreUnusable) {
  const std::vector<std::pair<std::string, std::vector<v1::DeterminationLine>>> wrong = {
      {"nb-ctb", {eligible("applicant", 50'000)}},
      {"ca-oas", {eligible("household", 50'000)}},
      {"ca-oas", {eligible("applicant", 50'000)}},
  };
  for (const auto& [program, lines] : wrong) {
    Desk desk;
    desk.submit(family());
    desk.answer(program, lines);
    EXPECT_THAT(desk.dead_letters_last(), ElementsAre("unusable_answer")) << program;
  }
}

TEST(CaseAnswers, ARecordUnderAnotherIdThanItsAnswerIsUnusable) {
  Desk desk;
  desk.submit(family());
  desk.give(desk.record(v1::KIND_DETERMINATION, "another id",
                        desk.answer_of("nb-ctb", {eligible("household", 50'000)})));
  EXPECT_THAT(desk.dead_letters_last(), ElementsAre("unusable_answer"));
}

TEST(CaseAnswers, ARequestTakesSoManyAnswersAndNoMore) {
  Desk desk;
  desk.submit(family());
  for (int i = 0; i < cases::kMaxAnswersPerProgram; ++i) {
    v1::DeterminationLine referred = line("household", v1::REFERRED);
    referred.mutable_reasons(0)->set_rule(std::to_string(i));
    desk.answer("nb-ctb", {referred}, std::to_string(i));
    EXPECT_THAT(desk.dead_letters_last(), IsEmpty());
  }
  desk.answer("nb-ctb", {eligible("household", 50'000)}, "one too many");
  EXPECT_THAT(desk.dead_letters_last(), ElementsAre("too_many_answers"));
  EXPECT_EQ(desk.program("nb-ctb").answers_size(), cases::kMaxAnswersPerProgram);
}

TEST(CaseAnswers, OneThatDoesNotSayWhenItWasMadeIsDatedByItsRecord) {
  Desk desk;
  desk.submit(family());
  v1::Determination undated = desk.answer_of("nb-ctb", {eligible("household", 50'000)});
  undated.clear_determined_at_us();
  desk.now += kSecond;
  desk.answer(undated);
  EXPECT_EQ(desk.program("nb-ctb").answers(0).determined_at_us(), desk.now);
  desk.now += kSecond;
  desk.answer(undated);
  EXPECT_FALSE(desk.changed_last());
  EXPECT_THAT(desk.sent_last(), IsEmpty());
}

}  // namespace
}  // namespace guichet::testing
