// Folders with mistakes in them: each is named with its file, its place and what would be right.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "programs_for_test.h"

namespace guichet::rules {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

/// A copy of nb-ctb, the holidays beside it, to make mistakes in.
class FolderWithAMistake : public testing::Test {
 protected:
  FolderWithAMistake() {
    fs::remove_all(root_);
    fs::create_directories(root_);
    fs::copy(programs_folder() + "/nb-ctb", folder());
    fs::copy(programs_folder() + "/holidays.yaml", root_ / "holidays.yaml");
  }
  ~FolderWithAMistake() override { fs::remove_all(root_); }

  fs::path folder() const { return root_ / "nb-ctb"; }

  static std::string content(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder() / name, std::ios::binary) << text;
  }
  void replace(const std::string& name, const std::string& what, const std::string& with) const {
    std::string text = content(folder() / name);
    const std::size_t at = text.find(what);
    ASSERT_NE(at, std::string::npos) << name << " has no " << what;
    write(name, text.replace(at, what.size(), with));
  }
  std::string mistake() const {
    const auto program = load_program(folder());
    return program ? "loaded" : program.error().message;
  }

  fs::path root_ = fs::temp_directory_path() / ("guichet-programs-" + std::to_string(getpid()));
};

TEST_F(FolderWithAMistake, LoadsWithoutOne) {
  EXPECT_EQ(mistake(), "loaded");
}

TEST_F(FolderWithAMistake, HowWhatWasPaidTooMuchComesBack) {
  const auto manifest = [&] { return load_program(folder()).value()->manifest(); };
  EXPECT_EQ(manifest().recovery.percent, 100U);
  EXPECT_EQ(manifest().minimum_payment.cents(), 0);
  replace("program.yaml", "  share: 100",
          "  share: 25\n  leaves: '10.00'\nminimum_payment: '20.00'");
  EXPECT_EQ(manifest().recovery.percent, 25U);
  EXPECT_EQ(manifest().recovery.leaves.cents(), 1'000);
  EXPECT_EQ(manifest().minimum_payment.cents(), 2'000);
  replace("program.yaml", "minimum_payment: '20.00'", "minimum_payment: much");
  EXPECT_THAT(mistake(), HasSubstr("must be dollars and cents, not negative, such as 20.00"));
  replace("program.yaml", "minimum_payment: much\n", "");
  replace("program.yaml", "  share: 25", "  share: 101");
  EXPECT_THAT(mistake(), HasSubstr("recovery.share"));
  replace("program.yaml", "recovery:\n  share: 101\n  leaves: '10.00'", "recovery: none");
  EXPECT_EQ(manifest().recovery.percent, 0U);
}

TEST_F(FolderWithAMistake, TheVersionFollowsTheContent) {
  const std::string version = load_program(folder()).value()->manifest().version;
  EXPECT_EQ(load_program(folder() / "").value()->manifest().version, version);
  EXPECT_EQ(catalogue().find("nb-ctb")->manifest().version, version);
  replace("texts.yaml", "There is no child", "There is not one child");
  const std::string other = load_program(folder()).value()->manifest().version;
  EXPECT_NE(other, version);
  fs::copy(programs_folder() + "/holidays.yaml", root_ / "holidays.yaml",
           fs::copy_options::overwrite_existing);
  std::ofstream(root_ / "holidays.yaml", std::ios::app) << "  - 2030-01-01\n";
  EXPECT_NE(load_program(folder()).value()->manifest().version, other);
}

TEST_F(FolderWithAMistake, AnUnknownKeyIsRefused) {
  write("program.yaml", content(folder() / "program.yaml") + "colour: red\n");
  EXPECT_THAT(mistake(), HasSubstr("program.yaml: colour: unknown key; allowed here: id, name, "));
}

TEST_F(FolderWithAMistake, AMissingKeyIsNamed) {
  replace("program.yaml", "paid_by: guichet\n", "");
  EXPECT_THAT(mistake(), HasSubstr("program.yaml: has no paid_by; write guichet or program"));
}

TEST_F(FolderWithAMistake, SeveralAreNamedAtOnce) {
  replace("program.yaml", "per: household", "per: cat");
  replace("program.yaml", "benefit_year: 7", "benefit_year: 13");
  replace("program.yaml", "- residence.province", "- residence.planet");
  replace("program.yaml", "offered_in: [NB]", "offered_in: [NB, XX]");
  const std::string message = mistake();
  EXPECT_THAT(message, HasSubstr("program.yaml: per: must be one of household, adult"));
  EXPECT_THAT(message,
              HasSubstr("program.yaml: benefit_year: must be a whole number from 1 to 12"));
  EXPECT_THAT(message,
              HasSubstr("program.yaml: needs[1]: no such field of an application; allowed: "
                        "client.sin, residence.province"));
  EXPECT_THAT(message,
              HasSubstr("program.yaml: offered_in[1]: not a province or territory, such as NB"));
}

TEST_F(FolderWithAMistake, TheIdIsTheFoldersName) {
  replace("program.yaml", "id: nb-ctb", "id: nb-other");
  EXPECT_THAT(mistake(), HasSubstr("program.yaml: id: must be the folder's name, nb-ctb"));
}

TEST_F(FolderWithAMistake, ACalendarThatMakesNoSense) {
  replace("program.yaml", "months: [7, 8, 9", "months: [8, 7, 9");
  replace("program.yaml", "  day: 20\n", "  day: 20\n  business_day_from_end: 3\n");
  replace("program.yaml", "2022-12-13, ", "2022-12-13, 2022-12-14, 2022-02-30, ");
  const std::string message = mistake();
  EXPECT_THAT(message, HasSubstr("program.yaml: payments.months[1]: out of order"));
  EXPECT_THAT(message, HasSubstr("program.yaml: payments: must say day (of the month) or "
                                 "business_day_from_end, one of the two"));
  EXPECT_THAT(message, HasSubstr("program.yaml: payments.published[1]: a second day in one month"));
  EXPECT_THAT(message, HasSubstr("program.yaml: payments.published[2]: not a date"));
}

TEST_F(FolderWithAMistake, BrokenYamlNamesItsLine) {
  write("program.yaml", "id: nb-ctb\nname: {en: [\n");
  EXPECT_THAT(mistake(), HasSubstr("program.yaml: line "));
}

TEST_F(FolderWithAMistake, YamlThatCouldSurpriseIsRefused) {
  write("program.yaml", "id: &a nb-ctb\n");
  EXPECT_THAT(mistake(), HasSubstr("program.yaml: line 1: anchors are not allowed"));
  write("program.yaml", "id: nb-ctb\nid: nb-ctb\n");
  EXPECT_THAT(mistake(), HasSubstr("program.yaml: line 2: the key id stands twice; leave one"));
  write("program.yaml", "id: !!python/object:os.system x\n");
  EXPECT_THAT(mistake(), HasSubstr("program.yaml: line 1: tags are not allowed"));
  write("program.yaml", std::string(100'000, '['));
  EXPECT_THAT(mistake(), HasSubstr("program.yaml: line 1: "));
  write("program.yaml", "- 1\n---\n- 2\n");
  EXPECT_THAT(mistake(), HasSubstr("more than one document"));
}

TEST_F(FolderWithAMistake, BrokenJsonNamesItsLine) {
  replace("parameters.json", "\"values\": {\"2023-01-01\": 250}",
          "\"values\": {\"2023-01-01\": 250,}");
  EXPECT_THAT(mistake(), HasSubstr("parameters.json: line 7: not JSON"));
}

TEST_F(FolderWithAMistake, JsonThatCouldSurpriseIsRefused) {
  replace("parameters.json", "{\"2023-01-01\": 250}", "{\"2023-01-01\": 250, \"2023-01-01\": 251}");
  EXPECT_THAT(mistake(), HasSubstr("parameters.json: parameters.base.values: the key 2023-01-01 "
                                   "stands twice; leave one"));
  write("parameters.json", std::string(100'000, '['));
  EXPECT_THAT(mistake(), HasSubstr("parameters.json: line 1: not JSON"));
}

TEST_F(FolderWithAMistake, AFigureThatIsNone) {
  replace("parameters.json", "{\"2023-01-01\": 250}", "{\"2023-01-01\": \"250\", \"July\": 1e400}");
  const std::string message = mistake();
  EXPECT_THAT(message,
              HasSubstr("parameters.json: parameters.base.values.2023-01-01: must be a plain "
                        "number, such as 7997 or 0.095"));
  EXPECT_THAT(message, HasSubstr("parameters.json: parameters.base.values.July: not a date"));
}

TEST_F(FolderWithAMistake, AFigureThatTheTextsNeedIsMissing) {
  replace("texts.yaml", "There is no child under 18",
          "There is no child under {parameters.age | number}");
  EXPECT_THAT(mistake(), HasSubstr("texts.yaml: no_children: parameters.json has no figure age"));
}

TEST_F(FolderWithAMistake, AFigureThatTheModelDoesNotHave) {
  replace("texts.yaml", "{basic benefit | money}", "{basic sum | money}");
  EXPECT_THAT(mistake(),
              HasSubstr("texts.yaml: greatest: the model has no decision or input 'basic sum'"));
}

TEST_F(FolderWithAMistake, ATextInOneLanguageOnly) {
  write("texts.yaml", "no_children: {en: No child., citation: none}\n");
  EXPECT_THAT(mistake(), HasSubstr("texts.yaml: no_children: has no fr; write the French text"));
}

TEST_F(FolderWithAMistake, AReasonWithoutATextFailsWhenItIsGiven) {
  replace("texts.yaml", "\nno_children:", "\nno_child_at_all:");
  const auto program = load_program(folder());
  ASSERT_TRUE(program) << program.error().message;
  v1::Facts facts = example_family();
  facts.mutable_household()->clear_children();
  for (v1::Adult& adult : *facts.mutable_household()->mutable_adults())
    adult.set_employment_income_cents(0);
  const auto lines = (*program)->determine(facts, day("2026-01-01"));
  ASSERT_FALSE(lines);
  EXPECT_EQ(lines.error().message,
            "nb-ctb: texts.yaml has no reason 'no_children', which reasons/no_children gives");
}

TEST_F(FolderWithAMistake, AModelWithoutADetermination) {
  replace("model.dmn", "<decision id=\"determination\" name=\"determination\">",
          "<decision id=\"determination\" name=\"verdict\">");
  replace("model.dmn", "<variable id=\"determination_variable\" name=\"determination\"",
          "<variable id=\"determination_variable\" name=\"verdict\"");
  EXPECT_THAT(mistake(), HasSubstr("model.dmn: has no decision 'determination'"));
}

TEST_F(FolderWithAMistake, AModelThatIsNoModel) {
  write("model.dmn", "<definitions/>");
  EXPECT_THAT(mistake(), HasSubstr("model.dmn: "));
  write("model.dmn", "no xml");
  EXPECT_THAT(mistake(), HasSubstr("model.dmn: "));
}

TEST_F(FolderWithAMistake, ARuleThatBreaksFailsWithoutTheFiguresOfAPerson) {
  replace("model.dmn", "sum(adults.net_income)", "sum(adults.net_income) + date(\"2026-01-01\")");
  const auto program = load_program(folder());
  ASSERT_TRUE(program) << program.error().message;
  const auto lines = (*program)->determine(example_family(), day("2026-01-01"));
  ASSERT_FALSE(lines);
  EXPECT_THAT(lines.error().message, HasSubstr("nb-ctb: decision 'family net income'"));
  EXPECT_EQ(lines.error().message.find("19400"), std::string::npos);
}

TEST_F(FolderWithAMistake, AFileThatIsMissingOrTooLargeOrNotText) {
  fs::remove(folder() / "texts.yaml");
  EXPECT_THAT(mistake(), HasSubstr("texts.yaml: not found, or not a file"));
  write("texts.yaml", std::string((1 << 20) + 1, ' '));
  EXPECT_THAT(mistake(), HasSubstr("texts.yaml: larger than 1048576 bytes"));
  write("texts.yaml", "a: \xC3\x28\n");
  EXPECT_THAT(mistake(), HasSubstr("texts.yaml: not UTF-8 text"));
}

TEST_F(FolderWithAMistake, AFileThatDoesNotBelong) {
  write("notes.txt", "remember");
  EXPECT_THAT(
      mistake(),
      HasSubstr("notes.txt: does not belong here; the folder holds program.yaml, model.dmn"));
}

TEST_F(FolderWithAMistake, HolidaysAreMissing) {
  fs::remove(root_ / "holidays.yaml");
  EXPECT_THAT(mistake(), HasSubstr("holidays.yaml: not found, or not a file"));
}

TEST_F(FolderWithAMistake, AProgramThatOthersAnswerNeedsNoModel) {
  replace("program.yaml", "answered_by: rules", "answered_by: file");
  EXPECT_THAT(mistake(), HasSubstr("model.dmn: does not belong here"));
  for (const char* file : {"model.dmn", "parameters.json", "texts.yaml", "examples.jsonl"})
    fs::remove(folder() / file);
  const auto program = load_program(folder());
  ASSERT_TRUE(program) << program.error().message;
  EXPECT_FALSE((*program)->manifest().figures_from);
  EXPECT_EQ((*program)->determine(example_family(), day("2026-01-01")).error().message,
            "nb-ctb is not answered by rules; its partner must be asked");
}

TEST_F(FolderWithAMistake, ALaterFolderReplacesAProgramAndUsesTheHolidaysBefore) {
  replace("texts.yaml", "There is no child", "There is not one child");
  fs::remove(root_ / "holidays.yaml");
  const auto both = load_catalogue({programs_folder(), root_});
  ASSERT_TRUE(both) << both.error().message;
  EXPECT_EQ(both->ids(), catalogue().ids());
  EXPECT_NE(both->find("nb-ctb")->manifest().version,
            catalogue().find("nb-ctb")->manifest().version);
  EXPECT_EQ(both->find("ca-ccb")->manifest().version,
            catalogue().find("ca-ccb")->manifest().version);
  EXPECT_THAT(load_catalogue({root_ / "nowhere"}).error().message, HasSubstr("no such folder"));
}

}  // namespace
}  // namespace guichet::rules
