#pragma once

#include <vector>

#include "guichet/v1/determination.pb.h"
#include "rules/program/manifest.h"
#include "schemas/values/money.h"

namespace guichet::rules {

/// Days on which banks do not pay, besides Saturdays and Sundays: rules/programs/holidays.yaml.
class Holidays {
 public:
  explicit Holidays(std::vector<Day> days);
  bool is_business_day(Day day) const;

 private:
  std::vector<Day> days_;  // sorted
};

/// A benefit year; both days are inside it.
struct BenefitYear {
  Day from;
  Day to;
};

/// The benefit year in which `day` lies.
BenefitYear benefit_year(const Manifest& manifest, Day day);

/// The entitlements of the whole benefit year in which `effective` lies: the k-th of n payments of
/// A is floor(A·k/n) − floor(A·(k−1)/n) cents, each due as the calendar says. Their sum is
/// `annual`, which is not negative; where it is zero there are none. The k-th period runs from the
/// first day of its month (the first: of the benefit year) to the day before the next.
std::vector<v1::Entitlement> schedule(const Manifest& manifest, const Holidays& holidays,
                                      Money annual, Day effective);

}  // namespace guichet::rules
