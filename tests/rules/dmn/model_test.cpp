#include <gtest/gtest.h>

#include <thread>

#include "tests/rules/dmn/models.h"

namespace guichet::dmn {
namespace {

using testing::HasSubstr;

TEST(Model, EvaluatesWhatADecisionNeedsAndNothingElse) {
  const auto model =
      compiled(input("income", "number") +
               decision("half", needs("requiredInput", "income"), literal("income / 2")) +
               decision("not needed", needs("requiredInput", "income"), literal("income / 0")) +
               decision("answer",
                        needs("requiredDecision", "half") + needs("requiredDecision", "not needed"),
                        literal("if half > 10 then half else not needed")));
  Trace trace;
  EXPECT_EQ(decide(*model, "answer", {{"income", number(50)}}, &trace), "25");
  ASSERT_EQ(trace.decisions.size(), 2);
  EXPECT_EQ(trace.decisions[0].decision, "half");
  EXPECT_EQ(feel::to_literal(*trace.value_of("answer")), "25");
  EXPECT_EQ(trace.value_of("not needed"), nullptr);
  EXPECT_TRUE(trace.notes.empty());
}

TEST(Model, CallsKnowledgeModelsAndServices) {
  const auto model =
      compiled(input("n", "number") +
               "<businessKnowledgeModel id=\"fact\" name=\"fact\"><variable "
               "name=\"fact\"/><encapsulatedLogic>"
               "<formalParameter name=\"k\" typeRef=\"number\"/>" +
               literal("if k <= 1 then 1 else k * fact(k - 1)") + "</encapsulatedLogic>" +
               needs("requiredKnowledge", "fact") + "</businessKnowledgeModel>" +
               decision("doubled", needs("requiredInput", "n"), literal("n * 2")) +
               "<decisionService id=\"service\" name=\"service\"><variable name=\"service\"/>"
               "<outputDecision href=\"#doubled\"/><inputData href=\"#n\"/></decisionService>" +
               decision("answer",
                        needs("requiredKnowledge", "fact") + needs("requiredKnowledge", "service") +
                            needs("requiredInput", "n"),
                        literal("fact(n) + service(100)")));
  EXPECT_EQ(decide(*model, "answer", {{"n", number(5)}}), "320");
  EXPECT_EQ(decide(*model, "service", {{"n", number(4)}}), "8");
}

TEST(Model, ReadsEveryBoxedExpression) {
  const auto entry = [](const std::string& name, const std::string& value) {
    return "<contextEntry>" + (name.empty() ? "" : "<variable name=\"" + name + "\"/>") + value +
           "</contextEntry>";
  };
  const auto model = compiled(decision(
      "answer", "",
      "<context>" + entry("list", "<list>" + literal("1") + literal("2") + "</list>") +
          entry("table", "<relation><column name=\"a\"/><column name=\"b\"/><row>" + literal("1") +
                             literal("\"x\"") + "</row></relation>") +
          entry("add",
                "<functionDefinition><formalParameter name=\"p\"/><formalParameter name=\"q\"/>" +
                    literal("p + q") + "</functionDefinition>") +
          entry("called", "<invocation>" + literal("add") + "<binding><parameter name=\"q\"/>" +
                              literal("list[2]") + "</binding><binding><parameter name=\"p\"/>" +
                              literal("10") + "</binding></invocation>") +
          entry("chosen", "<conditional><if>" + literal("called = 12") + "</if><then>" +
                              literal("\"yes\"") + "</then><else>" + literal("\"no\"") +
                              "</else></conditional>") +
          entry("kept", "<filter><in>" + literal("list") + "</in><match>" + literal("item > 1") +
                            "</match></filter>") +
          entry("looped", "<for iteratorVariable=\"i\"><in>" + literal("list") + "</in><return>" +
                              literal("i * 10") + "</return></for>") +
          entry("exists", "<some iteratorVariable=\"i\"><in>" + literal("list") +
                              "</in><satisfies>" + literal("i = 2") + "</satisfies></some>") +
          entry("holds", "<every iteratorVariable=\"i\"><in>" + literal("list") +
                             "</in><satisfies>" + literal("i = 2") + "</satisfies></every>") +
          entry("", literal("[list, table.b, called, chosen, kept, looped, exists, holds]")) +
          "</context>"));
  EXPECT_EQ(decide(*model, "answer"), "[[1, 2], [\"x\"], 12, \"yes\", [2], [10, 20], true, false]");
}

TEST(Model, ChecksInputsAgainstTheirTypes) {
  const auto model = compiled(
      "<itemDefinition name=\"tProvince\"><typeRef>string</typeRef><allowedValues><text>\"NB\", "
      "\"ON\"</text></allowedValues></itemDefinition>" +
      input("province", "tProvince") +
      decision("answer", needs("requiredInput", "province"), literal("province")));
  Trace trace;
  EXPECT_EQ(decide(*model, "answer", {{"province", feel::Value::string("NB")}}, &trace), "\"NB\"");
  EXPECT_TRUE(trace.notes.empty());
  EXPECT_EQ(decide(*model, "answer", {{"province", feel::Value::string("XX")}}, &trace), "null");
  ASSERT_FALSE(trace.notes.empty());
  EXPECT_EQ(trace.notes[0].text, "'province' must be a string");
}

TEST(Model, TakesNoFunctionsOfAnotherModel) {
  const auto other =
      compiled("<businessKnowledgeModel id=\"f\" name=\"f\"><encapsulatedLogic>" + literal("1") +
               "</encapsulatedLogic></businessKnowledgeModel>" +
               decision("answer", needs("requiredKnowledge", "f"), literal("{functions: [f]}")));
  const auto foreign = other->evaluate(*other->find("answer"), feel::Value::context({}));
  ASSERT_TRUE(foreign);
  const auto model = compiled(input("n", "Any") + decision("answer", needs("requiredInput", "n"),
                                                           literal("n.functions[1]()")));
  EXPECT_EQ(decide(*model, "answer", {{"n", *foreign}}), "null");
}

TEST(Model, IsGivenTheDayOrHasNone) {
  const auto model = compiled(decision("answer", "", literal("today()")));
  EXPECT_EQ(decide(*model, "answer"), "null");
  const auto value = model->evaluate(*model->find("answer"), feel::Value::context({}), {}, nullptr,
                                     feel::DateTime::parse("2026-11-24T06:00:00Z"));
  EXPECT_EQ(feel::to_literal(*value), "@\"2026-11-24\"");
}

TEST(Model, StopsAtALimitWithAClearFailure) {
  const auto model =
      compiled(decision("answer", "", literal("count(for x in 1..1000000 return x)")));
  feel::Limits limits;
  limits.steps = 1000;
  const auto value = model->evaluate(*model->find("answer"), feel::Value::context({}), limits);
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().message, "'answer' was stopped: more than 1000 steps");
}

TEST(Model, IsEvaluatedByManyThreadsAtOnce) {
  const auto model = compiled(
      input("n", "number") +
      decision("list", needs("requiredInput", "n"),
               literal("for i in 1..n return {v: i, s: \"x\"}")) +
      decision("answer", needs("requiredDecision", "list"), literal("sum(list[v > 10].v)")));
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 200; ++i) {
        Trace trace;
        ASSERT_EQ(decide(*model, "answer", {{"n", number(20)}}, &trace), "155");
      }
    });
  for (auto& thread : threads) thread.join();
}

TEST(ModelErrors, NameTheElementThePlaceAndWhatIsWanted) {
  EXPECT_EQ(failure(model_of(decision("amount", "", literal("1 +")))),
            "decision 'amount', expression \"1 +\": line 1, column 4: the end stands where an "
            "expression is wanted");
  EXPECT_EQ(
      failure(model_of(decision("amount", "", literal("incom * 2")))),
      "decision 'amount', expression \"incom * 2\": line 1, column 1: 'incom' is not known here");
  EXPECT_EQ(failure(model_of(decision("amount", needs("requiredInput", "nobody"), literal("1")))),
            "decision 'amount' refers to 'nobody', which the model does not have");
  EXPECT_EQ(failure(model_of(decision("amount", "", literal("1"), "tMoney"))),
            "decision 'amount', type 'tMoney' is not known");
  EXPECT_EQ(failure(model_of(decision("a", needs("requiredDecision", "b"), literal("b")) +
                             decision("b", needs("requiredDecision", "a"), literal("a")))),
            "decision 'a' requires itself, directly or by others");
  EXPECT_EQ(failure(model_of("<itemDefinition name=\"t\"><typeRef>t</typeRef></itemDefinition>")),
            "type 't' is made of itself");
  EXPECT_THAT(failure("<definitions/>"), HasSubstr("not a DMN model"));
  EXPECT_THAT(failure("<a/>"), HasSubstr("<definitions>"));
  EXPECT_THAT(failure("hello"), HasSubstr("not XML"));
}

}  // namespace
}  // namespace guichet::dmn
