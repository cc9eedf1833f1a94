// A server with an identity provider: who is let in, and what each sees.

#include "gateway/http/authentication.h"

#include <gmock/gmock.h>

#include <atomic>
#include <mutex>

#include "gateway/identity/sign.h"
#include "tests/gateway/http/served.h"

namespace guichet {
namespace {

using namespace testing;
using namespace std::chrono_literals;
using ::testing::HasSubstr;
namespace json = boost::json;

const identity::SigningKey& first_key() {
  static const auto key = identity::make_signing_key(identity::Algorithm::es256, "first");
  return key;
}
const identity::SigningKey& second_key() {
  static const auto key = identity::make_signing_key(identity::Algorithm::rs256, "second");
  return key;
}

/// An identity provider's keys, to change and to take away.
struct Provider {
  std::mutex mutex;
  std::optional<std::string> keys = identity::jwk_set_of({first_key()});
  std::atomic<int> asked = 0;

  void set(std::optional<std::string> now) {
    const std::lock_guard lock(mutex);
    keys = std::move(now);
  }
  http::KeySource::Read read() {
    return [this]() -> Result<std::string> {
      ++asked;
      const std::lock_guard lock(mutex);
      if (!keys) return Failure{"away"};
      return {boost::system::in_place_value, *keys};
    };
  }
};

Provider& provider() {
  static Provider provider;
  return provider;
}

std::shared_ptr<const http::Authentication> authentication(http::KeySourceOptions options) {
  options.name = "test";
  return std::make_shared<http::Authentication>(
      std::make_unique<http::KeySource>(provider().read(), options),
      identity::Expected{"https://id.example.ca", "guichet", "roles"});
}

json::object claims_of(const std::string& role, const std::string& desk = "snb-grand-manan") {
  const auto now = std::chrono::duration_cast<std::chrono::seconds>(
                       std::chrono::system_clock::now().time_since_epoch())
                       .count();
  return {{"iss", "https://id.example.ca"},
          {"aud", "guichet"},
          {"sub", "a.cormier"},
          {"exp", now + 300},
          {"roles", {role}},
          {"desk", desk}};
}

std::string as(const json::object& claims, const identity::SigningKey& key = first_key()) {
  return "Authorization: Bearer " +
         *identity::sign_token(key.private_jwk, json::serialize(claims)) + "\r\n";
}

std::string as(const std::string& role, const std::string& desk = "snb-grand-manan") {
  return as(claims_of(role, desk));
}

class Authenticated : public Served {
 protected:
  explicit Authenticated(http::KeySourceOptions options = {.name = "",
                                                           .every = 1h,
                                                           .least_pause = 0ms})
      : Served({}, {}, reset(options)) {
    start_processing();
  }
  static std::shared_ptr<const http::Authentication> reset(const http::KeySourceOptions& options) {
    provider().set(identity::jwk_set_of({first_key()}));
    provider().asked = 0;
    return authentication(options);
  }
  std::string submitted(const std::string& more = {}) const {
    const Reply reply =
        post("/v1/applications", as_text(example_application()), as("clerk") + more);
    EXPECT_TRUE(reply.status == 202 || reply.status == 200) << reply.body;
    return std::string(parsed(reply).at("id").as_string());
  }
};

TEST_F(Authenticated, LetsInWhoSaysWhoTheyAre) {
  EXPECT_EQ(get("/v1/programs", as("clerk")).status, 200);
  EXPECT_EQ(get("/healthz").status, 200) << "a probe is nobody";
  EXPECT_EQ(get("/readyz").status, 200);
  EXPECT_EQ(get("/openapi.json").status, 200);
}

TEST_F(Authenticated, AsksEveryoneElse) {
  for (const char* target : {"/v1/programs", "/v1/programs/ca-one", "/v1/applications",
                             "/v1/events", "/metrics", "/v1/applications/x/history"}) {
    const Reply reply = get(target);
    EXPECT_EQ(reply.status, 401) << target;
    EXPECT_EQ(reply.header("www-authenticate"), "Bearer realm=\"guichet\"");
  }
  EXPECT_EQ(post("/v1/applications", "{}").status, 401);
  EXPECT_EQ(post("/v1/screenings", "{}").status, 401);
  EXPECT_EQ(get("/v1/programs", "Guichet-Actor: name=a; roles=owner\r\n").status, 401)
      << "what somebody says of themself counts no more";
  const Reply french = get("/v1/programs", "Accept-Language: fr\r\n");
  EXPECT_EQ(parsed(french).at("title"), "Dites qui vous êtes");
}

TEST_F(Authenticated, SaysWhyATokenIsRefusedAndNothingOfIt) {
  json::object old = claims_of("clerk");
  old["exp"] = 1;
  old["sub"] = "secret-subject";
  const Reply reply = get("/v1/programs", as(old));
  EXPECT_EQ(reply.status, 401);
  EXPECT_EQ(reply.header("www-authenticate"),
            R"(Bearer realm="guichet", error="invalid_token", error_description="expired")");
  EXPECT_THAT(reply.body, ::testing::Not(HasSubstr("secret")));
  const std::string token = as("clerk");
  for (const std::string& bad :
       {std::string("Authorization: Basic YTpi\r\n"), std::string("Authorization: Bearer\r\n"),
        std::string("Authorization: Bearer x\r\n"), std::string("Authorization: x\r\n"),
        token + token, token + "Authorization: Bearer x\r\n"})
    EXPECT_GE(get("/v1/programs", bad).status, 400) << bad;
}

TEST_F(Authenticated, ATokenOfTheMostBytesPasses) {
  json::object claims = claims_of("clerk");
  claims["more"] = std::string(5'500, 'x');
  EXPECT_EQ(get("/v1/programs", as(claims)).status, 200);
  claims["more"] = std::string(7'000, 'x');
  EXPECT_EQ(get("/v1/programs", as(claims)).status, 401);
}

TEST_F(Authenticated, DeniesByDefault) {
  for (const char* role : {"preparer", "releaser", "administrator", "partner", "owner", "root"}) {
    EXPECT_EQ(get("/v1/applications", as(role)).status, 403) << role;
    EXPECT_EQ(post("/v1/applications", "not json", as(role)).status, 403)
        << role << ": nothing is looked at before";
  }
  EXPECT_EQ(get("/v1/programs", as("owner")).status, 403) << "no token makes an owner";
  EXPECT_EQ(get("/metrics", as("clerk")).status, 403);
  EXPECT_EQ(get("/metrics", as("operator")).status, 200);
}

TEST_F(Authenticated, AClerkWorksAtTheirDeskOnly) {
  const std::string id = submitted();
  const std::string number =
      std::string(parsed(get("/v1/applications/" + id, as("clerk"))).at("number").as_string());
  const std::string other = as("clerk", "other-desk");
  for (const std::string& target : {id, number, id + "/history", id + "/events"})
    EXPECT_EQ(get("/v1/applications/" + target, other).status, 404)
        << target << ": not even that it is there";
  const std::string unknown = "/v1/applications/0197a2c4-5d1e-7c3a-9b1f-3f0f6a2f8d11";
  EXPECT_EQ(parsed(get("/v1/applications/" + id, other)).at("title"),
            parsed(get(unknown, other)).at("title"));

  EXPECT_EQ(post("/v1/applications", as_text(example_application()), other).status, 403);
  auto mine = example_application();
  mine["channel"].as_object()["desk"] = "other-desk";
  auto client = connect();
  EXPECT_EQ(
      client
          .exchange("PUT", "/v1/applications/" + id, as_text(mine), other + "If-Match: \"1.1\"\r\n")
          .status,
      404)
      << "another desk's application is not taken over by naming one's own";
  EXPECT_EQ(post("/v1/applications/" + id + "/withdrawal", "", other).status, 404);
  EXPECT_EQ(client
                .exchange("PUT", "/v1/applications/" + id, as_text(mine),
                          as("clerk") + "If-Match: \"1.1\"\r\n")
                .status,
            403)
      << "nor given away";
  EXPECT_EQ(get("/v1/applications?desk=snb-grand-manan", other).status, 403);
  EXPECT_EQ(get("/v1/applications/" + number, as("clerk")).status, 200);
  EXPECT_EQ(post("/v1/applications/" + id + "/withdrawal", "", as("clerk")).status, 200);
}

TEST_F(Authenticated, AClerksListIsOfTheirDesk) {
  const std::string id = submitted();
  auto elsewhere = example_application();
  elsewhere["channel"].as_object()["desk"] = "other-desk";
  const std::string other = as("clerk", "other-desk");
  const Reply sent = post("/v1/applications", as_text(elsewhere), other);
  const std::string other_id(parsed(sent).at("id").as_string());
  const auto seen = [this](const std::string& target, const std::string& by) {
    std::vector<std::string> ids;
    const auto page = parsed(get(target, by));
    for (const auto& item : page.at("items").as_array())
      ids.emplace_back(item.at("id").as_string());
    return ids;
  };
  using ::testing::ElementsAre;
  using ::testing::UnorderedElementsAre;
  const std::string all = "/v1/applications";
  EXPECT_THAT(seen(all, as("clerk")), ElementsAre(id));
  EXPECT_THAT(seen(all, other), ElementsAre(other_id));
  EXPECT_THAT(seen(all + "?desk=other-desk", other), ElementsAre(other_id));
  EXPECT_THAT(seen(all, as("operator", "nowhere")), UnorderedElementsAre(id, other_id));
  EXPECT_THAT(seen(all + "?desk=other-desk", as("auditor")), ElementsAre(other_id));
  EXPECT_EQ(get(all, as("clerk", "")).status, 401) << "an empty desk is no desk";
  json::object nowhere = claims_of("clerk");
  nowhere.erase("desk");
  EXPECT_EQ(get(all, as(nowhere)).status, 403) << "a clerk without a desk sees nothing";
}

TEST_F(Authenticated, AStreamEndsWithItsToken) {
  const std::string id = submitted();
  json::object claims = claims_of("clerk");
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  // Over, but for how far clocks may be apart.
  claims["exp"] =
      std::chrono::duration_cast<std::chrono::seconds>(now - identity::kMaxSkew).count() + 2;
  auto client = connect();
  EXPECT_EQ(client.exchange("GET", "/v1/applications/" + id + "/events", "", as(claims)).status,
            200);
  std::string stream;
  std::optional<std::string> piece;
  while ((piece = client.receive_chunk(5s)) && !piece->empty()) stream += *piece;
  EXPECT_THAT(stream, HasSubstr("data: {"));
  EXPECT_TRUE(piece) << "it did not end";
  EXPECT_EQ(get("/v1/applications/" + id + "/events", as(claims)).status, 401);
}

TEST_F(Authenticated, AMonitorReadsMetricsAndNothingElse) {
  EXPECT_EQ(get("/metrics", as("monitor")).status, 200);
  for (const char* target : {"/v1/programs", "/v1/applications", "/v1/events"})
    EXPECT_EQ(get(target, as("monitor")).status, 403) << target;
}

TEST_F(Authenticated, AnAuditorReadsAndChangesNothing) {
  const std::string id = submitted();
  EXPECT_EQ(get("/v1/applications/" + id, as("auditor", "x")).status, 200);
  EXPECT_EQ(get("/v1/applications/" + id + "/history", as("auditor", "x")).status, 200);
  EXPECT_EQ(post("/v1/applications/" + id + "/withdrawal", "", as("auditor")).status, 403);
}

TEST_F(Authenticated, APartnerSeesTheEventsOfItsPrograms) {
  json::object claims = claims_of("partner");
  claims["programs"] = {"ca-one"};
  EXPECT_EQ(get("/v1/events?program=ca-one", as(claims)).status, 200);
  EXPECT_EQ(get("/v1/events?program=nb-two", as(claims)).status, 403);
  EXPECT_EQ(get("/v1/events", as(claims)).status, 403);
  EXPECT_EQ(get("/v1/events", as("auditor")).status, 200);
}

TEST_F(Authenticated, HistoryNamesTheAgentAndTheClient) {
  const std::string id = submitted("Guichet-Actor: name=somebody-else; roles=owner\r\n");
  const auto history = parsed(get("/v1/applications/" + id + "/history", as("clerk")));
  const auto& actor = history.at("items").as_array().at(0).at("actor").as_object();
  EXPECT_EQ(actor.at("name"), "a.cormier");
  EXPECT_EQ(actor.at("roles"), json::array{"clerk"});
  EXPECT_EQ(actor.at("desk"), "snb-grand-manan");
  EXPECT_EQ(actor.at("on_behalf_of"),
            parsed(get("/v1/applications/" + id, as("clerk"))).at("client"));
}

TEST_F(Authenticated, ANewKeyIsReadWhenItsFirstTokenComes) {
  const std::string by_second = as(claims_of("clerk"), second_key());
  EXPECT_EQ(get("/v1/programs", by_second).status, 401);
  provider().set(identity::jwk_set_of({first_key(), second_key()}));
  EXPECT_EQ(get("/v1/programs", by_second).status, 200);
  EXPECT_EQ(get("/v1/programs", as("clerk")).status, 200);
  provider().set(identity::jwk_set_of({second_key()}));
  // Withdrawn: gone with the next reading, which an unknown key brings about.
  const auto third = identity::make_signing_key(identity::Algorithm::es256, "third");
  EXPECT_EQ(get("/v1/programs", as(claims_of("clerk"), third)).status, 401);
  EXPECT_EQ(get("/v1/programs", as("clerk")).status, 401);
}

class RarelyRead : public Authenticated {
 protected:
  RarelyRead() : Authenticated({.name = "", .every = 1h, .least_pause = 1h}) {}
};

TEST_F(RarelyRead, UnknownKeysBringNoMoreReadingsThanThePauseAllows) {
  const std::string by_second = as(claims_of("clerk"), second_key());
  for (int i = 0; i < 20; ++i) EXPECT_EQ(get("/v1/programs", by_second).status, 401);
  EXPECT_EQ(provider().asked, 1);
}

class SoonForgotten : public Authenticated {
 protected:
  SoonForgotten() : Authenticated({.name = "", .every = 20ms, .least_pause = 0ms, .keep = 300ms}) {}
};

TEST_F(SoonForgotten, KeysOutliveAProviderThatIsAwayAndThenNobodyIsLetIn) {
  provider().set(std::nullopt);
  std::this_thread::sleep_for(60ms);
  EXPECT_EQ(get("/v1/programs", as("clerk")).status, 200) << "the last keys stay";
  std::this_thread::sleep_for(400ms);
  const Reply reply = get("/v1/programs", as("clerk"));
  EXPECT_EQ(reply.status, 503);
  EXPECT_THAT(reply.body, HasSubstr("identity-unavailable"));
  EXPECT_NE(reply.header("retry-after"), "");
  EXPECT_EQ(get("/v1/programs").status, 401);
  provider().set("{}");
  std::this_thread::sleep_for(60ms);
  EXPECT_EQ(get("/v1/programs", as("clerk")).status, 503);
  provider().set(identity::jwk_set_of({first_key()}));
  std::this_thread::sleep_for(200ms);
  EXPECT_EQ(get("/v1/programs", as("clerk")).status, 200);
}

}  // namespace
}  // namespace guichet
