#pragma once

#include <vector>

#include "rules/feel/value.h"
#include "rules/program/parameters.h"
#include "schemas/values/result.h"

namespace guichet::rules {

/// The figures of a program as its model reads them: for each day the context `parameters`, with
/// dots in a name as contexts within one another. Worked out once, for each day on which a figure
/// changes; never changes after. Any thread.
///
///   value          a number
///   marginal_rate  a list of {threshold, upper, rate}, lowest first; the last upper is null
///   single_amount  a list of {threshold, upper, amount}, likewise
///   by_category    a context of numbers by category
class Figures {
 public:
  /// The failure names a parameter whose brackets are out of order on some day, or whose name is
  /// also the group of another.
  static Result<Figures> of(const Parameters& parameters);

  struct Period {
    Day from;     // until the next period
    Day changed;  // the newest date of a figure in it
    feel::Value parameters;
  };
  /// Null where the day is before the first.
  const Period* on(Day day) const;
  const std::vector<Period>& periods() const { return periods_; }

 private:
  std::vector<Period> periods_;
};

}  // namespace guichet::rules
