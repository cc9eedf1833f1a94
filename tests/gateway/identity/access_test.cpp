// Every cell of the table of who may: call × role × one's own or another's.

#include "gateway/identity/access.h"

#include <gmock/gmock.h>

#include <boost/json.hpp>
#include <fstream>
#include <iterator>
#include <set>

namespace guichet::identity {
namespace {

namespace json = boost::json;

std::string text_of(const std::string& file) {
  std::ifstream in(std::string(GUICHET_SOURCE_DIR) + "/" + file);
  return {std::istreambuf_iterator<char>(in), {}};
}

json::object document() {
  return json::parse(text_of("schemas/access.json")).as_object();
}

Principal caller_of(const std::string& role) {
  return {.subject = "x",
          .roles = {role},
          .desk = "own-desk",
          .programs = {"own-program"},
          .governments = {"own-government"},
          .on_behalf_of = {},
          .known_by = KnownBy::token,
          .until = {}};
}

/// What the issue of this table was, written out a second time: a slip in one of the two is seen.
const std::map<std::string, std::map<std::string, std::set<std::string>>> kMeant = {
    {"clerk",
     {{"submit_application", {"own-desk"}},
      {"read_application", {"own-desk"}},
      {"list_applications", {"own-desk"}},
      {"search_clients", {"own-desk"}},
      {"amend_application", {"own-desk"}},
      {"withdraw_application", {"own-desk"}},
      {"screen", {"any"}},
      {"read_programs", {"any"}}}},
    {"program-owner",
     {{"screen", {"any"}},
      {"read_programs", {"any"}},
      {"read_events", {"own-program", "own-government"}},
      {"read_settlements", {"own-government"}}}},
    {"operator",
     {{"read_application", {"any"}},
      {"list_applications", {"any"}},
      {"search_clients", {"any"}},
      {"read_programs", {"any"}},
      {"read_events", {"any"}},
      {"read_ledger", {"any"}},
      {"read_payments", {"any"}},
      {"read_payment_files", {"any"}},
      {"stop_payments", {"any"}},
      {"read_metrics", {"any"}}}},
    {"preparer",
     {{"read_programs", {"any"}},
      {"read_ledger", {"any"}},
      {"read_settlements", {"any"}},
      {"read_payments", {"any"}},
      {"stop_payments", {"any"}},
      {"prepare_payment_run", {"any"}},
      {"cancel_payment_run", {"any"}}}},
    {"releaser",
     {{"read_programs", {"any"}},
      {"read_ledger", {"any"}},
      {"read_settlements", {"any"}},
      {"read_payments", {"any"}},
      {"read_payment_files", {"any"}},
      {"release_payment_run", {"any"}},
      {"stop_payments", {"any"}},
      {"resume_payments", {"any"}},
      {"cancel_payment_run", {"any"}}}},
    {"auditor",
     {{"read_application", {"any"}},
      {"list_applications", {"any"}},
      {"search_clients", {"any"}},
      {"read_programs", {"any"}},
      {"read_events", {"any"}},
      {"read_ledger", {"any"}},
      {"read_settlements", {"any"}},
      {"read_payments", {"any"}},
      {"read_payment_files", {"any"}},
      {"read_audit", {"any"}},
      {"read_metrics", {"any"}}}},
    {"privacy-officer",
     {{"read_application", {"any"}},
      {"list_applications", {"any"}},
      {"search_clients", {"any"}},
      {"read_programs", {"any"}},
      {"read_audit", {"any"}}}},
    {"partner", {{"read_programs", {"any"}}, {"read_events", {"own-program", "own-government"}}}},
    {"administrator", {{"read_programs", {"any"}}, {"read_metrics", {"any"}}}},
    {"monitor", {{"read_metrics", {"any"}}}},
};

class EachCell : public ::testing::TestWithParam<std::tuple<int, std::string>> {};

std::vector<std::string> roles() {
  std::vector<std::string> names;
  for (const auto& [role, row] : kMeant) names.push_back(role);
  return names;
}

TEST_P(EachCell, AllowsOnesOwnAndDeniesTheRest) {
  const auto call = static_cast<Call>(std::get<0>(GetParam()));
  const std::string& role = std::get<1>(GetParam());
  const auto& row = kMeant.at(role);
  const auto cell = row.find(std::string(to_string(call)));
  const std::set<std::string> limits = cell == row.end() ? std::set<std::string>{} : cell->second;
  const bool any = limits.contains("any");
  const Principal caller = caller_of(role);

  EXPECT_EQ(may_at_all(caller, call), !limits.empty());
  EXPECT_EQ(authorize(caller, call, {.desk = "own-desk"}), any || limits.contains("own-desk"));
  EXPECT_EQ(authorize(caller, call, {.program = "own-program"}),
            any || limits.contains("own-program"));
  EXPECT_EQ(authorize(caller, call, {.government = "own-government"}),
            any || limits.contains("own-government"));
  EXPECT_EQ(authorize(caller, call, {.desk = "other", .program = "other", .government = "other"}),
            any);
  EXPECT_EQ(authorize(caller, call, {}), any) << "what is of nobody is not one's own";
  // What is one's own is a desk, a program or a government, not any text that fits.
  EXPECT_EQ(authorize(caller, call, {.desk = "own-program", .program = "own-desk"}), any);

  Principal nowhere = caller;
  nowhere.desk.clear();
  nowhere.programs.clear();
  nowhere.governments.clear();
  EXPECT_EQ(authorize(nowhere, call, {}), any) << "nothing is not one's own";
  Principal nobody = caller;
  nobody.subject.clear();
  EXPECT_FALSE(authorize(nobody, call, {.desk = "own-desk", .program = "own-program"}));
}

INSTANTIATE_TEST_SUITE_P(Access, EachCell,
                         ::testing::Combine(::testing::Range(0, kCalls),
                                            ::testing::ValuesIn(roles())));

TEST(Access, IsDeniedWithoutARole) {
  for (int i = 0; i < kCalls; ++i)
    for (const char* role : {"", "Clerk", "clerk ", "root", "releaser,clerk", "any"}) {
      const auto call = static_cast<Call>(i);
      EXPECT_FALSE(authorize(caller_of(role), call, {.desk = "own-desk"})) << role;
      EXPECT_FALSE(may_at_all(caller_of(role), call)) << role;
    }
  EXPECT_FALSE(is_role(kOwnerRole)) << "no token makes an owner";
}

TEST(Access, OfSeveralRolesIsTheSumOfEach) {
  Principal caller = caller_of("clerk");
  caller.roles.emplace_back("auditor");
  EXPECT_TRUE(authorize(caller, Call::read_application, {.desk = "other"}));
  EXPECT_FALSE(authorize(caller, Call::amend_application, {.desk = "other"}));
  EXPECT_FALSE(is_held_to_desk(caller, Call::list_applications));
  EXPECT_TRUE(is_held_to_desk(caller_of("clerk"), Call::list_applications));
}

TEST(Access, ChangesNothingByAnAuditor) {
  for (const Call call :
       {Call::submit_application, Call::amend_application, Call::withdraw_application})
    EXPECT_FALSE(may_at_all(caller_of("auditor"), call));
}

TEST(Access, TableHasTheseRolesAndCalls) {
  std::set<std::string> named;
  const json::object table = document();
  for (const auto& [role, words] : table.at("roles").as_object()) {
    named.insert(std::string(role));
    EXPECT_TRUE(kMeant.contains(std::string(role)));
    EXPECT_NE(words.at("en"), words.at("fr"));
  }
  EXPECT_EQ(named.size(), kMeant.size());
  EXPECT_EQ(table.at("calls").as_object().size(), static_cast<std::size_t>(kCalls));
}

TEST(Access, IsShownAsItIs) {
  const json::object table = document();
  std::string head = "| call |";
  std::string line = "| --- |";
  for (const auto& [role, words] : table.at("roles").as_object()) {
    head += " `" + std::string(role) + "` |";
    line += " --- |";
  }
  std::string rows;
  for (const auto& [call, cells] : table.at("calls").as_object()) {
    rows += "| `" + std::string(call) + "` |";
    for (const auto& [role, words] : table.at("roles").as_object()) {
      std::string limits;
      if (const json::value* cell = cells.as_object().if_contains(role))
        for (const json::value& limit : cell->as_array())
          limits += (limits.empty() ? "" : ", ") + std::string(limit.as_string());
      rows += " " + limits + (limits.empty() ? "|" : " |");
    }
    rows += "\n";
  }
  EXPECT_THAT(text_of("docs/access.md"), ::testing::HasSubstr(head + "\n" + line + "\n" + rows))
      << "docs/access.md shows another table than schemas/access.json; it would be:\n"
      << head << "\n"
      << line << "\n"
      << rows;
}

}  // namespace
}  // namespace guichet::identity
