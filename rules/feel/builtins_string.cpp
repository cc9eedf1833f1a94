// DMN 1.5, 10.3.4.3: functions on strings; string() and number() of 10.3.4.1.
#include <unicode/locid.h>
#include <unicode/unistr.h>

#include <algorithm>

#include "rules/feel/builtin.h"
#include "rules/feel/regex.h"
#include "rules/feel/utf8.h"

namespace guichet::feel {

namespace {

using Args = std::span<Value>;

Value to_text(Evaluation& evaluation, Args args) {
  if (args[0].is_null()) return Value();
  if (args[0].is(Kind::string)) return args[0];
  return evaluation.string(to_string(args[0]));
}

Value to_number(Evaluation& evaluation, Args args) {
  std::string text = args[0].string();
  const auto separator = [&](std::size_t i) -> std::optional<std::string> {
    if (i >= args.size() || args[i].is_null()) return std::string();
    return args[i].string();
  };
  const std::string grouping = *separator(1), decimal = *separator(2);
  const bool grouping_known =
      grouping.empty() || grouping == " " || grouping == "," || grouping == ".";
  const bool decimal_known = decimal.empty() || decimal == "," || decimal == ".";
  if (!grouping_known || !decimal_known || (!grouping.empty() && grouping == decimal))
    return nothing(evaluation,
                   "number() groups with ' ', ',' or '.', and has '.' or ',' for decimals");
  if (!grouping.empty()) std::erase(text, grouping[0]);
  if (decimal == ",") {
    if (text.find('.') != std::string::npos) return nothing(evaluation, "this is not a number");
    std::replace(text.begin(), text.end(), ',', '.');
  }
  const auto number = text.starts_with('+') ? std::nullopt : Number::parse(text);
  if (!number) return nothing(evaluation, "this is not a number");
  return Value(*number);
}

Value substring(Evaluation& evaluation, Args args) {
  const auto characters = to_characters(args[0].string());
  const auto size = static_cast<std::int64_t>(characters.size());
  evaluation.spend(characters.size() / 16);
  const auto start = args[1].number().to_scaled(0, Rounding::down);
  if (!start || *start == 0 || *start > size || *start < -size)
    return nothing(evaluation, "substring() starts outside the string");
  const std::int64_t from = *start > 0 ? *start - 1 : size + *start;
  std::int64_t length = size - from;
  if (args.size() > 2 && !args[2].is_null()) {
    const auto wanted = args[2].number().to_scaled(0, Rounding::down);
    if (!wanted || *wanted < 1)
      return nothing(evaluation, "substring() needs a length of 1 or more");
    length = std::min(length, *wanted);
  }
  return evaluation.string(from_characters(
      std::u32string_view(characters)
          .substr(static_cast<std::size_t>(from), static_cast<std::size_t>(length))));
}

Value string_length(Evaluation&, Args args) {
  return Value(Number(static_cast<std::int64_t>(count_characters(args[0].string()))));
}

template <bool upper>
Value change_case(Evaluation& evaluation, Args args) {
  auto text = icu::UnicodeString::fromUTF8(args[0].string());
  upper ? text.toUpper(icu::Locale::getRoot()) : text.toLower(icu::Locale::getRoot());
  std::string result;
  text.toUTF8String(result);
  return evaluation.string(std::move(result));
}

Value substring_before(Evaluation& evaluation, Args args) {
  const auto at = args[0].string().find(args[1].string());
  return evaluation.string(at == std::string::npos ? std::string()
                                                   : args[0].string().substr(0, at));
}

Value substring_after(Evaluation& evaluation, Args args) {
  const auto at = args[0].string().find(args[1].string());
  return evaluation.string(at == std::string::npos
                               ? std::string()
                               : args[0].string().substr(at + args[1].string().size()));
}

Value contains_text(Evaluation&, Args args) {
  return Value(args[0].string().find(args[1].string()) != std::string::npos);
}
Value starts_with(Evaluation&, Args args) {
  return Value(args[0].string().starts_with(args[1].string()));
}
Value ends_with(Evaluation&, Args args) {
  return Value(args[0].string().ends_with(args[1].string()));
}

const std::string& text_or_empty(Args args, std::size_t i) {
  static const std::string kNone;
  return i < args.size() && !args[i].is_null() ? args[i].string() : kNone;
}

Value matches(Evaluation& evaluation, Args args) {
  evaluation.spend(args[0].string().size());
  const auto result = Regex::matches(args[0].string(), args[1].string(), text_or_empty(args, 2),
                                     evaluation.limits().regex_steps);
  return result ? Value(*result) : nothing(evaluation, "matches() cannot use this pattern");
}

Value replace(Evaluation& evaluation, Args args) {
  evaluation.spend(args[0].string().size());
  auto result =
      Regex::replace(args[0].string(), args[1].string(), args[2].string(), text_or_empty(args, 3),
                     evaluation.limits().regex_steps, evaluation.limits().string_size);
  if (!result) return nothing(evaluation, "replace() cannot use this pattern or replacement");
  return evaluation.string(*std::move(result));
}

Value split(Evaluation& evaluation, Args args) {
  evaluation.spend(args[0].string().size());
  const auto parts = Regex::split(args[0].string(), args[1].string(),
                                  evaluation.limits().regex_steps, evaluation.limits().list_size);
  if (!parts) return nothing(evaluation, "split() cannot use this delimiter");
  std::vector<Value> items;
  for (const auto& part : *parts) items.push_back(Value::string(part));
  return evaluation.list(std::move(items));
}

Value string_join(Evaluation& evaluation, Args args) {
  const std::string delimiter = text_or_empty(args, 1);
  std::string result;
  bool first = true;
  evaluation.spend(args[0].list().size());
  for (const Value& item : args[0].list()) {
    if (item.is_null()) continue;
    if (!item.is(Kind::string)) return nothing(evaluation, "string join() needs a list of strings");
    if (!first) result += delimiter;
    first = false;
    result += item.string();
    evaluation.check_string(result.size());
  }
  return evaluation.string(std::move(result));
}

constexpr BuiltinForm kForms[] = {
    {"string", "from:any", to_text},
    {"number", "from:string, grouping separator:string~?, decimal separator:string~?", to_number},
    {"substring", "string:string, start position:number, length:number~?", substring},
    {"string length", "string:string", string_length},
    {"upper case", "string:string", change_case<true>},
    {"lower case", "string:string", change_case<false>},
    {"substring before", "string:string, match:string", substring_before},
    {"substring after", "string:string, match:string", substring_after},
    {"contains", "string:string, match:string", contains_text},
    {"starts with", "string:string, match:string", starts_with},
    {"ends with", "string:string, match:string", ends_with},
    {"matches", "input:string, pattern:string, flags:string~?", matches},
    {"replace", "input:string, pattern:string, replacement:string, flags:string~?", replace},
    {"split", "string:string, delimiter:string", split},
    {"string join", "list:list, delimiter:string~?", string_join},
};

}  // namespace

std::span<const BuiltinForm> string_builtins() {
  return kForms;
}

}  // namespace guichet::feel
