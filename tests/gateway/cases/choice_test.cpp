#include "gateway/cases/choice.h"

#include <gmock/gmock.h>

#include "gateway/cases/facts.h"
#include "rules/program/fields.h"
#include "tests/gateway/cases/desk.h"
#include "tests/gateway/cases/fake_program.h"

namespace guichet::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> asked(const Desk& desk) {
  std::vector<std::string> programs;
  for (const auto& request : desk.requests()) programs.push_back(request.program());
  return programs;
}

const v1::DeterminationLine& only_line(const v1::ProgramCase& program) {
  EXPECT_EQ(program.answers_size(), 1);
  EXPECT_EQ(program.answers(0).lines_size(), 1);
  return program.answers(0).lines(0);
}

TEST(ChoiceOfPrograms, WithoutNamesEveryProgramOfferedWhereTheClientLivesIsAsked) {
  Desk desk;
  desk.submit(family());
  EXPECT_THAT(asked(desk), ElementsAre("ca-ccb", "ca-oas", "nb-ctb"));
}

TEST(ChoiceOfPrograms, NamesNarrowItAndTheirOrderAndRepetitionDoNotMatter) {
  v1::Application application = family();
  for (const char* id : {"nb-ctb", "ca-ccb", "nb-ctb"}) application.add_programs(id);
  Desk desk;
  desk.submit(application);
  EXPECT_THAT(asked(desk), ElementsAre("ca-ccb", "nb-ctb"));
  EXPECT_EQ(desk.current().programs_size(), 2);
}

TEST(ChoiceOfPrograms, OneThatIsNamedAndNotOfferedThereIsIneligibleAndNotAsked) {
  v1::Application application = family();
  application.add_programs("on-ocb");
  Desk desk;
  desk.submit(application);
  EXPECT_THAT(asked(desk), IsEmpty());
  const v1::DeterminationLine& line = only_line(desk.program("on-ocb"));
  EXPECT_EQ(line.status(), v1::INELIGIBLE);
  EXPECT_THAT(line.reasons(0).text().en(), HasSubstr("not offered where you live"));
  EXPECT_THAT(line.reasons(0).text().fr(), HasSubstr("pas offert là où vous habitez"));
  EXPECT_EQ(desk.status(), "complete");
  EXPECT_EQ(desk.current().revision(), 1);
}

TEST(ChoiceOfPrograms, OneWithoutConsentNeedsInformationAndIsNotAsked) {
  v1::Application application = family();
  application.clear_consents();
  v1::Consent& consent = *application.add_consents();
  consent.set_program("ca-ccb");
  consent.add_purposes("eligibility");
  Desk desk;
  desk.submit(application);
  EXPECT_THAT(asked(desk), ElementsAre("ca-ccb"));
  const v1::DeterminationLine& line = only_line(desk.program("nb-ctb"));
  EXPECT_EQ(line.status(), v1::NEEDS_INFORMATION);
  EXPECT_THAT(line.missing_fields(), ElementsAre("consents"));
  for (const std::string& text : {line.reasons(0).text().en(), line.reasons(0).text().fr()}) {
    EXPECT_THAT(text, HasSubstr("(nb-ctb)"));
    EXPECT_THAT(text, HasSubstr("eligibility"));
  }
  EXPECT_THAT(line.reasons(0).text().fr(), HasSubstr("Programme nb-ctb"));
  // For each adult where the program answers for each.
  EXPECT_EQ(desk.program("ca-oas").answers(0).lines_size(), 2);
}

TEST(ChoiceOfPrograms, ConsentForPaymentAloneIsNoConsentToAsk) {
  v1::Application application = family();
  application.mutable_consents(0)->clear_purposes();
  application.mutable_consents(0)->add_purposes("payment");
  Desk desk;
  desk.submit(application);
  EXPECT_THAT(asked(desk), IsEmpty());
  EXPECT_EQ(desk.status(), "complete");  // needs_information counts as answered
}

TEST(ChoiceOfPrograms, AnUnknownNameBreaksNothing) {
  v1::Application application = family();
  application.add_programs("ca-gone");
  application.add_programs("ca-ccb");
  Desk desk;
  desk.submit(application);
  EXPECT_THAT(asked(desk), ElementsAre("ca-ccb"));
  EXPECT_EQ(only_line(desk.program("ca-gone")).status(), v1::INELIGIBLE);
}

TEST(ChoiceOfPrograms, MoreNamesThanAnApplicationMayConcernAreRefused) {
  v1::Application application = family();
  for (int i = 0; i <= cases::kMaxProgramsPerApplication; ++i)
    application.add_programs("p-" + std::to_string(i));
  Desk desk;
  desk.submit(application);
  EXPECT_THAT(desk.dead_letters_last(), ElementsAre("too_many_programs"));
  EXPECT_FALSE(desk.exists());
}

TEST(ChoiceOfPrograms, ACatalogueLargerThanAnApplicationMayConcernIsRefusedAtTheStart) {
  std::vector<std::shared_ptr<const rules::Program>> programs;
  for (int i = 0; i <= cases::kMaxProgramsPerApplication; ++i)
    programs.push_back(std::make_shared<FakeProgram>("ca-" + std::to_string(i)));
  EXPECT_THROW(cases::CaseProcessor(std::make_shared<rules::Catalogue>(std::move(programs))),
               std::invalid_argument);
}

TEST(ChoiceOfPrograms, WhereNothingIsOfferedTheCaseIsCompleteAtOnce) {
  Desk desk(
      std::make_shared<rules::Catalogue>(std::vector<std::shared_ptr<const rules::Program>>{}));
  desk.submit(family());
  EXPECT_EQ(desk.status(), "complete");
  EXPECT_THAT(desk.event_types(), ElementsAre("application.received", "case.decided"));
}

TEST(Requests, HoldOnlyTheFieldsThatTheManifestNeeds) {
  Desk desk;
  desk.submit(family());
  const v1::DeterminationRequest request = desk.requests().front();
  EXPECT_EQ(request.request_id(), std::string(kApplication) + "/1/ca-ccb");
  EXPECT_EQ(request.program_version(), "sha256:ca-ccb");
  EXPECT_EQ(request.effective_date(), family().effective_date());
  EXPECT_EQ(request.requested_at_us(), kStart);
  EXPECT_EQ(request.deadline_us(), kStart + 10 * kSecond);
  v1::Facts facts;
  const v1::Application application = family();
  for (const v1::Adult& adult : application.household().adults()) {
    v1::Adult& sent = *facts.mutable_household()->add_adults();
    sent.set_role(adult.role());
    sent.set_date_of_birth(adult.date_of_birth());
    sent.set_net_income_cents(adult.net_income_cents());
  }
  EXPECT_EQ(request.facts().DebugString(), facts.DebugString());
}

TEST(Requests, TheDeadlineIsTheProgramsOwnCountedFromTheRecordsTime) {
  auto slow = std::make_shared<FakeProgram>("ca-slow");
  slow->edit().deadline = std::chrono::minutes(5);
  Desk desk(
      std::make_shared<rules::Catalogue>(std::vector<std::shared_ptr<const rules::Program>>{slow}));
  desk.now = kStart + 77;
  desk.submit(family());
  EXPECT_EQ(desk.program("ca-slow").deadline_us(), kStart + 77 + 300 * kSecond);
}

TEST(Requests, EveryFieldThatAManifestMayNameCanBeCopied) {
  for (const rules::Field& field : rules::fields()) {
    EXPECT_TRUE(cases::can_copy(field.name)) << field.name;
    const v1::Facts facts = cases::facts_for({std::string(field.name)}, family());
    EXPECT_THAT(rules::missing(facts, {std::string(field.name)}), IsEmpty()) << field.name;
  }
}

TEST(Requests, ASinAnAccountOrANameNeverLeaves) {
  std::vector<std::string> all;
  for (const rules::Field& field : rules::fields()) all.emplace_back(field.name);
  v1::Application application = family();
  application.mutable_household()->mutable_adults(1)->set_sin("130692544");
  application.mutable_household()->mutable_adults(1)->mutable_payment()->set_account("7654321");
  const v1::Facts facts = cases::facts_for(all, application);
  EXPECT_EQ(facts.client_id(), "c_marie");
  const std::string text = facts.DebugString();
  for (const char* secret : {"046454286", "130692544", "1234567", "7654321", "Marie", "Cormier"})
    EXPECT_EQ(text.find(secret), std::string::npos) << secret;
  EXPECT_EQ(facts.household().annual_rent_cents(), 960'000);
  EXPECT_EQ(facts.household().children_size(), 1);
}

TEST(Requests, AFieldThatNobodyKnowsCopiesNothing) {
  EXPECT_FALSE(cases::can_copy("client.given_name"));
  EXPECT_EQ(cases::facts_for({"client.given_name", ""}, family()).ByteSizeLong(), 0);
}

}  // namespace
}  // namespace guichet::testing
