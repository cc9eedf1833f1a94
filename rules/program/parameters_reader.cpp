#include <algorithm>

#include "rules/program/readers.h"

namespace guichet::rules {
namespace {

bool is_name(std::string_view name) {
  bool start = true;
  for (char c : name) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    if (start ? !letter : !(letter || (c >= '0' && c <= '9') || c == '.')) return false;
    start = c == '.';
  }
  return !start;
}

Dated read_dated(const Node& node, Mistakes& mistakes) {
  std::vector<std::pair<Day, std::string>> values;
  if (node.kind != Node::Kind::map || node.entries.empty() || node.entries.size() > kMaxDates) {
    if (!node.place.empty())
      mistakes.add(node.place,
                   "must be figures by the date from which each holds, such as "
                   "{\"2025-07-01\": 7997}; 1 to " +
                       std::to_string(kMaxDates));
    return Dated({{Day{}, "0"}});
  }
  for (const auto& [date, figure] : node.entries) {
    const Result<Day> day = parse_day(date);
    if (!day) mistakes.add(figure.place, day.error().message);
    if (figure.kind != Node::Kind::number || figure.text.size() > 30 ||
        figure.text.find_first_of("eE") != std::string::npos)
      mistakes.add(figure.place, "must be a plain number, such as 7997 or 0.095");
    values.emplace_back(day ? *day : Day{}, figure.text);
  }
  return Dated(std::move(values));
}

std::vector<Parameter::Bracket> read_brackets(const Node& node, std::string_view figure,
                                              Mistakes& mistakes) {
  std::vector<Parameter::Bracket> brackets;
  for (const Node& item : read_list(node, mistakes)) {
    Section section(item, mistakes);
    Parameter::Bracket& bracket = brackets.emplace_back();
    bracket.threshold =
        read_dated(section.required("threshold", "where it begins, by date"), mistakes);
    bracket.figure = read_dated(section.required(figure, "figures by date"), mistakes);
  }
  if (node.kind == Node::Kind::list && (brackets.empty() || brackets.size() > kMaxBrackets))
    mistakes.add(node.place, "must hold 1 to " + std::to_string(kMaxBrackets) + " brackets");
  return brackets;
}

Parameter read_parameter(const std::string& name, const Node& node, Mistakes& mistakes) {
  Parameter parameter;
  parameter.name = name;
  if (!is_name(name))
    mistakes.add(node.place, "must be named by letters, digits and _, in groups joined by dots");
  Section section(node, mistakes);
  section.optional("description");
  section.optional("source");
  section.optional("note");
  parameter.kind = static_cast<Parameter::Kind>(
      read_choice(section.required("kind", "value, marginal_rate, single_amount or by_category"),
                  {"value", "marginal_rate", "single_amount", "by_category"}, mistakes));
  switch (parameter.kind) {
    case Parameter::Kind::value:
      parameter.value = read_dated(section.required("values", "figures by date"), mistakes);
      break;
    case Parameter::Kind::marginal_rate:
      parameter.brackets =
          read_brackets(section.required("brackets", "thresholds and rates"), "rate", mistakes);
      break;
    case Parameter::Kind::single_amount:
      parameter.brackets =
          read_brackets(section.required("brackets", "thresholds and amounts"), "amount", mistakes);
      break;
    case Parameter::Kind::by_category: {
      const Node& categories = section.required("categories", "figures by category and date");
      for (const auto& [category, figures] : categories.entries) {
        if (!is_name(category) || category.find('.') != std::string::npos)
          mistakes.add(figures.place, "must be named by letters, digits and _");
        parameter.categories.emplace_back(category, read_dated(figures, mistakes));
      }
      if (parameter.categories.empty() && !categories.place.empty())
        mistakes.add(categories.place, "must be a map of at least one category");
      break;
    }
  }
  return parameter;
}

}  // namespace

Parameters read_parameters(const Node& node, Mistakes& mistakes) {
  std::vector<Parameter> all;
  Section section(node, mistakes);
  const Node& parameters = section.required("parameters", "a map of figures by name");
  for (const auto& [name, parameter] : parameters.entries)
    all.push_back(read_parameter(name, parameter, mistakes));
  if (!parameters.place.empty() && (all.empty() || all.size() > kMaxParameters))
    mistakes.add(parameters.place, "must hold 1 to " + std::to_string(kMaxParameters) + " figures");
  const Node& sources = section.required("sources", "where the figures are published");
  return Parameters(std::move(all), read_texts(sources, mistakes));
}

std::vector<ReasonText> read_reason_texts(const Node& node, Mistakes& mistakes) {
  std::vector<ReasonText> texts;
  if (node.kind != Node::Kind::map || node.entries.empty() || node.entries.size() > kMaxTexts)
    mistakes.add(node.place, "must be a map of 1 to " + std::to_string(kMaxTexts) +
                                 " reasons by key, each {en: …, fr: …, citation: …}");
  for (const auto& [key, entry] : node.entries) {
    Section section(entry, mistakes);
    ReasonText& text = texts.emplace_back();
    text.key = key;
    text.place = entry.place;
    text.text.en = read_text(section.required("en", "the English text"), mistakes);
    text.text.fr = read_text(section.required("fr", "the French text"), mistakes);
    text.citation = read_text(section.required("citation", "act and section, or page"), mistakes);
    if (const Node* depends = section.optional("depends_on_figures"))
      text.depends_on_figures = read_choice(*depends, {"false", "true"}, mistakes) == 1;
  }
  return texts;
}

}  // namespace guichet::rules
