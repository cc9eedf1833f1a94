// Every figure that an independent public model gives for 400 households, straight through
// determine.

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <map>

#include "programs_for_test.h"
#include "rules/program/document.h"

namespace guichet::rules {
namespace {

constexpr double kDollars = 0.05;
constexpr double kPart = 1e-5;
// The reference truncates the supplement of nb-ctb, and then the total, to whole dollars.
constexpr double kTruncatedDollars = 2.0;

std::int64_t cents(const Node& dollars) {
  return std::llround(std::stod(dollars.text) * 100);
}

std::int32_t born(const Node& person, Day as_of) {
  const std::chrono::year_month_day day{as_of};
  return to_days(
      std::chrono::sys_days{day - std::chrono::years{std::stoi(person.find("age")->text)}});
}

v1::Facts facts_of(const Node& line, Day as_of) {
  v1::Facts facts;
  facts.set_client_id("c");
  const Node& household = *line.find("household");
  facts.mutable_residence()->set_province(household.find("province")->text);
  for (const Node& person : household.find("adults")->items) {
    v1::Adult& adult = *facts.mutable_household()->add_adults();
    adult.set_role(facts.household().adults_size() == 1 ? "applicant" : "spouse");
    adult.set_date_of_birth(born(person, as_of));
    adult.set_net_income_cents(cents(*person.find("net_income")));
    adult.set_employment_income_cents(cents(*person.find("employment_income")));
    adult.set_years_in_canada_since_18(
        static_cast<std::uint32_t>(std::stoi(person.find("years_in_canada_since_18")->text)));
    adult.set_disability_tax_credit(person.find("disability_tax_credit")->text == "true");
  }
  for (const Node& person : household.find("children")->items) {
    v1::Child& child = *facts.mutable_household()->add_children();
    child.set_date_of_birth(born(person, as_of));
    child.set_disability_tax_credit(person.find("disability_tax_credit")->text == "true");
  }
  return facts;
}

TEST(ReferenceHouseholds, EveryFigureOfTheFivePrograms) {
  std::ifstream file(std::string(GUICHET_SOURCE_DIR) + "/tests/data/reference-households.jsonl");
  std::map<std::string, int> compared;
  std::string text;
  while (std::getline(file, text)) {
    const Node line = read_json("household", text).value();
    const Day as_of = parse_day(line.find("as_of")->text).value();
    const v1::Facts facts = facts_of(line, as_of);
    for (const auto& [id, figures] : line.find("expected_annual")->entries) {
      const std::string where = line.find("id")->text + " " + id;
      const auto lines = catalogue().find(id)->determine(facts, as_of);
      ASSERT_TRUE(lines) << where << ": " << lines.error().message;
      const bool many = figures.kind == Node::Kind::list;
      ASSERT_EQ(lines->size(), many ? figures.items.size() : 1u) << where;
      for (std::size_t i = 0; i < lines->size(); ++i) {
        const double expected = std::stod(many ? figures.items[i].text : figures.text);
        const double answer = static_cast<double>((*lines)[i].annual_amount_cents()) / 100;
        const double tolerance =
            id == "nb-ctb" ? kTruncatedDollars : std::max(kDollars, std::abs(expected) * kPart);
        EXPECT_NEAR(answer, expected, tolerance) << where << " " << i;
        // The status says the same as the amount, and the payments add up to it.
        EXPECT_EQ((*lines)[i].status(), answer > 0 ? v1::ELIGIBLE : v1::INELIGIBLE) << where;
        std::int64_t paid = 0;
        for (const auto& entitlement : (*lines)[i].entitlements())
          paid += entitlement.amount_cents();
        EXPECT_EQ(paid, (*lines)[i].annual_amount_cents()) << where;
        ++compared[id];
      }
    }
  }
  EXPECT_EQ(compared["ca-ccb"], 400);
  EXPECT_EQ(compared["ca-gst"], 400);
  EXPECT_GE(compared["ca-oas"], 400);
  EXPECT_EQ(compared["on-ocb"], 57);
  EXPECT_EQ(compared["nb-ctb"], 28);
}

}  // namespace
}  // namespace guichet::rules
