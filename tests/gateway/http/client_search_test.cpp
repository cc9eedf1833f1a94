// A client is found by number, or by name and date of birth, in the body of a request.

#include <gmock/gmock.h>

#include "gateway/http/comparable_name.h"
#include "tests/gateway/http/served.h"

namespace guichet {
namespace {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
namespace json = boost::json;

class ClientSearch : public Served {
 protected:
  ClientSearch() { start_processing(); }

  std::string apply(const std::string& given, const std::string& family, const std::string& sin) {
    json::object application = example_application();
    application["programs"] = {"ca-one"};
    json::object& client = application["client"].as_object();
    client["given_name"] = given;
    client["family_name"] = family;
    if (sin.empty())
      client.erase("sin");
    else
      client["sin"] = sin;
    const Reply reply = post("/v1/applications", as_text(application), "Prefer: wait=10\r\n");
    EXPECT_EQ(reply.status, 200) << reply.body;
    return std::string(parsed(reply).at("id").as_string());
  }
  json::array found(const json::object& sought) const {
    const Reply reply = post("/v1/clients/search", as_text(sought));
    EXPECT_EQ(reply.status, 200) << reply.body;
    EXPECT_EQ(parsed(reply).at("more"), false);
    EXPECT_EQ(reply.header("cache-control"), "no-store");
    return parsed(reply).at("items").as_array();
  }
  static std::vector<std::string> applications_of(const json::value& person) {
    std::vector<std::string> ids;
    for (const auto& one : person.at("applications").as_array())
      ids.emplace_back(one.at("id").as_string());
    return ids;
  }
};

TEST_F(ClientSearch, FindsAllApplicationsOfANumberWhateverTheirNames) {
  const std::string first = apply("Marie", "Cormier", "046454286");
  const std::string second = apply("Marie", "Cormier-Leblanc", "046454286");
  apply("Marie", "Cormier", "130692544");
  const json::array people = found({{"sin", "046454286"}});
  ASSERT_THAT(people, SizeIs(1));
  EXPECT_THAT(applications_of(people[0]), ::testing::UnorderedElementsAre(first, second));
  EXPECT_TRUE(people[0].at("client").as_string().starts_with("c_"));
  EXPECT_THAT(found({{"sin", "193456787"}}), IsEmpty());
}

TEST_F(ClientSearch, FindsByNameAndBirthHoweverTheNameIsWritten) {
  const std::string id = apply("Éloïse", "O’Brien-Émond", "");
  apply("Marc", "O'Brien Emond", "");
  EXPECT_THAT(found({{"family_name", "obrien emond"}, {"date_of_birth", "1994-05-02"}}), SizeIs(2));
  const json::array people = found({{"family_name", "O'BRIEN-ÉMOND"},
                                    {"date_of_birth", "1994-05-02"},
                                    {"given_name", "Eloise"}});
  ASSERT_THAT(people, SizeIs(1));
  EXPECT_THAT(applications_of(people[0]), ElementsAre(id));
  EXPECT_TRUE(people[0].at("client").is_null());
  EXPECT_EQ(people[0].at("given_name"), "Éloïse");
  EXPECT_THAT(found({{"family_name", "obrien emond"}, {"date_of_birth", "1994-05-03"}}), IsEmpty());
}

TEST_F(ClientSearch, IsRefusedWhereItSaysTooLittleOrWrongThings) {
  const auto errors = [&](const json::object& sought) {
    const Reply reply = post("/v1/clients/search", as_text(sought));
    EXPECT_EQ(reply.status, 400) << reply.body;
    std::vector<std::string> places;
    for (const auto& [place, detail] : errors_of(reply)) places.push_back(place);
    return places;
  };
  EXPECT_THAT(errors({}), ElementsAre("#/date_of_birth", "#/family_name"));
  EXPECT_THAT(errors({{"family_name", "Cormier"}}), ElementsAre("#/date_of_birth"));
  EXPECT_THAT(errors({{"sin", "046454287"}}), ElementsAre("#/sin"));
  EXPECT_THAT(errors({{"sin", "046454286"}, {"shoe", "7"}}), ElementsAre("#/shoe"));
  EXPECT_EQ(post("/v1/clients/search", "{").status, 400);
  EXPECT_EQ(get("/v1/clients/search").status, 405);
}

TEST_F(ClientSearch, IsInTheAuditTrailWhetherItFindsSomebodyOrNot) {
  const std::string id = apply("Marie", "Cormier", "046454286");
  found({{"sin", "046454286"}});
  found({{"sin", "193456787"}});
  found({{"family_name", "Nobody"}, {"date_of_birth", "1994-05-02"}});
  const Reply trail = get("/v1/audit?call=search_clients");
  const json::array entries = parsed(trail).at("items").as_array();
  ASSERT_THAT(entries, SizeIs(3));
  EXPECT_EQ(entries[0].at("applications").at(0).as_string(), id);
  EXPECT_THAT(entries[1].at("clients").as_array(), SizeIs(1));
  for (const char* personal : {"046454286", "193456787", "Cormier", "Nobody", "1994"})
    EXPECT_THAT(trail.body, ::testing::Not(HasSubstr(personal)));
}

TEST(ComparableName, HasLettersAloneWithoutAccentsInOneCase) {
  EXPECT_EQ(http::comparable_name("O’Brien-Émond"), "obrienemond");
  EXPECT_EQ(http::comparable_name("  ÇA  "), "ca");
  EXPECT_EQ(http::comparable_name("Strauß"), "strauss");
  EXPECT_EQ(http::comparable_name("E\u0301mond"), "emond") << "an accent of its own";
  EXPECT_EQ(http::comparable_name("ᐊᓕᒃ"), "ᐊᓕᒃ") << "syllabics";
  EXPECT_EQ(http::comparable_name("-'"), "");
}

}  // namespace
}  // namespace guichet
