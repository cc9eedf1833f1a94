#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/rules/feel/evaluate.h"

namespace guichet::feel {
namespace {

struct Example {
  const char* expression;
  const char* gives;
};

void PrintTo(const Example& example, std::ostream* out) {
  *out << example.expression;
}

class Expressions : public testing::TestWithParam<Example> {};

TEST_P(Expressions, GivesWhatTheStandardSays) {
  EXPECT_EQ(evaluate(GetParam().expression), GetParam().gives) << GetParam().expression;
}

constexpr Example kArithmetic[] = {
    {"0.1 + 0.2", "0.3"},
    {"0.1 + 0.2 = 0.3", "true"},
    {"1 / 3", "0.3333333333333333333333333333333333"},
    {"10 / 4", "2.5"},
    {"1 / 0", "null"},
    {"-5 ** 2", "25"},
    {"2 ** 3 ** 2", "64"},
    {"2 ** -1", "0.5"},
    {"1 - 2 - 3", "-4"},
    {"2 * 3 + 4 * 5", "26"},
    {"1 + \"a\"", "null"},
    {"\"a\" + \"b\"", "\"ab\""},
    {"1e3 + .5", "1000.5"},
    {"9223372036854775807 + 1", "9223372036854775808"},
    {"99999999999999999999 * 3", "299999999999999999997"},
    {"7997.00 / 12", "666.4166666666666666666666666666667"},
};
constexpr Example kLogic[] = {
    {"true and null", "null"},
    {"false and null", "false"},
    {"true or null", "true"},
    {"false or null", "null"},
    {"not(null)", "null"},
    {"1 = \"1\"", "null"},
    {"null = null", "true"},
    {"[] = null", "false"},
    {"1 < \"a\"", "null"},
    {"5 between 1 and 5", "true"},
    {"5 in [1..5)", "false"},
    {"5 in ]1..5]", "true"},
    {"5 in (1, 5)", "true"},
    {"5 in (> 3, < 1)", "true"},
    {"5 in > 3", "true"},
    {"\"b\" in [\"a\"..\"c\"]", "true"},
    {"(> 10).start", "10"},
    {"7 in (!= 7)", "false"},
    {"[1, 2] instance of list<number>", "true"},
    {"null instance of number", "false"},
    {"@\"P1D\" instance of days and time duration", "true"},
    {"if null then 1 else 2", "2"},
    {"some x in [1, 2], y in [3] satisfies x + y = 5", "true"},
    {"every x in [] satisfies false", "true"},
};
constexpr Example kLists[] = {
    {"[1, 2, 3][2]", "2"},
    {"[1, 2, 3][-1]", "3"},
    {"[1, 2, 3][4]", "null"},
    {"[1, 2, 3][item > 1]", "[2, 3]"},
    {"[{a: 1, b: 2}, {a: 2, b: 3}][a = 2].b", "[3]"},
    {"[{a b: 1}][a b = 1]", "[{a b: 1}]"},
    {"5[1]", "5"},
    {"for x in 1..3 return x * x", "[1, 4, 9]"},
    {"for x in 3..1 return x", "[3, 2, 1]"},
    {"for x in [1, 2], y in [x, 10] return x * y", "[1, 10, 4, 20]"},
    {"for i in 1..4 return if i = 1 then 1 else i * partial[-1]", "[1, 2, 6, 24]"},
    {"for d in @\"2026-01-30\"..@\"2026-02-01\" return d.day", "[30, 31, 1]"},
    {"count([1, null, 3])", "3"},
    {"sum([1.5, 2.25])", "3.75"},
    {"sum([])", "null"},
    {"min(3, 1, 2)", "1"},
    {"max([\"a\", \"c\", \"b\"])", "\"c\""},
    {"mean([1, 2, 4])", "2.333333333333333333333333333333333"},
    {"median([6, 1, 2, 3])", "2.5"},
    {"mode([6, 3, 9, 6, 6, 9, 9])", "[6, 9]"},
    {"all([true, null])", "null"},
    {"any([false, true])", "true"},
    {"sublist([4, 5, 6], 2)", "[5, 6]"},
    {"append([1], 2, 3)", "[1, 2, 3]"},
    {"concatenate([1], [2, 3])", "[1, 2, 3]"},
    {"insert before([1, 3], 1, 2)", "[2, 1, 3]"},
    {"remove([1, 2, 3], 2)", "[1, 3]"},
    {"reverse([1, 2])", "[2, 1]"},
    {"index of([1, 2, 1], 1)", "[1, 3]"},
    {"union([1, 2], [2, 3])", "[1, 2, 3]"},
    {"distinct values([1, 2, 1])", "[1, 2]"},
    {"flatten([[1, [2]], 3])", "[1, 2, 3]"},
    {"sort([3, 1, 2], function(x, y) x < y)", "[1, 2, 3]"},
    {"list contains([1, null], null)", "true"},
    {"list replace([2, 4, 8], 2, 5)", "[2, 5, 8]"},
};
constexpr Example kStrings[] = {
    {"substring(\"foobar\", 3, 3)", "\"oba\""},
    {"substring(\"\U0001F40E😀\", 2)", "\"😀\""},
    {"string length(\"é\U0001F40E\")", "2"},
    {"upper case(\"éa\")", "\"ÉA\""},
    {"substring before(\"foobar\", \"bar\")", "\"foo\""},
    {"substring after(\"foobar\", \"ob\")", "\"ar\""},
    {"contains(\"foobar\", \"of\")", "false"},
    {"starts with(\"foobar\", \"fo\")", "true"},
    {"replace(\"abcd\", \"(ab)|(a)\", \"[1=$1][2=$2]\")", "\"[1=ab][2=]cd\""},
    {"matches(\"foobar\", \"^fo*b\")", "true"},
    {"split(\"John Doe\", \"\\s\")", "[\"John\", \"Doe\"]"},
    {"string join([\"a\", null, \"c\"], \"-\")", "\"a-c\""},
    {"string(1.10)", "\"1.1\""},
    {"number(\"1 500,25\", \" \", \",\")", "1500.25"},
    {"number(\"abc\")", "null"},
    {"\"\\u00e9\\uD83D\\uDC0E\"", "\"é\U0001F40E\""},
};
constexpr Example kNumbers[] = {
    {"decimal(1.115, 2)", "1.12"},
    {"decimal(2.5, 0)", "2"},
    {"round half up(2.5, 0)", "3"},
    {"round half up(-2.5, 0)", "-3"},
    {"round half down(2.5, 0)", "2"},
    {"round up(1.121, 2)", "1.13"},
    {"round down(-1.129, 2)", "-1.12"},
    {"floor(-1.5)", "-2"},
    {"ceiling(-1.5)", "-1"},
    {"floor(1234.567, -2)", "1200"},
    {"abs(-10)", "10"},
    {"modulo(-12, 5)", "3"},
    {"modulo(12, -5)", "-3"},
    {"sqrt(16)", "4"},
    {"even(2)", "true"},
    {"odd(-1)", "true"},
};
constexpr Example kDates[] = {
    {"date(2026, 2, 29)", "null"},
    {"date(\"2024-02-29\") + duration(\"P1Y\")", "@\"2025-02-28\""},
    {"date(\"2026-01-31\") - date(\"2026-01-01\")", "@\"P30D\""},
    {"date(\"2026-01-01\") < date(\"2026-01-02\")", "true"},
    {"date(\"2026-07-01\").weekday", "3"},
    {"years and months duration(date(\"1994-05-02\"), date(\"2026-01-01\"))", "@\"P31Y7M\""},
    {"years and months duration(date(\"1994-05-02\"), date(\"2026-01-01\")).years", "31"},
    {"date and time(\"2026-03-08T01:30:00@America/Toronto\") + duration(\"PT1H\")",
     "@\"2026-03-08T03:30:00@America/Toronto\""},
    {"@\"10:30:00+05:00\".time offset", "@\"PT5H\""},
    {"duration(\"P1Y\") / duration(\"P1M\")", "12"},
    {"day of year(date(2026, 3, 1))", "60"},
    {"week of year(date(2003, 12, 29))", "1"},
    {"day of week(date(2026, 11, 24))", "\"Tuesday\""},
    {"last day", "error: line 1, column 1: 'last day' is not known here"},
    {"today()", "null"},
};
constexpr Example kContexts[] = {
    {"{a: 1, b: a + 1}.b", "2"},
    {"{first name: \"Ann\"}.first name", "\"Ann\""},
    {"{a+b: 3, c: a+b * 2}.c", "6"},
    {"get value({a: 1}, \"a\")", "1"},
    {"get entries({a: 1})", "[{key: \"a\", value: 1}]"},
    {"context put({a: 1}, \"b\", 2)", "{a: 1, b: 2}"},
    {"context merge([{a: 1}, {a: 2}])", "{a: 2}"},
    {"context([{key: \"a\", value: 1}])", "{a: 1}"},
    {"{add: function(x, y) x + y, r: add(1, y: 2)}",
     "error: line 1, column 44: '}' stands where a name for every argument is wanted"},
    {"{add: function(x, y) x - y, r: add(y: 1, x: 2)}.r", "1"},
    {"{n: 2, times: function(x) x * n, r: for i in [1, 2] return times(i)}.r", "[2, 4]"},
    {"{a: 1}.b", "null"},
    {"before(1, [2..3])", "true"},
    {"overlaps([1..5], [5..8])", "true"},
    {"includes([1..10], 10)", "true"},
};

INSTANTIATE_TEST_SUITE_P(Arithmetic, Expressions, testing::ValuesIn(kArithmetic));
INSTANTIATE_TEST_SUITE_P(Logic, Expressions, testing::ValuesIn(kLogic));
INSTANTIATE_TEST_SUITE_P(Lists, Expressions, testing::ValuesIn(kLists));
INSTANTIATE_TEST_SUITE_P(Strings, Expressions, testing::ValuesIn(kStrings));
INSTANTIATE_TEST_SUITE_P(Numbers, Expressions, testing::ValuesIn(kNumbers));
INSTANTIATE_TEST_SUITE_P(Dates, Expressions, testing::ValuesIn(kDates));
INSTANTIATE_TEST_SUITE_P(Contexts, Expressions, testing::ValuesIn(kContexts));

TEST(ExpressionErrors, SayWhereAndWhatIsWanted) {
  EXPECT_EQ(evaluate("1 +\n  * 2"),
            "error: line 2, column 3: '*' stands where an expression is wanted");
  EXPECT_EQ(evaluate("if true then 1"),
            "error: line 1, column 15: the end stands where 'else' is wanted");
  EXPECT_EQ(evaluate("\"abc"), "error: line 1, column 1: the string has no closing '\"'");
  EXPECT_EQ(evaluate("incom + 1"), "error: line 1, column 1: 'incom' is not known here");
  EXPECT_EQ(evaluate("1 # 2"), "error: line 1, column 3: a character that is not part of FEEL");
  EXPECT_EQ(evaluate("1 instance of nonsense"),
            "error: line 1, column 15: 'nonsense' stands where a type is wanted");
}

TEST(ExpressionNotes, SayWhyAResultIsNullWithoutTheValuesThatAPersonGave) {
  const auto code = compile("{x: \"secret\", y: x + 1}.y");
  Noting evaluation;
  EXPECT_TRUE(code->run(evaluation).is_null());
  EXPECT_THAT(evaluation.notes, testing::ElementsAre("cannot add string and number"));
}

}  // namespace
}  // namespace guichet::feel
