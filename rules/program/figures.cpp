#include "rules/program/figures.h"

#include <algorithm>
#include <map>

namespace guichet::rules {
namespace {

using feel::Number;
using feel::Value;

using Entries = std::vector<std::pair<std::string, Value>>;

Value number_on(const Dated& dated, Day day) {
  return Value::maybe(Number::parse(*dated.on(day)));
}

Result<Value> brackets_on(const Parameter& parameter, const std::string& figure, Day day) {
  std::vector<Value> brackets;
  for (std::size_t i = 0; i < parameter.brackets.size(); ++i) {
    const Value threshold = number_on(parameter.brackets[i].threshold, day);
    Value upper;
    if (i + 1 < parameter.brackets.size()) {
      upper = number_on(parameter.brackets[i + 1].threshold, day);
      if (!(threshold.number() < upper.number()))
        return Failure{parameter.name + ": the thresholds on " + to_string(day) +
                       " are out of order; write the lowest first"};
    }
    brackets.push_back(Value::context({{"threshold", threshold},
                                       {"upper", upper},
                                       {figure, number_on(parameter.brackets[i].figure, day)}}));
  }
  return Value::list(std::move(brackets));
}

Result<Value> value_on(const Parameter& parameter, Day day) {
  switch (parameter.kind) {
    case Parameter::Kind::value:
      return number_on(parameter.value, day);
    case Parameter::Kind::marginal_rate:
      return brackets_on(parameter, "rate", day);
    case Parameter::Kind::single_amount:
      return brackets_on(parameter, "amount", day);
    case Parameter::Kind::by_category:
      break;
  }
  Entries entries;
  for (const auto& [category, figure] : parameter.categories)
    entries.emplace_back(category, number_on(figure, day));
  return Value::context(std::move(entries));
}

/// Puts reduction.one_child into a context `reduction`, and so on.
struct Group {
  Value value;
  std::map<std::string, Group> members;

  bool put(std::string_view name, Value placed) {
    const std::size_t dot = name.find('.');
    Group& member = members[std::string(name.substr(0, dot))];
    if (!member.value.is_null()) return false;
    if (dot != std::string_view::npos) return member.put(name.substr(dot + 1), std::move(placed));
    if (!member.members.empty()) return false;
    member.value = std::move(placed);
    return true;
  }
  Value whole() const {
    if (members.empty()) return value;
    Entries entries;
    for (const auto& [name, member] : members) entries.emplace_back(name, member.whole());
    return Value::context(std::move(entries));
  }
};

}  // namespace

Result<Figures> Figures::of(const Parameters& parameters) {
  Figures figures;
  for (Day day : parameters.days_of_change()) {
    Group all;
    for (const Parameter& parameter : parameters.all()) {
      Result<Value> value = value_on(parameter, day);
      if (!value) return value.error();
      if (!all.put(parameter.name, std::move(*value)))
        return Failure{parameter.name + ": is a figure and the group of another; rename one"};
    }
    figures.periods_.push_back({day, parameters.newest_on(day), all.whole()});
  }
  return figures;
}

const Figures::Period* Figures::on(Day day) const {
  const auto after = std::ranges::upper_bound(periods_, day, {}, &Period::from);
  return after == periods_.begin() ? nullptr : &*std::prev(after);
}

}  // namespace guichet::rules
