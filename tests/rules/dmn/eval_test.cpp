#include "rules/dmn/eval.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "rules/dmn/json.h"
#include "rules/dmn/tck.h"
#include "tests/rules/dmn/models.h"

namespace guichet::dmn {
namespace {

using testing::HasSubstr;

class EvaluateFile : public testing::Test {
 protected:
  void SetUp() override {
    folder_ =
        std::filesystem::temp_directory_path() / ("guichet-eval-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_);
    write("model.dmn",
          model_of(input("born", "date") + input("income", "number") +
                   decision("age", needs("requiredInput", "born"),
                            literal("years and months duration(born, @\"2026-01-01\").years")) +
                   decision("answer",
                            needs("requiredDecision", "age") + needs("requiredInput", "income"),
                            literal("if age >= 18 then income * 0.1 else 0"))));
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  void write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name) << text;
  }
  std::string eval(const std::string& json) {
    const auto result = evaluate_file(folder_ / "model.dmn", json);
    return result ? *result : result.error().message;
  }
  std::filesystem::path folder_;
};

TEST_F(EvaluateFile, GivesEveryDecisionExactly) {
  EXPECT_EQ(eval("{\"born\": \"1994-05-02\", \"income\": 12400.123456789012345678901234567}"),
            "{\n  \"decisions\": {\n    \"age\": 31,\n    \"answer\": "
            "1240.0123456789012345678901234567\n  },\n  \"rules\": [],\n  \"notes\": []\n}");
}

TEST_F(EvaluateFile, RefusesInputsThatDoNotFit) {
  EXPECT_EQ(eval("{\"born\": \"1994-02-30\"}"), "input 'born' must be a date");
  EXPECT_EQ(eval("{\"incom\": 1}"), "the model has no input 'incom'; it has 'born', 'income'");
  EXPECT_EQ(eval("[]"), "the inputs are a JSON object, by the names of the model's input data");
  EXPECT_THAT(eval("{\"income\": 1, \"income\": 2}"), HasSubstr("stands twice"));
  EXPECT_THAT(eval(std::string(10'000, '[')), HasSubstr("too deep"));
  EXPECT_THAT(eval("{"), HasSubstr("cannot be used"));
  EXPECT_THAT(eval("{\"income\": 1e99999}"), HasSubstr("34 digits"));
}

TEST_F(EvaluateFile, RunsAFolderOfTheKit) {
  write(
      "cases.xml",
      "<testCases xmlns=\"http://www.omg.org/spec/DMN/20160719/testcase\" "
      "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><modelName>model.dmn</modelName>"
      "<testCase id=\"1\"><inputNode name=\"born\"><value xsi:type=\"xsd:date\">1994-05-02</value>"
      "</inputNode><resultNode name=\"age\"><expected><value xsi:type=\"xsd:decimal\">31</value>"
      "</expected></resultNode></testCase>"
      "<testCase id=\"2\"><resultNode name=\"age\"><expected><value "
      "xsi:type=\"xsd:decimal\">5</value>"
      "</expected></resultNode></testCase></testCases>");
  std::ostringstream out;
  EXPECT_EQ(run_tck(folder_, out), 1);
  EXPECT_THAT(out.str(), HasSubstr("cases.xml 2 age: expected 5, got null"));
  EXPECT_THAT(out.str(), testing::EndsWith("passed 1 of 2\n"));
  EXPECT_EQ(run_tck(folder_ / "nowhere", out), 2);
}

TEST(Json, WritesWhatItReads) {
  const std::string text =
      "{\n  \"a\": [\n    1.5,\n    {},\n    \"x\\n\\\"\"\n  ],\n  \"b\": {\n    \"c\": null\n  "
      "}\n}";
  EXPECT_EQ(to_json(*from_json(text)), text);
}

}  // namespace
}  // namespace guichet::dmn
