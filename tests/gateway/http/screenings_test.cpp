#include <gmock/gmock.h>

#include "schemas/topics.h"
#include "tests/gateway/http/served.h"

namespace guichet {
namespace {

using namespace testing;
using ::testing::HasSubstr;

// Nobody reads the log: a screening needs none.
class Screenings : public Served {
 protected:
  static boost::json::object anybody() {
    boost::json::object application = example_application();
    for (const char* field : {"client", "consents", "payment", "channel"}) application.erase(field);
    return application;
  }

  std::size_t records_in_the_log() const {
    std::size_t count = 0;
    for (const topics::Topic& topic : topics::all({"ca-one", "nb-two", "ca-slow"}))
      for (std::uint32_t p = 0; p < log_.partitions(); ++p)
        count += log_.read(topic.name, p, 0, 100).size();
    return count;
  }
};

TEST_F(Screenings, AHouseholdWithoutAnIdentityLearnsWhatWouldBePaid) {
  const Reply reply = post("/v1/screenings", as_text(anybody()));
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.header("content-language"), "fr");
  EXPECT_EQ(reply.header("cache-control"), "no-store");
  const auto body = parsed(reply);
  EXPECT_EQ(body.size(), 3U) << reply.body;
  EXPECT_EQ(body.at("annual_total"), "2400.00");
  EXPECT_EQ(body.at("programs").as_array().size(), 3U);
  const auto& first = body.at("programs").as_array().at(0).as_object();
  EXPECT_EQ(first.at("program"), "ca-one");
  EXPECT_EQ(first.at("name"), "Programme ca-one");
  EXPECT_EQ(first.at("status"), "eligible");
  EXPECT_EQ(body.at("payments").as_array().at(0).as_object().at("amount"), "2400.00");
}

TEST_F(Screenings, NothingIsWrittenAndAnIdentityMakesNoDifference) {
  const Reply known = post("/v1/screenings", as_text(example_application()));
  boost::json::object anybody_in = anybody();
  const Reply unknown = post("/v1/screenings", as_text(anybody_in));
  ASSERT_EQ(known.status, 200) << known.body;
  EXPECT_EQ(parsed(known).at("payments"), parsed(unknown).at("payments"));
  EXPECT_EQ(known.body.find("046454286"), std::string::npos);
  EXPECT_EQ(records_in_the_log(), 0U);
}

TEST_F(Screenings, AProgramThatItsGovernmentAnswersSaysThatItCannotBeScreened) {
  for (const auto& [language, text] :
       {std::pair{"en", "cannot be screened"}, std::pair{"fr", "évaluation préalable"}}) {
    const Reply reply = post("/v1/screenings", as_text(anybody()),
                             "Accept-Language: " + std::string(language) + "\r\n");
    const auto body = parsed(reply);
    const auto& slow = body.at("programs").as_array().at(1).as_object();
    EXPECT_EQ(slow.at("program"), "ca-slow");
    EXPECT_EQ(slow.at("status"), "unavailable");
    EXPECT_THAT(as_text(slow.at("reasons")), HasSubstr(text));
  }
}

TEST_F(Screenings, OnlyTheProgramsThatAreNamedAreScreened) {
  boost::json::object application = anybody();
  application["programs"] = {"ca-one"};
  EXPECT_EQ(parsed(post("/v1/screenings", as_text(application))).at("annual_total"), "1200.00");
}

TEST_F(Screenings, BadFieldsAreNamedAsInAnApplication) {
  boost::json::object application = anybody();
  application["residence"].as_object()["province"] = "ZZ";
  application["client"] = boost::json::object{{"sin", "123456789"}};
  const Reply reply = post("/v1/screenings", as_text(application));
  EXPECT_EQ(reply.status, 400);
  const auto errors = errors_of(reply);
  EXPECT_TRUE(errors.contains("#/residence/province"));
  EXPECT_TRUE(errors.contains("#/client/sin"));
  EXPECT_TRUE(errors.contains("#/client/given_name"));
}

}  // namespace
}  // namespace guichet
