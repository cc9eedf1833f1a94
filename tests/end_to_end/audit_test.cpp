// Who looked at what, over the real server: its trail is whole, over kills too, and says so when
// somebody was at it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/end_to_end/calls.h"
#include "tests/end_to_end/running_server.h"

namespace guichet::end_to_end {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string kFamily = GUICHET_SOURCE_DIR "/docs/examples/family.json";

class Audit : public testing::Test {
 protected:
  Ended run(const std::vector<std::string>& arguments, const std::string& input = "") {
    return run_guichet(arguments, input, {"GUICHET_SERVER=" + server_.url(), "COLUMNS=120"});
  }
  json::value apply() {
    const Ended ended = run({"apply", kFamily, "--json"});
    EXPECT_EQ(ended.code, 0) << ended.err;
    return json::parse(ended.out);
  }
  json::value verified(int code, const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments{"audit", "verify", "--json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Ended ended = run(arguments);
    EXPECT_EQ(ended.code, code) << ended.out << ended.err;
    return json::parse(ended.out);
  }
  std::string heads_file() const { return (folder_.path() / "heads").string(); }

  TemporaryFolder folder_;
  RunningServer server_;
};

TEST_F(Audit, SaysWhoReadAPersonsFileAndNothingPersonal) {
  const json::value item = apply();
  const std::string id = text(item, "id");
  ASSERT_EQ(run({"show", id}).code, 0);
  ASSERT_EQ(run({"find", "-"}, "046 454 286\n").code, 0);
  const Ended found = run({"audit", "search", "--client", text(item, "client")});
  EXPECT_EQ(found.code, 0) << found.err;
  EXPECT_THAT(found.out, AllOf(HasSubstr("submit_application"), HasSubstr("read_application"),
                               HasSubstr("search_clients"), HasSubstr(id)));
  EXPECT_THAT(found.out, AllOf(Not(HasSubstr("Cormier")), Not(HasSubstr("046454286"))));
  EXPECT_THAT(run({"audit", "search", "--actor", "nobody", "--language", "fr"}).out,
              HasSubstr("Aucune inscription ne correspond."));
}

TEST_F(Audit, FindTellsAClientByNumberAndByName) {
  const json::value item = apply();
  for (const std::string sought :
       {"046454286", R"({"family_name": "CORMIER", "date_of_birth": "1994-05-02"})"}) {
    const Ended found = run({"find", "-", "--language", "fr"}, sought);
    EXPECT_EQ(found.code, 0) << found.err;
    EXPECT_THAT(found.out, AllOf(HasSubstr("Marie Cormier, 1994-05-02"),
                                 HasSubstr(text(item, "number")), HasSubstr("complète")));
  }
  EXPECT_THAT(run({"find", "-"}, "193456787").out, HasSubstr("Nobody fits."));
  EXPECT_EQ(run({"find", "-"}, "12").code, 1);
}

TEST_F(Audit, IsWholeOverRestartsAndKillsWithAChainForEach) {
  apply();
  server_.kill();
  server_.start();
  apply();
  EXPECT_EQ(server_.terminate(), 0);
  server_.start();
  apply();
  const json::value report = verified(0, {"--heads", heads_file()});
  EXPECT_EQ(report.at("chains").to_number<int>(), 3);
  EXPECT_EQ(report.at("fault_count").to_number<int>(), 0);
  EXPECT_EQ(verified(0, {"--heads", heads_file()}).at("chains").to_number<int>(), 3);
}

TEST_F(Audit, SaysSoWhenAnOlderCopyStandsInItsPlace) {
  apply();
  ASSERT_EQ(server_.terminate(), 0);
  fs::copy(server_.data(), folder_.path() / "older", fs::copy_options::recursive);
  server_.start();
  apply();
  verified(0, {"--heads", heads_file()});
  ASSERT_EQ(server_.terminate(), 0);
  fs::remove_all(server_.data());
  fs::copy(folder_.path() / "older", server_.data(), fs::copy_options::recursive);
  server_.start();
  verified(0);
  const Ended checked = run({"audit", "verify", "--heads", heads_file(), "--language", "fr"});
  EXPECT_EQ(checked.code, 1);
  EXPECT_THAT(checked.out, HasSubstr("la chaîne n’atteint plus cette inscription"));
  std::ofstream(heads_file()) << "nonsense\n";
  const Ended refused = run({"audit", "verify", "--heads", heads_file()});
  EXPECT_EQ(refused.code, 1);
  EXPECT_THAT(refused.err, HasSubstr("not a file that guichet audit verify wrote"));
}

}  // namespace
}  // namespace guichet::end_to_end
