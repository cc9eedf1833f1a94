#include "gateway/cases/outcome.h"

#include <gmock/gmock.h>

#include "gateway/cases/texts.h"
#include "guichet/v1/commands.pb.h"
#include "tests/gateway/cases/desk.h"

namespace guichet::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

TEST(CaseDeadlines, TheNextTickIsThatOfTheSoonestProgramStillPending) {
  Desk desk;
  desk.submit(family());
  ASSERT_TRUE(desk.wake_at());
  EXPECT_EQ(to_micros(*desk.wake_at()), kStart + 10 * kSecond);
}

TEST(CaseDeadlines, AProgramThatDoesNotAnswerMakesTheCasePartial) {
  Desk desk;
  desk.submit(family());
  desk.answer("ca-ccb", {eligible("household", 799'700)});
  desk.tick();
  EXPECT_THAT(desk.event_types(),
              ElementsAre("program.determined", "program.determined", "case.decided"));
  EXPECT_EQ(desk.status(), "partial");
  EXPECT_EQ(desk.current().revision(), 1);
  EXPECT_EQ(desk.program("nb-ctb").status(), v1::PROGRAM_UNAVAILABLE);
  EXPECT_FALSE(desk.wake_at());
  EXPECT_EQ(desk.events().back().case_status(), "partial");
  EXPECT_THAT(cases::unavailable_reason().text().en(), HasSubstr("did not answer in time"));
  EXPECT_THAT(cases::unavailable_reason().text().fr(), HasSubstr("pas répondu à temps"));
}

TEST(CaseDeadlines, ATickAgainChangesNothing) {
  Desk desk;
  desk.submit(family());
  desk.tick();
  desk.give_again();
  EXPECT_FALSE(desk.changed_last());
  EXPECT_THAT(desk.sent_last(), IsEmpty());
}

TEST(CaseDeadlines, ATickBeforeTheDeadlineOfAnotherSubmissionOrWithoutSenseDoesNothing) {
  Desk desk;
  desk.submit(family());
  const std::string id = kApplication;
  const std::string far = std::to_string(kStart + 3600 * kSecond);
  for (const std::string& tick :
       {id + "/1/tick/" + std::to_string(kStart), id + "/2/tick/" + far, id + "/0/tick/" + far,
        "other/1/tick/" + far, id + "/1/tick/", id + "/1/tick/" + far + "x", std::string()}) {
    desk.give(desk.record(v1::KIND_TICK, tick, v1::CaseState()));
    EXPECT_FALSE(desk.changed_last()) << tick;
  }
}

TEST(CaseDeadlines, ALateAnswerMakesANewRevisionAndTwoMakeTwo) {
  Desk desk;
  desk.submit(family());
  desk.answer("ca-oas", {line("applicant", v1::INELIGIBLE), line("spouse", v1::INELIGIBLE)});
  desk.tick();
  desk.answer("nb-ctb", {eligible("household", 50'000)});
  EXPECT_THAT(desk.event_types(), ElementsAre("program.determined", "case.decided"));
  EXPECT_EQ(desk.current().revision(), 2);
  EXPECT_EQ(desk.status(), "partial");
  desk.answer("ca-ccb", {eligible("household", 799'700)});
  EXPECT_EQ(desk.current().revision(), 3);
  EXPECT_EQ(desk.status(), "complete");
  EXPECT_EQ(desk.events().back().annual_total(), "8497.00");
}

TEST(CaseEvents, AreNumberedWithoutAGapOverEverythingThatHappens) {
  Desk desk;
  desk.submit(family());
  desk.answer("ca-ccb", {eligible("household", 799'700)});
  desk.tick();
  desk.answer("nb-ctb", {eligible("household", 50'000)});
  desk.amend(family(), "amended");
  desk.answer_all();
  desk.withdraw();
  std::uint32_t last = 0;
  for (const v1::CaseEvent& event : desk.events()) EXPECT_EQ(event.sequence(), ++last);
  EXPECT_EQ(desk.state().event_sequence(), last);
  EXPECT_EQ(last, 14);
}

TEST(CaseEvents, ADecisionCarriesEveryLineAndTheTotal) {
  Desk desk;
  desk.submit(family());
  desk.answer_all();
  const v1::CaseEvent decided = desk.events().back();
  EXPECT_EQ(decided.type(), "guichet.case.decided");
  EXPECT_EQ(decided.application_id(), kApplication);
  EXPECT_EQ(decided.submission(), 1);
  EXPECT_EQ(decided.revision(), 1);
  EXPECT_EQ(decided.case_status(), "complete");
  EXPECT_EQ(decided.annual_total(), "8497.00");
  ASSERT_EQ(decided.programs_size(), 4);
  EXPECT_EQ(decided.programs(0).program(), "ca-ccb");
  EXPECT_EQ(decided.programs(0).status(), "eligible");
  EXPECT_EQ(decided.programs(0).annual_amount(), "7997.00");
  EXPECT_EQ(decided.programs(1).beneficiary(), "applicant");
  EXPECT_EQ(decided.programs(2).beneficiary(), "spouse");
  EXPECT_EQ(decided.programs(2).annual_amount(), "0.00");
}

TEST(CaseEvents, ADeterminationCarriesItsProgramAlone) {
  Desk desk;
  desk.submit(family());
  desk.answer("ca-ccb", {eligible("household", 799'700)});
  const v1::CaseEvent determined = desk.events().back();
  EXPECT_EQ(determined.type(), "guichet.program.determined");
  EXPECT_EQ(determined.case_status(), "determining");
  EXPECT_EQ(determined.revision(), 0);
  ASSERT_EQ(determined.programs_size(), 1);
  EXPECT_EQ(determined.programs(0).program(), "ca-ccb");
}

TEST(CaseEvents, HaveNothingPersonalInThem) {
  Desk desk;
  desk.submit(family());
  desk.answer_all();
  desk.amend(family(), "amended");
  desk.withdraw();
  for (const eventlog::Output& output : desk.sent()) {
    if (output.kind != v1::KIND_CASE_EVENT) continue;
    for (const char* personal : {"Marie", "Cormier", "046454286", "1234567", "Because", "c_marie"})
      EXPECT_THAT(output.payload, Not(HasSubstr(personal)));
  }
}

TEST(CaseRecords, HaveIdsMadeFromMeaning) {
  Desk desk;
  desk.submit(family());
  desk.answer_all();
  std::vector<std::string> ids;
  for (const eventlog::Output& output : desk.sent())
    ids.push_back(output.topic + " " + output.key + " " + output.id.substr(output.id.find('/')));
  const std::string app = kApplication;
  EXPECT_THAT(ids, ElementsAre("events " + app + " /e1", "requests.ca-ccb " + app + " /1/ca-ccb",
                               "requests.ca-oas " + app + " /1/ca-oas",
                               "requests.nb-ctb " + app + " /1/nb-ctb", "events " + app + " /e2",
                               "events " + app + " /e3", "events " + app + " /e4",
                               "events " + app + " /e5", "payments-inbox c_marie /entitlements/1"));
}

TEST(CaseVersion, GoesUpByOneWithEachRecordThatAReaderCanSee) {
  Desk desk;
  desk.submit(family());
  desk.answer("ca-ccb", {eligible("household", 799'700)});
  EXPECT_EQ(desk.state().version(), 2);
  desk.now += 5 * kSecond;
  desk.tick();
  EXPECT_EQ(desk.state().version(), 3);
  EXPECT_EQ(desk.state().updated_at_us(), desk.now);
}

TEST(CaseHold, TellsThatItIsHeldAndGoesOnFromWhereItWas) {
  Desk desk;
  desk.submit(family());
  const v1::Determination answer = desk.answer_of("nb-ctb", {eligible("household", 50'000)});
  desk.hold(desk.record(v1::KIND_DETERMINATION, answer.id(), answer));
  EXPECT_THAT(desk.event_types(), ElementsAre("case.held"));
  EXPECT_EQ(desk.events().back().case_status(), "held");
  EXPECT_EQ(desk.state().version(), 2);
  EXPECT_EQ(desk.status(), "determining");
  desk.answer_all();
  EXPECT_EQ(desk.status(), "complete");
}

TEST(CaseHold, AnApplicationWhoseFirstRecordFailedIsThereAndIsTakenUpByTheReplay) {
  Desk failed;
  v1::SubmitApplication command;
  command.set_number("K7Q4-2M9XA-C");
  *command.mutable_application() = family();
  command.set_body_digest("body");
  const eventlog::Record record = failed.record(v1::KIND_SUBMIT_APPLICATION, "c1", command);
  failed.hold(record);
  EXPECT_EQ(failed.verdict(), v1::Verdict::ACCEPTED);
  EXPECT_EQ(failed.status(), "received");
  EXPECT_EQ(failed.state().number(), "K7Q4-2M9XA-C");
  EXPECT_THAT(failed.event_types(), ElementsAre("case.held"));
  failed.hold(record);  // it failed again
  failed.give(record);
  EXPECT_EQ(failed.status(), "determining");
  EXPECT_EQ(failed.current().number(), 1);
  EXPECT_THAT(failed.event_types(), ElementsAre("application.received"));
  EXPECT_EQ(failed.events().back().sequence(), 3);
  EXPECT_EQ(failed.state().verdicts_size(), 1);
  failed.give(record);
  EXPECT_FALSE(failed.changed_last());
}

TEST(CaseHold, AFirstRecordThatCannotBeReadLeavesNothing) {
  Desk desk;
  eventlog::Record record = desk.record(v1::KIND_SUBMIT_APPLICATION, "c1", v1::CaseState());
  record.payload = "\xFF";
  desk.hold(record);
  EXPECT_FALSE(desk.exists());
  EXPECT_THAT(desk.sent_last(), IsEmpty());
}

}  // namespace
}  // namespace guichet::testing
