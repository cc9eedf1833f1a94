#include "gateway/cases/entitlements.h"

#include <gmock/gmock.h>

#include "tests/gateway/cases/desk.h"

namespace guichet::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> programs_of(const v1::EntitlementSet& set) {
  std::vector<std::string> programs;
  for (const v1::EntitlementLine& line : set.lines()) programs.push_back(line.program());
  return programs;
}

TEST(EntitlementSets, AreSentWholeAtAnOutcomeWithWhatIsDueFromTheEffectiveDateOn) {
  Desk desk;
  desk.submit(family());
  EXPECT_THAT(desk.sets(), IsEmpty());
  desk.answer_all();
  ASSERT_EQ(desk.sets().size(), 1);
  const v1::EntitlementSet set = desk.sets().front();
  EXPECT_EQ(set.client_id(), "c_marie");
  EXPECT_EQ(set.application_id(), kApplication);
  EXPECT_EQ(set.submission(), 1);
  EXPECT_EQ(set.number(), 1);
  EXPECT_EQ(set.effective_date(), family().effective_date());
  EXPECT_EQ(set.payment().account(), "1234567");
  EXPECT_EQ(set.as_of_us(), desk.now);
  EXPECT_THAT(programs_of(set), ElementsAre("ca-ccb", "nb-ctb"));
  const v1::EntitlementLine& line = set.lines(0);
  EXPECT_EQ(line.government(), "CA");
  EXPECT_EQ(line.beneficiary(), "household");
  EXPECT_EQ(line.determination_id(), std::string(kApplication) + "/1/ca-ccb/answer");
  EXPECT_EQ(line.program_version(), "sha256:ca-ccb");
  ASSERT_EQ(line.entitlements_size(), 1);
  EXPECT_EQ(line.entitlements(0).amount_cents(), 399'850);
}

TEST(EntitlementSets, ARevisionSendsTheNextWholeSet) {
  Desk desk;
  desk.submit(family());
  desk.answer_all();
  v1::Determination correction = desk.answer_of("nb-ctb", {line("household", v1::INELIGIBLE)}, "2");
  correction.set_supersedes(std::string(kApplication) + "/1/nb-ctb/answer");
  desk.answer(correction);
  ASSERT_EQ(desk.sets().size(), 2);
  EXPECT_EQ(desk.sets()[1].number(), 2);
  EXPECT_THAT(programs_of(desk.sets()[1]), ElementsAre("ca-ccb"));
}

TEST(EntitlementSets, AWithdrawalSendsAnEmptyOne) {
  Desk desk;
  desk.submit(family());
  desk.answer_all();
  desk.withdraw();
  EXPECT_EQ(desk.sets().back().number(), 2);
  EXPECT_EQ(desk.sets().back().submission(), 2);
  EXPECT_THAT(programs_of(desk.sets().back()), IsEmpty());
}

TEST(EntitlementSets, AreNotSentForAClientWithoutAnId) {
  v1::Application application = family();
  application.mutable_client()->clear_client_id();
  Desk desk;
  desk.submit(application);
  desk.answer_all();
  desk.withdraw();
  EXPECT_THAT(desk.sets(), IsEmpty());
}

TEST(EntitlementSets, HoldOnlyProgramsWithConsentForPayment) {
  v1::Application application = family();
  application.mutable_consents(0)->clear_purposes();
  application.mutable_consents(0)->add_purposes("eligibility");
  v1::Consent& consent = *application.add_consents();
  consent.set_program("nb-ctb");
  consent.add_purposes("payment");
  Desk desk;
  desk.submit(application);
  desk.answer_all();
  EXPECT_THAT(programs_of(desk.sets().back()), ElementsAre("nb-ctb"));
}

TEST(EntitlementSets, NameASpouseWithASinOfTheirOwn) {
  v1::Application application = family();
  application.add_programs("ca-oas");
  application.mutable_household()->mutable_adults(1)->set_client_id("c_paul");
  Desk desk;
  desk.submit(application);
  desk.answer("ca-oas", {eligible("spouse", 80'000), eligible("applicant", 90'000)});
  const v1::EntitlementSet set = desk.sets().back();
  ASSERT_EQ(set.lines_size(), 2);
  EXPECT_EQ(set.lines(0).beneficiary(), "applicant");
  EXPECT_EQ(set.lines(0).beneficiary_client_id(), "");
  EXPECT_EQ(set.lines(1).beneficiary(), "spouse");
  EXPECT_EQ(set.lines(1).beneficiary_client_id(), "c_paul");
}

TEST(EntitlementSets, AnAmendmentThatNamesAnotherClientEndsThoseOfTheFormer) {
  Desk desk;
  desk.submit(family());
  desk.answer_all();
  v1::Application corrected = family();
  corrected.mutable_client()->set_client_id("c_anne");
  desk.amend(corrected, "amended");
  ASSERT_EQ(desk.sets().size(), 2);
  EXPECT_EQ(desk.sets()[1].client_id(), "c_marie");
  EXPECT_EQ(desk.sets()[1].submission(), 2);
  EXPECT_THAT(programs_of(desk.sets()[1]), IsEmpty());
  EXPECT_EQ(desk.state().client_id(), "c_anne");
  desk.answer_all();
  EXPECT_EQ(desk.sets().back().client_id(), "c_anne");
  EXPECT_EQ(desk.sets().back().number(), 3);
}

TEST(EntitlementSets, AClientWhoIsNamedOnlyLaterEndsNobodys) {
  Desk desk;
  desk.submit(family());
  desk.answer_all();
  v1::Application unnamed = family();
  unnamed.mutable_client()->clear_client_id();
  desk.amend(unnamed, "without");
  EXPECT_EQ(desk.sets().size(), 2);
  desk.amend(family(), "with");
  EXPECT_EQ(desk.sets().size(), 2);
  desk.answer_all();
  EXPECT_EQ(desk.sets().back().client_id(), "c_marie");
  EXPECT_EQ(desk.sets().back().number(), 3);
}

TEST(EntitlementSets, AnAmendmentOfTheSameClientLeavesThemUntilItsOwnOutcome) {
  Desk desk;
  desk.submit(family());
  desk.answer_all();
  desk.amend(family(), "amended");
  EXPECT_EQ(desk.sets().size(), 1);
}

}  // namespace
}  // namespace guichet::testing
