#include <gtest/gtest.h>

#include "tests/rules/dmn/models.h"

namespace guichet::dmn {
namespace {

/// A table of one input, `n`, and one output; a rule is a test and an output.
std::shared_ptr<const Model> table(const std::string& attributes,
                                   const std::vector<std::pair<std::string, std::string>>& rules,
                                   const std::string& output = "<output name=\"o\"/>") {
  std::string rows;
  int count = 0;
  for (const auto& [test, value] : rules) {
    const std::string number = std::to_string(++count);
    rows += "<rule id=\"rule_" + number + "\"><inputEntry><text><![CDATA[" + test +
            "]]></text></inputEntry><outputEntry><text>" + value +
            "</text></outputEntry><annotationEntry><text>why " + number +
            "</text></annotationEntry></rule>";
  }
  return compiled(input("n", "number") +
                  decision("answer", needs("requiredInput", "n"),
                           "<decisionTable " + attributes +
                               "><input><inputExpression><text>n</text></inputExpression></input>" +
                               output + "<annotation name=\"reason\"/>" + rows +
                               "</decisionTable>"));
}

const std::vector<std::pair<std::string, std::string>> kOverlapping = {
    {"< 10", "1"}, {"[5..20]", "2"}, {"> 15", "3"}, {"100", "2"}};

std::string answer(const Model& model, std::int64_t n, Trace* trace = nullptr) {
  return decide(model, "answer", {{"n", number(n)}}, trace);
}

TEST(Table, UniqueAllowsOneRule) {
  const auto model = table("hitPolicy=\"UNIQUE\"", kOverlapping);
  Trace trace;
  EXPECT_EQ(answer(*model, 3, &trace), "1");
  EXPECT_TRUE(trace.notes.empty());
  EXPECT_EQ(answer(*model, 7, &trace), "null");
  ASSERT_EQ(trace.notes.size(), 1);
  EXPECT_EQ(trace.notes[0].text, "rules 1 and 2 both apply, where only one may");
}

TEST(Table, FirstTakesTheFirst) {
  const auto model = table("hitPolicy=\"FIRST\"", kOverlapping);
  EXPECT_EQ(answer(*model, 7), "1");
  EXPECT_EQ(answer(*model, 17), "2");
}

TEST(Table, AnyWantsOneResult) {
  const auto model = table("hitPolicy=\"ANY\"", {{"< 10", "1"}, {"< 20", "1"}, {"< 5", "2"}});
  EXPECT_EQ(answer(*model, 7), "1");
  EXPECT_EQ(answer(*model, 3), "null");
}

TEST(Table, PriorityAndOutputOrderFollowTheOutputValues) {
  const std::string output =
      "<output name=\"o\"><outputValues><text>3, 2, 1</text></outputValues></output>";
  EXPECT_EQ(answer(*table("hitPolicy=\"PRIORITY\"", kOverlapping, output), 7), "2");
  EXPECT_EQ(answer(*table("hitPolicy=\"OUTPUT ORDER\"", kOverlapping, output), 17), "[3, 2]");
  EXPECT_EQ(answer(*table("hitPolicy=\"RULE ORDER\"", kOverlapping, output), 17), "[2, 3]");
}

TEST(Table, CollectsAndAggregates) {
  EXPECT_EQ(answer(*table("hitPolicy=\"COLLECT\"", kOverlapping), 17), "[2, 3]");
  EXPECT_EQ(answer(*table("hitPolicy=\"COLLECT\"", kOverlapping), 50), "[3]");
  EXPECT_EQ(answer(*table("hitPolicy=\"COLLECT\" aggregation=\"SUM\"", kOverlapping), 17), "5");
  EXPECT_EQ(answer(*table("hitPolicy=\"COLLECT\" aggregation=\"MIN\"", kOverlapping), 17), "2");
  EXPECT_EQ(answer(*table("hitPolicy=\"COLLECT\" aggregation=\"MAX\"", kOverlapping), 17), "3");
  EXPECT_EQ(answer(*table("hitPolicy=\"COLLECT\" aggregation=\"COUNT\"", kOverlapping), 17), "2");
}

TEST(Table, FallsBackWhereNoRuleFits) {
  const auto model = table("", {{"1", "\"one\""}},
                           "<output name=\"o\"><defaultOutputEntry><text>\"other\"</text>"
                           "</defaultOutputEntry></output>");
  EXPECT_EQ(answer(*model, 1), "\"one\"");
  EXPECT_EQ(answer(*model, 2), "\"other\"");
}

TEST(Table, TellsWhichRulesFired) {
  const auto model = table("hitPolicy=\"COLLECT\"", kOverlapping);
  Trace trace;
  answer(*model, 17, &trace);
  ASSERT_EQ(trace.rules.size(), 2);
  EXPECT_EQ(trace.rules[0].rule->table, "answer");
  EXPECT_EQ(trace.rules[0].rule->number, 2);
  EXPECT_EQ(trace.rules[0].rule->id, "rule_2");
  EXPECT_EQ(trace.rules[1].rule->annotation("reason"), "why 3");
  EXPECT_EQ(feel::to_literal(trace.rules[1].output), "3");
}

TEST(Table, TestsMayUseTheInputAndAnyExpression) {
  const auto model = table("hitPolicy=\"FIRST\"", {{"not(< 10, 20)", "\"a\""},
                                                   {"modulo(?, 2) = 0", "\"even\""},
                                                   {"3, 5, 20", "\"odd\""},
                                                   {"-", "\"rest\""}});
  EXPECT_EQ(answer(*model, 15), "\"a\"");
  EXPECT_EQ(answer(*model, 20), "\"even\"");
  EXPECT_EQ(answer(*model, 5), "\"odd\"");
  EXPECT_EQ(answer(*model, 7), "\"rest\"");
}

TEST(TableErrors, NameTheRuleAndTheCell) {
  const auto error = failure(model_of(
      input("n", "number") +
      decision("answer", needs("requiredInput", "n"),
               "<decisionTable><input><inputExpression><text>n</text></inputExpression></input>"
               "<output name=\"o\"/><rule><inputEntry><text>[1..</text></inputEntry><outputEntry>"
               "<text>1</text></outputEntry></rule></decisionTable>")));
  EXPECT_EQ(
      error,
      "decision 'answer', rule 1, input 1 \"[1..\": line 1, column 5: the end stands where an "
      "expression is wanted");
  EXPECT_THAT(failure(model_of(decision("answer", "", "<decisionTable hitPolicy=\"LAST\"/>"))),
              testing::HasSubstr("a hit policy is UNIQUE"));
}

}  // namespace
}  // namespace guichet::dmn
