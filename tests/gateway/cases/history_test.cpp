#include <gmock/gmock.h>

#include "gateway/cases/case_processor.h"
#include "gateway/cases/change.h"
#include "guichet/v1/commands.pb.h"
#include "tests/gateway/cases/desk.h"

namespace guichet::testing {
namespace {

TEST(CaseHistory, IsBoundedAndKeepsTheLastStepsWithWhoTookThem) {
  Desk desk;
  desk.submit(family());
  for (int i = 0; i < 3 * cases::kMaxSteps; ++i) {
    desk.now += kSecond;
    desk.amend(family(), "body " + std::to_string(i));
  }
  const v1::CaseState& state = desk.state();
  ASSERT_EQ(state.steps_size(), cases::kMaxSteps);
  EXPECT_EQ(state.steps(0).actor().subject(), "a.cormier");
  EXPECT_EQ(state.steps(cases::kMaxSteps - 1).kind(), v1::CaseStep::AMENDED);
  EXPECT_EQ(state.steps(cases::kMaxSteps - 1).submission(), state.current().number());
  EXPECT_EQ(state.steps(cases::kMaxSteps - 1).at_us(), desk.now);
  EXPECT_GT(state.event_sequence(), static_cast<std::uint32_t>(cases::kMaxSteps));
}

TEST(CaseHistory, NamesTheActorOfAStepWhereItIsAnother) {
  Desk desk;
  desk.submit(family());
  eventlog::Record withdrawal =
      desk.record(v1::KIND_WITHDRAW_APPLICATION, "w", v1::WithdrawApplication());
  withdrawal.header.mutable_actor()->set_subject("b.leblanc");
  withdrawal.header.set_traceparent("00-0123456789abcdeffedcba9876543210-00f067aa0ba902b7-01");
  desk.give(withdrawal);
  const auto& steps = desk.state().steps();
  ASSERT_EQ(steps.size(), 2);
  EXPECT_EQ(steps[0].actor().subject(), "a.cormier");
  EXPECT_EQ(steps[1].actor().subject(), "b.leblanc");
  EXPECT_EQ(steps[1].trace_high(), 0x0123456789abcdefULL);
  EXPECT_EQ(steps[1].trace_low(), 0xfedcba9876543210ULL);

  desk.submit(family(), "another body");  // refused: no step
  EXPECT_EQ(desk.state().steps_size(), 2);
}

TEST(CaseHistory, LeavesTheActorOutWhereItIsThatOfTheStepBefore) {
  Desk desk;
  desk.submit(family());
  desk.answer_all();
  const auto& steps = desk.state().steps();
  ASSERT_EQ(steps.size(), 5);  // received, three programs, decided
  for (int i = 1; i < steps.size(); ++i) EXPECT_FALSE(steps[i].has_actor());
  EXPECT_EQ(steps[1].kind(), v1::CaseStep::DETERMINED);
  EXPECT_FALSE(steps[1].program().empty());
  EXPECT_EQ(steps[4].status(), desk.current().status());
  EXPECT_EQ(steps[4].revision(), 1U);
}

}  // namespace
}  // namespace guichet::testing
