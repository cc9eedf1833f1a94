#include "rules/program/text_template.h"

#include <gtest/gtest.h>

namespace guichet::rules {
namespace {

using feel::Number;
using feel::Value;

Value number(const char* text) {
  return Value(*Number::parse(text));
}

std::string written(const char* text, const Value& value, const char* language) {
  const TextTemplate parsed = TextTemplate::parse(text).value();
  return parsed.render(language, std::vector<Value>(parsed.names().size(), value)).value();
}

TEST(TextTemplate, WritesFiguresAsEachLanguageDoes) {
  EXPECT_EQ(written("{x | money}", number("46610"), "en"), "$46,610.00");
  EXPECT_EQ(written("{x | money}", number("46610"), "fr"), "46\u00A0610,00\u00A0$");
  EXPECT_EQ(written("{x | money}", number("0.005"), "en"), "$0.01");
  EXPECT_EQ(written("{x | number}", number("1234567.5"), "en"), "1,234,567.5");
  EXPECT_EQ(written("{x | number}", number("-1234567.5"), "fr"), "-1\u00A0234\u00A0567,5");
  EXPECT_EQ(written("{x | percent}", number("0.135"), "en"), "13.5%");
  EXPECT_EQ(written("{x | percent}", number("0.135"), "fr"), "13,5\u00A0%");
  const Value first(feel::Date{2026, 7, 1});
  EXPECT_EQ(written("{x | date}", first, "en"), "July 1, 2026");
  EXPECT_EQ(written("{x | date}", first, "fr"), "1er juillet 2026");
}

TEST(TextTemplate, ZeroIsPluralInEnglishAndSingularInFrench) {
  const char* text = "{x | number} {x | plural(child, children)}";
  EXPECT_EQ(written(text, number("0"), "en"), "0 children");
  EXPECT_EQ(written(text, number("1"), "en"), "1 child");
  EXPECT_EQ(written(text, number("2"), "en"), "2 children");
  EXPECT_EQ(written("{x | plural(enfant, enfants)}", number("0"), "fr"), "enfant");
  EXPECT_EQ(written("{x | plural(enfant, enfants)}", number("1"), "fr"), "enfant");
  EXPECT_EQ(written("{x | plural(enfant, enfants)}", number("2"), "fr"), "enfants");
}

TEST(TextTemplate, NamesItsFigures) {
  const TextTemplate text =
      TextTemplate::parse("a {family net income|money} b { p.q.r | number }.").value();
  EXPECT_EQ(text.names(), (std::vector<std::string>{"family net income", "p.q.r"}));
}

TEST(TextTemplate, RefusesWhatItCannotRead) {
  for (const char* text : {"{", "}", "{x}", "{x | gold}", "{ | money}", "{x | plural(one)}",
                           "{x {y | money}}", "{x | plural(a, b}", "a } b"})
    EXPECT_FALSE(TextTemplate::parse(text)) << text;
  EXPECT_EQ(TextTemplate::parse("{x | gold}").error().message,
            "the figure {x | gold} must be a name, |, and one of money, number, percent, date or "
            "plural(one, many)");
}

TEST(TextTemplate, AFigureWithoutAFittingValueIsAFailure) {
  const TextTemplate text = TextTemplate::parse("{x | money}").value();
  for (const Value& value : {Value(), Value(true), Value::string("1"), Value(feel::Date{})}) {
    const auto result = text.render("en", {&value, 1});
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().message, "the figure {x} has no value that fits its format");
  }
}

}  // namespace
}  // namespace guichet::rules
