#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/rules/feel/evaluate.h"

namespace guichet::feel {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string repeat(const std::string& text, std::size_t times) {
  std::string result;
  for (std::size_t i = 0; i < times; ++i) result += text;
  return result;
}

TEST(Limits, StopTooManySteps) {
  Limits limits;
  limits.steps = 10'000;
  EXPECT_EQ(evaluate("count(for x in 1..1000, y in 1..1000 return 1)", limits),
            "stopped: more than 10000 steps");
  EXPECT_EQ(evaluate("some x in 1..1000000000 satisfies false", limits),
            "stopped: more than 10000 steps");
  EXPECT_EQ(evaluate("count(for x in 1..10 return x)", limits), "10");
}

TEST(Limits, StopEndlessCalls) {
  EXPECT_THAT(evaluate("{f: function(g, n) g(g, n + 1), r: f(f, 0)}.r"), StartsWith("stopped: "));
  // The deepest that the default allows, with as much in each call as nesting permits.
  const std::string sum = repeat("(1 + ", 100) + "g(g, n)" + repeat(")", 100);
  EXPECT_EQ(evaluate("{f: function(g, n) " + sum + ", r: f(f, 0)}.r"),
            "stopped: more than 2000 parts within one another");
}

TEST(Limits, StopEndlessCallsBeforeTheStackEndsWhateverStandsInThem) {
  for (const char* body :
       {"g(g, n)", "g(g: g, n: n)", "for x in [1] return g(g, n)",
        "some x in [1] satisfies g(g, n)", "[1][g(g, n)]", "{a: g(g, n)}", "[g(g, n)]",
        "if g(g, n) then 1 else 2", "sort([2, 1], function(a, b) g(g, n))",
        "list replace([1], function(a, b) g(g, n), 1)", "1 in g(g, n)", "[g(g, n)..1]", "g(g, n).a",
        "abs(max(1, g(g, n)))", "1 between g(g, n) and 2", "g(g, n) instance of number"})
    EXPECT_EQ(evaluate("{f: function(g, n) " + std::string(body) + ", r: f(f, 0)}.r"),
              "stopped: more than 2000 parts within one another")
        << body;
}

TEST(Limits, StopLongLists) {
  Limits limits;
  limits.list_size = 1'000;
  EXPECT_EQ(evaluate("for x in 1..1001 return x", limits),
            "stopped: more than 1000 elements in one list");
  EXPECT_EQ(evaluate("{l: for x in 1..600 return x, r: concatenate(l, l)}.r", limits),
            "stopped: more than 1000 elements in one list");
  EXPECT_EQ(evaluate("{l: for x in 1..600 return x, r: flatten([l, [l]])}.r", limits),
            "stopped: more than 1000 elements in one list");
}

TEST(Limits, StopLongStrings) {
  Limits limits;
  limits.string_size = 1'000;
  const std::string doubling =
      "{a: \"0123456789\", b: a+a+a+a+a+a+a+a+a+a, c: b+b+b+b+b+b+b+b+b+b+b}.c";
  EXPECT_EQ(evaluate(doubling, limits), "stopped: more than 1000 bytes in one string");
  EXPECT_EQ(evaluate("string join(for x in 1..1001 return \"x\", \"\")", limits),
            "stopped: more than 1000 bytes in one string");
  EXPECT_EQ(
      evaluate("replace(string join(for x in 1..900 return \"x\", \"\"), \"x\", \"xx\")", limits),
      "null");
}

TEST(Limits, StopValuesThatStandTooDeepInOneAnother) {
  EXPECT_EQ(evaluate("for i in 1..2000 return if i = 1 then [] else [partial[-1]]"),
            "stopped: more than 512 values in one another");
  EXPECT_EQ(evaluate("for i in 1..2000 return if i = 1 then 1 else (> partial[-1])"),
            "stopped: more than 512 values in one another");
  EXPECT_EQ(evaluate("for i in 1..2000 return if i = 1 then 1 else function() partial[-1]"),
            "stopped: more than 512 values in one another");
  EXPECT_EQ(evaluate("for i in 1..2000 return if i = 1 then {} else {a: partial[-1]}"),
            "stopped: more than 512 values in one another");
}

TEST(Limits, EndAPatternThatWouldRunForAges) {
  EXPECT_EQ(evaluate("matches(\"" + repeat("a", 40) + "!\", \"^(a+)+$\")"), "null");
}

TEST(HostileText, IsRefusedWithoutHarm) {
  EXPECT_THAT(evaluate(repeat("(", 100'000)), HasSubstr("more than 200 expressions"));
  EXPECT_THAT(evaluate(repeat("[", 100'000)), HasSubstr("more than 200 expressions"));
  EXPECT_THAT(evaluate(repeat("{a:", 60'000)), HasSubstr("more than 200 expressions"));
  EXPECT_THAT(evaluate(repeat("-", 100'000) + "1"), HasSubstr("more than 200 expressions"));
  EXPECT_THAT(evaluate(repeat("if ", 50'000)), HasSubstr("more than 200 expressions"));
  EXPECT_THAT(evaluate(repeat("not(", 50'000)), HasSubstr("more than 200 expressions"));
  EXPECT_THAT(evaluate(repeat("function() ", 15'000) + "1"),
              HasSubstr("more than 200 expressions"));
  EXPECT_THAT(evaluate("x" + repeat("[1", 50'000)), HasSubstr("not known here"));
  EXPECT_THAT(evaluate("1 instance of " + repeat("list<", 30'000)), HasSubstr("more than 200"));
  EXPECT_THAT(evaluate("{a: 1, r: a" + repeat(" = a", 40'000) + "}"),
              HasSubstr("more than 1000 operators"));
  EXPECT_THAT(evaluate("{a: 1, r: a" + repeat(".a", 60'000) + "}"),
              HasSubstr("more than 1000 operators"));
  EXPECT_THAT(evaluate("{a: 1, r: a" + repeat("[1]", 60'000) + "}"),
              HasSubstr("more than 1000 operators"));
  EXPECT_THAT(evaluate("{a: 1, r: a" + repeat("()", 60'000) + "}"),
              HasSubstr("more than 1000 operators"));
  EXPECT_THAT(evaluate("1" + repeat(" in 1", 30'000)), HasSubstr("more than 1000 operators"));
  EXPECT_THAT(evaluate("1" + repeat(" instance of Any", 12'000)),
              HasSubstr("more than 1000 operators"));
  EXPECT_THAT(evaluate("1" + repeat(" between 1 and 2", 12'000)),
              HasSubstr("more than 1000 operators"));
}

TEST(HostileText, OfAnySizeIsBounded) {
  EXPECT_THAT(evaluate(repeat("1", 300'000)), HasSubstr("longer than 200000 bytes"));
  EXPECT_THAT(evaluate(repeat("1", 5'000)), HasSubstr("a number of at most 34 digits"));
  EXPECT_EQ(evaluate("\"" + repeat("a", 150'000) + "\" = \"\""), "false");
  EXPECT_THAT(evaluate("a" + repeat(" a", 90'000)), HasSubstr("not known here"));
  EXPECT_EQ(evaluate(repeat("1 + ", 900) + "1"), "901");
}

TEST(HostileText, InBytesThatAreNoUtf8IsRefused) {
  EXPECT_THAT(evaluate("\xff\xfe"), HasSubstr("not UTF-8"));
  EXPECT_THAT(evaluate("\"\\uD800\""), HasSubstr("names no character"));
  EXPECT_THAT(evaluate(std::string("1\0+1", 4)), StartsWith("error"));
}

}  // namespace
}  // namespace guichet::feel
