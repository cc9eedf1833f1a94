// What people are told: both languages, typography, and that no text lies unused.

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <regex>
#include <set>

#include "programs_for_test.h"
#include "rules/program/document.h"
#include "rules/program/examples.h"
#include "rules/program/readers.h"
#include "rules/program/text_template.h"

namespace guichet::rules {
namespace {

std::vector<ReasonText> texts_of(const std::string& program) {
  const std::string path = programs_folder() + "/" + program + "/texts.yaml";
  std::ifstream file(path);
  const std::string content{std::istreambuf_iterator<char>(file), {}};
  Mistakes mistakes;
  return read_reason_texts(read_yaml("texts.yaml", content).value(), mistakes);
}

void expect_french(const std::string& text) {
  const std::regex plain_space_before(" [:%$»?!]");
  EXPECT_FALSE(std::regex_search(text, plain_space_before)) << text;
  EXPECT_EQ(text.find('\''), std::string::npos) << "write ’: " << text;
  EXPECT_EQ(text.find("« "), std::string::npos) << text;
  EXPECT_EQ(text.find("  "), std::string::npos) << text;
  // Before a colon, and before $ after a figure, stands a no-break space.
  for (std::size_t at = text.find_first_of(":$%"); at != std::string::npos;
       at = text.find_first_of(":$%", at + 1)) {
    ASSERT_GE(at, 2u) << text;
    EXPECT_EQ(text.substr(at - 2, 2), "\u00A0") << text;
  }
}

class TextsOfAProgram : public testing::TestWithParam<std::string> {};

TEST_P(TextsOfAProgram, StandInBothLanguagesWithACitation) {
  for (const ReasonText& text : texts_of(GetParam())) {
    EXPECT_TRUE(text.text.en.ends_with('.')) << text.key;
    EXPECT_TRUE(text.text.fr.ends_with('.')) << text.key;
    EXPECT_NE(text.text.en, text.text.fr) << text.key;
    EXPECT_FALSE(text.citation.empty()) << text.key;
    EXPECT_EQ(text.text.en.find("\u00A0"), std::string::npos) << text.key;
  }
}

TEST_P(TextsOfAProgram, HaveTheSameFiguresInBothLanguages) {
  for (const ReasonText& text : texts_of(GetParam())) {
    const auto names = [](const std::string& written) {
      const auto all = TextTemplate::parse(written).value().names();
      return std::set<std::string>(all.begin(), all.end());
    };
    EXPECT_EQ(names(text.text.en), names(text.text.fr)) << text.key;
  }
}

TEST_P(TextsOfAProgram, FollowFrenchTypographyOnceFilledIn) {
  const auto program = catalogue().find(GetParam());
  for (const Example& example : load_examples(programs_folder() + "/" + GetParam()).value())
    for (const auto& line : program->determine(example.facts, example.day).value())
      for (const v1::Reason& reason : line.reasons()) expect_french(reason.text().fr());
}

// A reason that no example gives is either dead or unproven.
TEST_P(TextsOfAProgram, AreEachGivenBySomeExample) {
  std::set<std::string> given;
  const auto program = catalogue().find(GetParam());
  for (const Example& example : load_examples(programs_folder() + "/" + GetParam()).value())
    for (const auto& line : program->determine(example.facts, example.day).value())
      for (const v1::Reason& reason : line.reasons()) given.insert(reason.rule());
  for (const ReasonText& text : texts_of(GetParam()))
    EXPECT_TRUE(given.contains("reasons/" + text.key)) << text.key;
}

TEST_P(TextsOfAProgram, AreWhatTheExamplesExpect) {
  const auto examples = load_examples(programs_folder() + "/" + GetParam());
  ASSERT_TRUE(examples) << examples.error().message;
  EXPECT_GE(examples->size(), 5u);
  for (const std::string& difference : differences(*catalogue().find(GetParam()), *examples))
    ADD_FAILURE() << difference;
}

INSTANTIATE_TEST_SUITE_P(Programs, TextsOfAProgram,
                         testing::Values("ca-ccb", "ca-gst", "ca-oas", "nb-ctb", "on-ocb"),
                         [](const auto& info) {
                           std::string name = info.param;
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace guichet::rules
