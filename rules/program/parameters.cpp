#include "rules/program/parameters.h"

#include <algorithm>

namespace guichet::rules {

Dated::Dated(std::vector<std::pair<Day, std::string>> values) : values_(std::move(values)) {
  std::ranges::sort(values_);
}

const std::string* Dated::on(Day day) const {
  const std::string* newest = nullptr;
  for (const auto& [from, text] : values_) {
    if (from > day) break;
    newest = &text;
  }
  return newest;
}

Parameters::Parameters(std::vector<Parameter> all, std::vector<std::string> sources)
    : all_(std::move(all)), sources_(std::move(sources)) {}

std::vector<const Dated*> Parameters::series() const {
  std::vector<const Dated*> all;
  for (const Parameter& parameter : all_) {
    if (parameter.kind == Parameter::Kind::value) all.push_back(&parameter.value);
    for (const Parameter::Bracket& bracket : parameter.brackets) {
      all.push_back(&bracket.threshold);
      all.push_back(&bracket.figure);
    }
    for (const auto& [name, figure] : parameter.categories) all.push_back(&figure);
  }
  return all;
}

std::optional<Day> Parameters::first_day() const {
  std::optional<Day> first;
  for (const Dated* dated : series())
    if (!first || dated->first_day() > *first) first = dated->first_day();
  return first;
}

std::vector<Day> Parameters::days_of_change() const {
  std::vector<Day> days;
  const std::optional<Day> first = first_day();
  for (const Dated* dated : series())
    for (const auto& [day, text] : dated->values()) days.push_back(std::max(day, *first));
  std::ranges::sort(days);
  days.erase(std::ranges::unique(days).begin(), days.end());
  return days;
}

Day Parameters::newest_on(Day day) const {
  Day newest{};
  bool any = false;
  for (const Dated* dated : series()) {
    for (const auto& [from, text] : dated->values()) {
      if (from > day || (any && from <= newest)) continue;
      newest = from;
      any = true;
    }
  }
  return newest;
}

}  // namespace guichet::rules
