#include "rules/program/text_template.h"

#include <optional>

#include "schemas/values/money.h"

namespace guichet::rules {
namespace {

using feel::Kind;
using feel::Number;
using feel::Rounding;

constexpr const char* kNoBreakSpace = "\xC2\xA0";

std::string_view trim(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

/// Digits of the whole part in groups of three, decimals after the language's mark.
std::string grouped(const Number& number, bool french) {
  const std::string plain = number.to_string();
  const std::size_t sign = plain.starts_with('-') ? 1 : 0;
  const std::size_t point = std::min(plain.find('.'), plain.size());
  std::string text = plain.substr(0, sign);
  for (std::size_t i = sign; i < point; ++i) {
    if (i > sign && (point - i) % 3 == 0) text += french ? kNoBreakSpace : ",";
    text += plain[i];
  }
  if (point < plain.size()) text += (french ? "," : ".") + plain.substr(point + 1);
  return text;
}

}  // namespace

Result<TextTemplate::Part> TextTemplate::parse_figure(std::string_view inside) {
  const Failure bad{
      "the figure {" + std::string(inside) +
      "} must be a name, |, and one of money, number, percent, date or plural(one, many)"};
  const std::size_t bar = inside.find('|');
  if (bar == std::string_view::npos) return bad;
  Part part;
  part.name = trim(inside.substr(0, bar));
  std::string_view format = trim(inside.substr(bar + 1));
  if (part.name.empty()) return bad;
  if (format == "money") part.format = Format::money;
  if (format == "number") part.format = Format::number;
  if (format == "percent") part.format = Format::percent;
  if (format == "date") part.format = Format::date;
  if (format.starts_with("plural(") && format.ends_with(')')) {
    format = format.substr(7, format.size() - 8);
    const std::size_t comma = format.find(',');
    if (comma == std::string_view::npos) return bad;
    part.one = trim(format.substr(0, comma));
    part.many = trim(format.substr(comma + 1));
    part.format = Format::plural;
  }
  if (part.format == Format::none) return bad;
  return part;
}

Result<TextTemplate> TextTemplate::parse(std::string_view text) {
  TextTemplate parsed;
  parsed.size_ = text.size();  // about what it will be
  while (!text.empty()) {
    const std::size_t open = text.find_first_of("{}");
    if (open == std::string_view::npos) {
      parsed.parts_.push_back({std::string(text), "", Format::none, "", ""});
      break;
    }
    const std::size_t close = text.find_first_of("{}", open + 1);
    if (text[open] == '}' || close == std::string_view::npos || text[close] == '{')
      return Failure{"a brace without its other half; write {name | format}"};
    Result<Part> part = parse_figure(text.substr(open + 1, close - open - 1));
    if (!part) return part.error();
    part->text = text.substr(0, open);
    parsed.parts_.push_back(std::move(*part));
    text.remove_prefix(close + 1);
  }
  return parsed;
}

std::vector<std::string> TextTemplate::names() const {
  std::vector<std::string> names;
  for (const Part& part : parts_)
    if (part.format != Format::none) names.push_back(part.name);
  return names;
}

std::optional<std::string> TextTemplate::format(const Part& part, const feel::Value& value,
                                                std::string_view language) {
  const bool french = language == "fr";
  if (part.format == Format::date) {
    if (!value.is(Kind::date)) return {};
    return for_people(from_days(static_cast<std::int32_t>(value.date().to_days())), language);
  }
  if (!value.is(Kind::number)) return {};
  const Number& number = value.number();
  switch (part.format) {
    case Format::money: {
      const auto cents = number.to_scaled(2, Rounding::half_up);
      if (!cents) return {};
      return Money::of_cents(*cents).for_people(language);
    }
    case Format::percent: {
      const auto percent = number * Number(100);
      if (!percent) return {};
      return grouped(*percent, french) + (french ? kNoBreakSpace : "") + "%";
    }
    case Format::plural: {
      // One is singular in both languages; in French, so is anything less than two.
      const bool one = french ? number < Number(2) : number == Number(1);
      return one ? part.one : part.many;
    }
    default:
      return grouped(number, french);
  }
}

Result<std::string> TextTemplate::render(std::string_view language,
                                         std::span<const feel::Value> figures) const {
  std::string text;
  text.reserve(size_);
  std::size_t next = 0;
  for (const Part& part : parts_) {
    text += part.text;
    if (part.format == Format::none) continue;
    const std::optional<std::string> figure = format(part, figures[next++], language);
    if (!figure) return Failure{"the figure {" + part.name + "} has no value that fits its format"};
    text += *figure;
  }
  return Result<std::string>{boost::system::in_place_value, std::move(text)};
}

}  // namespace guichet::rules
