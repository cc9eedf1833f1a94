#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <thread>

#include "programs_for_test.h"

namespace guichet::rules {
namespace {

std::vector<v1::DeterminationLine> answer(const char* program, const v1::Facts& facts,
                                          const char* on) {
  return catalogue().find(program)->determine(facts, day(on)).value();
}

std::vector<std::string> rules_of(const v1::DeterminationLine& line) {
  std::vector<std::string> rules;
  for (const v1::Reason& reason : line.reasons()) rules.push_back(reason.rule());
  return rules;
}

using Rules = std::vector<std::string>;

TEST(Determine, TheExampleFamilyGetsWhatItsProgramsOwe) {
  const std::map<std::string, std::int64_t> expected = {
      {"ca-ccb", 799'700}, {"ca-gst", 88'200}, {"nb-ctb", 50'000}};
  std::map<std::string, std::int64_t> due;
  for (const auto& [program, cents] : expected) {
    const auto lines = answer(program.c_str(), example_family(), "2026-01-01");
    ASSERT_EQ(lines.size(), 1u);
    EXPECT_EQ(lines[0].beneficiary(), "household");
    EXPECT_EQ(lines[0].status(), v1::ELIGIBLE);
    EXPECT_EQ(lines[0].annual_amount_cents(), cents) << program;
    for (const auto& entitlement : lines[0].entitlements())
      due[to_string(from_days(entitlement.due()))] += entitlement.amount_cents();
  }
  EXPECT_EQ(due["2026-01-05"], 22'050);
  EXPECT_EQ(due["2026-01-20"], 66'641 + 4'166);
  EXPECT_EQ(due["2026-02-20"], 70'809);
}

TEST(Determine, OldAgeSecurityIsRefusedToEachYoungAdultWithItsReason) {
  const auto lines = answer("ca-oas", example_family(), "2026-01-01");
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0].beneficiary(), "applicant");
  EXPECT_EQ(lines[1].beneficiary(), "spouse");
  for (const auto& line : lines) {
    EXPECT_EQ(line.status(), v1::INELIGIBLE);
    EXPECT_EQ(line.annual_amount_cents(), 0);
    EXPECT_TRUE(line.entitlements().empty());
    EXPECT_EQ(rules_of(line), (Rules{"reasons/too_young"}));
  }
  EXPECT_EQ(lines[0].reasons(0).text().fr(),
            "La pension est versée à partir de 65 ans; cette personne a 31 ans.");
  EXPECT_EQ(lines[0].reasons(0).text().en(), "The pension is paid from age 65; this person is 31.");
  EXPECT_NE(lines[0].reasons(0).citation().find("Old Age Security Act"), std::string::npos);
}

TEST(Determine, TheApplicantComesFirstInWhateverOrderTheAdultsStand) {
  v1::Facts facts = example_family();
  std::swap(*facts.mutable_household()->mutable_adults(0),
            *facts.mutable_household()->mutable_adults(1));
  const auto lines = answer("ca-oas", facts, "2026-01-01");
  EXPECT_EQ(lines[0].beneficiary(), "applicant");
  EXPECT_NE(lines[0].reasons(0).text().en().find("is 31"), std::string::npos);
}

TEST(Determine, FiguresStandInTheTextsOfBothLanguages) {
  v1::Facts facts = example_family();
  facts.mutable_household()->mutable_adults(0)->set_net_income_cents(3'961'000);
  const auto line = answer("ca-ccb", facts, "2026-01-01")[0];
  ASSERT_EQ(rules_of(line), (Rules{"reasons/greatest_young", "reasons/reduced"}));
  EXPECT_EQ(line.reasons(1).text().en(),
            "Your family income of $46,610.00 is over $37,487.00, so the benefit is reduced by "
            "$638.61 a year.");
  EXPECT_EQ(line.reasons(1).text().fr(),
            "Votre revenu familial de 46\u00A0610,00\u00A0$ dépasse 37\u00A0487,00\u00A0$; "
            "l’allocation est donc réduite de 638,61\u00A0$ par année.");
}

TEST(Determine, AnAmountReducedToZeroIsIneligibleWithItsFigures) {
  v1::Facts facts = example_family();
  facts.mutable_household()->mutable_adults(0)->set_net_income_cents(40'000'000);
  for (const char* program : {"ca-ccb", "ca-gst"}) {
    const auto line = answer(program, facts, "2026-01-01")[0];
    EXPECT_EQ(line.status(), v1::INELIGIBLE);
    EXPECT_EQ(line.annual_amount_cents(), 0);
    EXPECT_TRUE(line.entitlements().empty());
    EXPECT_EQ(line.reasons(line.reasons_size() - 1).rule(), "reasons/income_too_high");
    EXPECT_NE(line.reasons(line.reasons_size() - 1).text().en().find("$407,000.00"),
              std::string::npos);
  }
}

TEST(Determine, WithoutASocialInsuranceNumberEveryProgramAsksForIt) {
  v1::Facts facts = example_family();
  facts.clear_client_id();
  for (const char* program : {"ca-ccb", "ca-gst", "nb-ctb", "ca-oas"}) {
    for (const auto& line : answer(program, facts, "2026-01-01")) {
      EXPECT_EQ(line.status(), v1::NEEDS_INFORMATION) << program;
      ASSERT_EQ(line.missing_fields_size(), 1);
      EXPECT_EQ(line.missing_fields(0), "client.sin");
      EXPECT_EQ(line.reasons(0).text().en(),
                "To decide, this program still needs: your social insurance number.");
      EXPECT_EQ(line.reasons(0).text().fr(),
                "Pour décider, ce programme a encore besoin de ce qui suit\u00A0: votre numéro "
                "d’assurance sociale.");
      EXPECT_EQ(line.annual_amount_cents(), 0);
      EXPECT_TRUE(line.entitlements().empty());
    }
  }
}

TEST(Determine, FactsWithoutAHouseholdNameEachFieldThatIsMissing) {
  v1::Facts facts;
  facts.set_client_id("c");
  facts.mutable_residence()->set_province("NB");
  const auto line = answer("nb-ctb", facts, "2026-01-01")[0];
  EXPECT_EQ(line.status(), v1::NEEDS_INFORMATION);
  EXPECT_EQ((Rules{line.missing_fields().begin(), line.missing_fields().end()}),
            (Rules{"household.adults.date_of_birth", "household.adults.net_income",
                   "household.adults.employment_income", "household.children.date_of_birth"}));
  const auto pension = answer("ca-oas", facts, "2026-01-01");
  ASSERT_EQ(pension.size(), 1u);
  EXPECT_EQ(pension[0].beneficiary(), "applicant");
  EXPECT_EQ(pension[0].status(), v1::NEEDS_INFORMATION);
}

TEST(Determine, AProgramOfAnotherProvinceIsRefused) {
  const auto line = answer("on-ocb", example_family(), "2026-01-01")[0];
  EXPECT_EQ(line.status(), v1::INELIGIBLE);
  EXPECT_EQ(line.reasons(0).text().en(), "This program is not offered where you live.");
}

TEST(Determine, ADayWithoutFiguresFailsAndSaysFromWhenTheyAreKnown) {
  const auto lines = catalogue().find("ca-ccb")->determine(example_family(), day("2022-06-30"));
  ASSERT_FALSE(lines);
  EXPECT_EQ(lines.error().message,
            "ca-ccb: no figures are known for 2022-06-30; they are known from 2022-07-01 on");
  EXPECT_TRUE(catalogue().find("ca-ccb")->determine(example_family(), day("2022-07-01")));
}

TEST(Determine, FiguresOlderThanTheBenefitYearAreSaidToBe) {
  const auto rule_of_last = [](const v1::DeterminationLine& line) {
    return line.reasons(line.reasons_size() - 1).rule();
  };
  v1::Facts ontario = example_family();
  ontario.mutable_residence()->set_province("ON");
  EXPECT_EQ(rule_of_last(answer("on-ocb", ontario, "2023-06-30")[0]), "reasons/full");
  const auto later = answer("on-ocb", ontario, "2023-07-01")[0];
  EXPECT_EQ(rule_of_last(later), "figures/last-known");
  EXPECT_EQ(later.reasons(2).text().en(),
            "The newest figures known here for this program date from July 1, 2022; they may have "
            "changed for the benefit year that began on July 1, 2023.");
  EXPECT_EQ(
      later.reasons(2).text().fr(),
      "Les derniers chiffres connus ici pour ce programme datent du 1er juillet 2022; ils ont "
      "pu changer pour l’année de prestations qui a commencé le 1er juillet 2023.");
  // The reason is left out where no figure had a say.
  EXPECT_EQ(rule_of_last(answer("ca-oas", example_family(), "2026-01-01")[0]), "reasons/too_young");
}

TEST(Determine, TheFiguresOfTheDayAreUsed) {
  const v1::Facts facts = example_family();
  EXPECT_EQ(answer("ca-ccb", facts, "2023-06-30")[0].annual_amount_cents(), 699'700);
  EXPECT_EQ(answer("ca-ccb", facts, "2023-07-01")[0].annual_amount_cents(), 743'700);
  EXPECT_EQ(answer("ca-ccb", facts, "2025-06-30")[0].annual_amount_cents(), 778'700);
  EXPECT_EQ(answer("ca-ccb", facts, "2025-07-01")[0].annual_amount_cents(), 799'700);
  EXPECT_EQ(answer("ca-ccb", facts, "2040-01-01")[0].annual_amount_cents(), 0);  // the child is 18
}

TEST(Determine, NegativeAndEnormousIncomesAreLawful) {
  v1::Facts facts = example_family();
  v1::Adult& applicant = *facts.mutable_household()->mutable_adults(0);
  for (std::int64_t cents : {-99'999'999'999'999, 99'999'999'999'999}) {
    applicant.set_net_income_cents(cents);
    applicant.set_employment_income_cents(cents);
    for (const char* program : {"ca-ccb", "ca-gst", "nb-ctb", "ca-oas"})
      for (const auto& line : answer(program, facts, "2026-01-01"))
        EXPECT_TRUE(line.status() == v1::ELIGIBLE || line.status() == v1::INELIGIBLE);
  }
}

TEST(Determine, TwentyChildrenCount) {
  v1::Facts facts = example_family();
  for (int i = 0; i < 19; ++i)
    facts.mutable_household()->add_children()->set_date_of_birth(to_days(day("2015-01-01")));
  EXPECT_EQ(answer("ca-ccb", facts, "2026-01-01")[0].annual_amount_cents(), 799'700 + 19 * 674'800);
}

TEST(Determine, ManyThreadsGetTheSameAnswer) {
  const auto program = catalogue().find("ca-gst");
  const std::string expected =
      program->determine(example_family(), day("2026-01-01")).value()[0].SerializeAsString();
  std::vector<std::thread> threads;
  std::atomic<int> same = 0;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int n = 0; n < 50; ++n)
        same += program->determine(example_family(), day("2026-01-01"))
                    .value()[0]
                    .SerializeAsString() == expected;
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(same, 200);
}

}  // namespace
}  // namespace guichet::rules
