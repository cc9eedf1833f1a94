#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "schemas/values/dates.h"

namespace guichet::rules {

/// One figure through time: each value holds from its day until the next one's. Decimal texts.
class Dated {
 public:
  explicit Dated(std::vector<std::pair<Day, std::string>> values = {});  // at least one, by day

  Day first_day() const { return values_.front().first; }
  /// The newest value not after the day; null where the first begins later.
  const std::string* on(Day day) const;
  const std::vector<std::pair<Day, std::string>>& values() const { return values_; }

 private:
  std::vector<std::pair<Day, std::string>> values_;
};

/// A named figure or table of a program: one entry of parameters.json.
struct Parameter {
  enum class Kind {
    value,          // one figure
    marginal_rate,  // brackets: rate × the part of the amount in each
    single_amount,  // brackets: the amount of the one that the number falls in
    by_category,    // a figure for each category
  };
  struct Bracket {
    Dated threshold;
    Dated figure;  // rate or amount
  };
  std::string name;  // dots make groups: reduction.one_child
  Kind kind = Kind::value;
  Dated value;
  std::vector<Bracket> brackets;  // lowest first
  std::vector<std::pair<std::string, Dated>> categories;
};

/// All figures of a program.
class Parameters {
 public:
  Parameters() = default;
  explicit Parameters(std::vector<Parameter> all, std::vector<std::string> sources = {});

  const std::vector<Parameter>& all() const { return all_; }
  /// Where the figures are published.
  const std::vector<std::string>& sources() const { return sources_; }
  /// The first day on which every figure is known; none without figures.
  std::optional<Day> first_day() const;
  /// Every day on which some figure changes, from first_day on, ascending.
  std::vector<Day> days_of_change() const;
  /// The date of the newest figure in force on a day, which is not before first_day.
  Day newest_on(Day day) const;

 private:
  std::vector<const Dated*> series() const;
  std::vector<Parameter> all_;
  std::vector<std::string> sources_;
};

}  // namespace guichet::rules
