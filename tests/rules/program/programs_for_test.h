#pragma once

#include <string>

#include "rules/program/load.h"

namespace guichet::rules {

inline const std::string& programs_folder() {
  static const std::string kFolder = std::string(GUICHET_SOURCE_DIR) + "/rules/programs";
  return kFolder;
}

/// The programs that come with Guichet.
inline const Catalogue& catalogue() {
  static const Catalogue kCatalogue = load_catalogue({programs_folder()}).value();
  return kCatalogue;
}

inline const Holidays& holidays() {
  static const Holidays kHolidays = load_holidays(programs_folder() + "/holidays.yaml").value();
  return kHolidays;
}

inline Day day(const char* text) {
  return parse_day(text).value();
}

/// The family of the interface's example: two adults, one child, New Brunswick, January 1, 2026.
inline v1::Facts example_family() {
  v1::Facts facts;
  facts.set_client_id("c");
  facts.mutable_residence()->set_province("NB");
  v1::Household& household = *facts.mutable_household();
  v1::Adult& applicant = *household.add_adults();
  applicant.set_role("applicant");
  applicant.set_date_of_birth(to_days(day("1994-05-02")));
  applicant.set_net_income_cents(1'240'000);
  applicant.set_employment_income_cents(1'040'000);
  applicant.set_years_in_canada_since_18(13);
  v1::Adult& spouse = *household.add_adults();
  spouse.set_role("spouse");
  spouse.set_date_of_birth(to_days(day("1992-11-20")));
  spouse.set_net_income_cents(700'000);
  spouse.set_employment_income_cents(700'000);
  spouse.set_years_in_canada_since_18(15);
  household.add_children()->set_date_of_birth(to_days(day("2021-03-14")));
  return facts;
}

}  // namespace guichet::rules
