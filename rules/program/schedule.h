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

/// The entitlements of the whole benefit year in which `effective` lies: the k-th of n payments of A
/// is floor(A·k/n) − floor(A·(k−1)/n) cents, each due as the calendar says. Their sum is `annual`.
std::vector<v1::Entitlement> schedule(const Manifest& manifest, const Holidays& holidays,
                                      Money annual, Day effective);

}  // namespace guichet::rules
