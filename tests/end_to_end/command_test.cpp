#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "gateway/cli/terminal.h"
#include "tests/end_to_end/calls.h"
#include "tests/end_to_end/running_server.h"

namespace guichet::end_to_end {
namespace {

namespace json = boost::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string kFamily = GUICHET_SOURCE_DIR "/docs/examples/family.json";

class Command : public testing::Test {
 protected:
  Ended run(std::vector<std::string> arguments, const std::string& input = "") {
    return run_guichet(arguments, input, {"GUICHET_SERVER=" + server_.url(), "COLUMNS=90"});
  }
  json::value apply_family(std::vector<std::string> more = {}) {
    std::vector<std::string> arguments{"apply", kFamily, "--json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Ended ended = run(arguments);
    EXPECT_EQ(ended.code, 0) << ended.err;
    return json::parse(ended.out);
  }

  RunningServer server_;
};

TEST_F(Command, ApplyTellsTheMergedAnswerInFrench) {
  const Ended ended = run({"apply", kFamily, "--language", "fr"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(ended.err, "");
  EXPECT_THAT(ended.out, AllOf(HasSubstr("Demande "), HasSubstr("complète"),
                               HasSubstr("Allocation canadienne pour enfants"), HasSubstr("Canada"),
                               HasSubstr("7\u00a0997,00\u00a0$"), HasSubstr("500,00\u00a0$"),
                               HasSubstr("Nouveau-Brunswick"), HasSubstr("non admissible"),
                               HasSubstr("20 janvier 2026"), HasSubstr("708,07\u00a0$"),
                               HasSubstr("666,41\u00a0$"), HasSubstr("41,66\u00a0$")));
  std::istringstream lines(ended.out);
  for (std::string line; std::getline(lines, line);)
    EXPECT_LE(cli::display_width(line), 90U) << line;
}

TEST_F(Command, ScreenTellsWhatWouldBePaidAndStoresNothing) {
  json::object anybody = demo_family();
  for (const char* field : {"client", "consents", "payment"}) anybody.erase(field);
  const Ended ended = run({"screen", "-", "--language", "fr"}, json::serialize(anybody));
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, AllOf(HasSubstr("Ce qui serait versé"), HasSubstr("7\u00a0997,00\u00a0$"),
                               HasSubstr("20 janvier 2026"), HasSubstr("708,07\u00a0$")));
  const Ended list = run({"list", "--json"});
  EXPECT_THAT(list.out, HasSubstr(R"("items":[])"));
}

TEST_F(Command, ViewsAreMadeAnewFromTheLogOfAStoppedServer) {
  apply_family();
  const std::string before = run({"list", "--json"}).out;
  EXPECT_THAT(before, HasSubstr("ca-ccb"));
  const std::vector<std::string> rebuild{"views", "rebuild", "--data", server_.data().string()};
  EXPECT_EQ(run_guichet(rebuild).code, 1);  // in use
  EXPECT_EQ(server_.terminate(), 0);
  const Ended rebuilt = run_guichet(rebuild);
  EXPECT_EQ(rebuilt.code, 0) << rebuilt.err;
  EXPECT_EQ(run_guichet({"views", "rebuild", "--data", "/no/such/folder"}).code, 1);
  server_.start();
  EXPECT_EQ(run({"list", "--json"}).out, before);
}

TEST_F(Command, ApplyTellsItInEnglishAndFromStandardInput) {
  const Ended ended = run({"apply", "-", "--language", "en"}, json::serialize(demo_family()));
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, AllOf(HasSubstr("complete"), HasSubstr("Canada Child Benefit"),
                               HasSubstr("$7,997.00"), HasSubstr("January 20, 2026"),
                               HasSubstr("$708.07"), HasSubstr("not eligible")));
}

TEST_F(Command, WithoutALanguageItSpeaksThatOfTheApplication) {
  EXPECT_THAT(run({"apply", kFamily}).out, HasSubstr("Demande "));
}

TEST_F(Command, ApplyWithAKeyTwiceIsOneApplication) {
  const auto first = apply_family({"--key", "visit"});
  const auto second = apply_family({"--key", "visit"});
  EXPECT_EQ(text(first, "id"), text(second, "id"));
  auto other = demo_family();
  other["language"] = "en";
  const Ended refused = run({"apply", "-", "--key", "visit"}, json::serialize(other));
  EXPECT_EQ(refused.code, 1);
  EXPECT_THAT(refused.err, HasSubstr("--key"));
}

TEST_F(Command, ShowTakesAnIdOrANumber) {
  const auto item = apply_family();
  for (const char* key : {"id", "number"}) {
    const Ended shown = run({"show", text(item, key), "--json"});
    EXPECT_EQ(shown.code, 0) << shown.err;
    EXPECT_EQ(text(json::parse(shown.out), "id"), text(item, "id"));
  }
  const Ended unknown = run({"show", "0197a2c4-5d1e-7c3a-9b1f-3f0f6a2f8d11"});
  EXPECT_EQ(unknown.code, 1);
  EXPECT_THAT(unknown.err, HasSubstr("guichet list"));
  EXPECT_EQ(unknown.out, "");
}

TEST_F(Command, ListNarrowsAndTurnsPages) {
  for (int i = 0; i < 3; ++i) apply_family();
  const Ended all = run({"list", "--status", "complete", "--desk", "snb-grand-manan"});
  EXPECT_EQ(all.code, 0) << all.err;
  const Ended page = run({"list", "--limit", "2", "--language", "en"});
  EXPECT_THAT(page.out, HasSubstr("guichet list --limit 2 --cursor "));
  const auto first = json::parse(run({"list", "--limit", "2", "--json"}).out);
  const auto rest =
      json::parse(run({"list", "--limit", "2", "--cursor", text(first, "next"), "--json"}).out);
  EXPECT_EQ(rest.at("items").as_array().size(), 1U);
  EXPECT_THAT(run({"list", "--status", "partial", "--language", "fr"}).out,
              HasSubstr("Aucune demande"));
  const Ended bad = run({"list", "--status", "finished"});
  EXPECT_EQ(bad.code, 1);
  EXPECT_THAT(bad.err, HasSubstr("status"));
}

TEST_F(Command, AmendAndWithdraw) {
  const auto item = apply_family();
  auto richer = demo_family();
  richer.at("household").at("adults").at(0).as_object()["net_income"] = "250000.00";
  const Ended amended =
      run({"amend", text(item, "number"), "-", "--language", "fr"}, json::serialize(richer));
  EXPECT_EQ(amended.code, 0) << amended.err;
  EXPECT_THAT(amended.out, AllOf(HasSubstr("non admissible"), Not(HasSubstr("chaque mois"))));
  const Ended withdrawn = run({"withdraw", text(item, "id"), "--language", "fr"});
  EXPECT_EQ(withdrawn.code, 0) << withdrawn.err;
  EXPECT_THAT(withdrawn.out, HasSubstr("retirée"));
  EXPECT_EQ(run({"withdraw", text(item, "id")}).code, 0);
  const Ended late = run({"amend", text(item, "id"), kFamily, "--language", "fr"});
  EXPECT_EQ(late.code, 1);
  EXPECT_THAT(late.err, HasSubstr("Que faire :"));
}

TEST_F(Command, ProgramsAreShownInBothLanguages) {
  EXPECT_THAT(run({"programs", "--language", "fr"}).out,
              AllOf(HasSubstr("ca-ccb"), HasSubstr("Allocation canadienne pour enfants"),
                    HasSubstr("partout au Canada")));
  EXPECT_THAT(run({"programs", "nb-ctb"}).out,
              AllOf(HasSubstr("New Brunswick"), HasSubstr("every month"), HasSubstr("sha256:")));
  EXPECT_EQ(run({"programs", "xx-none"}).code, 1);
}

TEST_F(Command, HealthSaysWhetherTheServerLivesAndIsReady) {
  const Ended alive = run({"health"});
  EXPECT_EQ(alive.code, 0) << alive.err;
  EXPECT_EQ(alive.out, "alive\n");
  EXPECT_EQ(run({"health", "--ready", "--language", "fr"}).out, "prêt\n");
  EXPECT_EQ(text(json::parse(run({"health", "--ready", "--json"}).out), "status"), "ready");
  server_.kill();
  const Ended gone = run({"health"});
  EXPECT_EQ(gone.code, 3);
  EXPECT_THAT(gone.err, HasSubstr(server_.url()));
}

TEST_F(Command, ARefusedApplicationNamesEachFieldAndWhatToDo) {
  auto family = demo_family();
  family["goverment"] = "CA";
  family.at("client").as_object()["sin"] = "046454287";
  const Ended english = run({"apply", "-", "--language", "en"}, json::serialize(family));
  EXPECT_EQ(english.code, 1);
  EXPECT_EQ(english.out, "");
  EXPECT_THAT(english.err, AllOf(HasSubstr("client/sin"), HasSubstr("goverment"),
                                 HasSubstr("What to do:"), Not(HasSubstr("046454287"))));
  EXPECT_THAT(run({"apply", "-", "--language", "fr"}, json::serialize(family)).err,
              HasSubstr("Que faire :"));
  const Ended machine = run({"apply", "-", "--json"}, json::serialize(family));
  EXPECT_EQ(machine.code, 1);
  EXPECT_FALSE(text(json::parse(machine.out), "type").empty());
}

TEST_F(Command, BenchPrintsOneObjectOfNumbers) {
  const Ended ended = run({"bench", "--seconds", "1", "--connections", "4", "--json"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  const auto numbers = json::parse(ended.out);
  EXPECT_GT(numbers.at("applications_per_second").to_number<double>(), 1.0);
  EXPECT_GT(numbers.at("p50_ms").to_number<double>(), 0.0);
  EXPECT_GE(numbers.at("p99_ms").to_number<double>(), numbers.at("p50_ms").to_number<double>());
  EXPECT_EQ(numbers.at("errors").as_int64(), 0);
  EXPECT_GT(numbers.at("commits_per_second").to_number<double>(), 0.0);
  EXPECT_GT(numbers.at("records_per_application").to_number<double>(), 3.0);
  const Ended open_loop = run({"bench", "--seconds", "1", "--rate", "20", "--json"});
  EXPECT_NEAR(json::parse(open_loop.out).at("applications").to_number<double>(), 20, 1);
}

TEST(CommandLine, HelpIsOnEveryLevelWithExamples) {
  for (const std::vector<std::string>& command :
       std::vector<std::vector<std::string>>{{},
                                             {"serve"},
                                             {"apply"},
                                             {"show"},
                                             {"list"},
                                             {"amend"},
                                             {"withdraw"},
                                             {"programs"},
                                             {"health"},
                                             {"verify"},
                                             {"rules"},
                                             {"bench"},
                                             {"rules", "check"}}) {
    std::vector<std::string> arguments = command;
    arguments.push_back("--help");
    const Ended ended = run_guichet(arguments);
    EXPECT_EQ(ended.code, 0);
    EXPECT_THAT(ended.out, HasSubstr("Example"));
  }
  EXPECT_THAT(run_guichet({"--version"}).out, testing::MatchesRegex("guichet [0-9.]+\n"));
}

TEST(CommandLine, WrongUsageIsTwoAndAnAwayServerIsThree) {
  EXPECT_EQ(run_guichet({}).code, 2);
  const Ended mistyped = run_guichet({"aply"});
  EXPECT_EQ(mistyped.code, 2);
  EXPECT_THAT(mistyped.err, HasSubstr("aply is no command; there are: serve, apply, "));
  EXPECT_EQ(run_guichet({"apply"}).code, 2);
  EXPECT_EQ(run_guichet({"apply", "/no/such/file.json"}).code, 2);
  EXPECT_EQ(run_guichet({"apply", kFamily, "--wait", "soon"}).code, 2);
  EXPECT_EQ(run_guichet({"list", "--server", "localhost"}).code, 2);
  const Ended away = run_guichet({"list", "--server", "http://127.0.0.1:1"});
  EXPECT_EQ(away.code, 3);
  EXPECT_THAT(away.err, AllOf(HasSubstr("http://127.0.0.1:1"), HasSubstr("guichet serve")));
}

TEST(CommandLine, RulesAreCheckedAndEvaluated) {
  const std::string programs = GUICHET_SOURCE_DIR "/rules/programs";
  const Ended checked = run_guichet({"rules", "check", programs});
  EXPECT_EQ(checked.code, 0) << checked.err;
  EXPECT_THAT(checked.out, AllOf(HasSubstr("ca-ccb"), HasSubstr("nb-ctb")));
  const TemporaryFolder folder;
  std::filesystem::copy(programs + "/ca-ccb", folder.path() / "ca-ccb");
  std::filesystem::copy(programs + "/holidays.yaml", folder.path() / "holidays.yaml");
  std::ofstream(folder.path() / "ca-ccb" / "program.yaml", std::ios::app) << "colour: blue\n";
  const Ended wrong = run_guichet({"rules", "check", (folder.path() / "ca-ccb").string()});
  EXPECT_EQ(wrong.code, 1);
  EXPECT_THAT(wrong.err, AllOf(HasSubstr("program.yaml"), HasSubstr("colour")));

  std::ofstream(folder.path() / "twice.dmn") << R"(<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" name="Twice" id="d"
             namespace="https://guichet.example/twice">
  <inputData name="Number" id="i"><variable name="Number" typeRef="number"/></inputData>
  <decision name="Double" id="t"><variable name="Double" typeRef="number"/>
    <informationRequirement id="r"><requiredInput href="#i"/></informationRequirement>
    <literalExpression id="l"><text>Number * 2</text></literalExpression></decision>
</definitions>)";
  const std::string model = (folder.path() / "twice.dmn").string();
  const Ended shown = run_guichet({"rules", "eval", model, "-"}, R"({"Number": 21})");
  EXPECT_EQ(shown.code, 0) << shown.err;
  EXPECT_THAT(shown.out, AllOf(HasSubstr("Double"), HasSubstr("42")));
  const Ended machine = run_guichet({"rules", "eval", model, "-", "--json"}, R"({"Number": 21})");
  EXPECT_EQ(json::parse(machine.out).at("decisions").at("Double").to_number<int>(), 42);
  EXPECT_EQ(run_guichet({"rules", "eval", model, "-"}, "nonsense").code, 1);
  EXPECT_EQ(run_guichet({"rules", "tck", folder.path().string()}).code, 2);  // no cases in it
}

TEST(CommandLine, AServerThatCannotStartSaysWhatWouldBeRight) {
  const TemporaryFolder folder;
  const std::string data = (folder.path() / "data").string();
  const auto serve = [&](std::vector<std::string> more) {
    std::vector<std::string> arguments{"serve", "--data", data};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_guichet(arguments);
  };
  const Ended open = serve({"--listen", "0.0.0.0:8080"});
  EXPECT_EQ(open.code, 2);
  EXPECT_THAT(open.err, HasSubstr("this machine only"));
  EXPECT_EQ(serve({"--threads", "many"}).code, 2);
  EXPECT_EQ(serve({"--config", "/no/such.yaml"}).code, 2);
  const Ended programs = serve({"--programs", "/no/such/folder"});
  EXPECT_EQ(programs.code, 2);
  EXPECT_THAT(programs.err, HasSubstr("/no/such/folder"));
  const Ended printed = serve({"--threads", "2", "--print-config"});
  EXPECT_EQ(printed.code, 0);
  EXPECT_THAT(printed.out, HasSubstr("threads: 2  # --threads"));
  EXPECT_FALSE(std::filesystem::exists(data));
}

}  // namespace
}  // namespace guichet::end_to_end
