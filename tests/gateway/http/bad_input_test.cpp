#include <gmock/gmock.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <sstream>

#include "gateway/http/problem.h"
#include "tests/gateway/http/served.h"

namespace guichet {
namespace {

using namespace testing;
using ::testing::HasSubstr;
using ::testing::Not;

class BadInput : public Served {
 protected:
  BadInput() { start_processing(); }

  // After whatever came before, others are served as ever, and nothing was made.
  ~BadInput() override {
    EXPECT_EQ(get("/v1/applications").body, R"({"items":[],"next":null})");
    EXPECT_EQ(post("/v1/applications", as_text(example_application())).status, 202);
  }
};

void expect_problem(const Reply& reply, int status, const std::string& kind) {
  EXPECT_EQ(reply.status, status) << reply.body;
  EXPECT_EQ(reply.header("content-type"), "application/problem+json");
  const auto problem = parsed(reply);
  EXPECT_EQ(problem.at("type").as_string(), "https://guichet.example/problems/" + kind);
  EXPECT_EQ(problem.at("status"), status);
  EXPECT_FALSE(problem.at("title").as_string().empty());
  EXPECT_FALSE(problem.at("detail").as_string().empty());
}

TEST_F(BadInput, EveryBadFieldIsNamedAtOnceInTheLanguageAskedFor) {
  auto body = example_application();
  body["client"].as_object()["sin"] = "046454287";
  body["residence"].as_object()["province"] = "XQ";
  body["colour"] = "red";
  for (const char* language : {"en", "fr"}) {
    const Reply reply = post("/v1/applications", as_text(body),
                             "Accept-Language: " + std::string(language) + "\r\n");
    expect_problem(reply, 400, "bad-fields");
    EXPECT_EQ(reply.header("content-language"), language);
    const auto errors = errors_of(reply);
    EXPECT_EQ(errors.size(), 3U) << reply.body;
    EXPECT_THAT(errors.at("#/client/sin"),
                HasSubstr(language == std::string("fr") ? "neuf chiffres" : "nine digits"));
    EXPECT_THAT(reply.body, Not(HasSubstr("046454287")));
  }
}

TEST_F(BadInput, JsonThatCannotBeReadIsRefused) {
  for (const std::string& body : {std::string("{"), std::string("{\"client\": \"\xC3\x28\"}"),
                                  std::string(10'000, '[') + std::string(10'000, ']'),
                                  "[" + std::string(30'000, ' ') + "1,,]"})
    expect_problem(post("/v1/applications", body), 400, "unreadable-json");
  const Reply twice = post("/v1/applications", R"({"language": "fr", "language": "en"})");
  expect_problem(twice, 400, "bad-fields");
  EXPECT_EQ(errors_of(twice).count("#/language"), 1U);
  expect_problem(post("/v1/applications", "", "Content-Type: application/json\r\n"), 400,
                 "unreadable-json");
}

TEST_F(BadInput, ABodyOverTheLimitIsRefusedAlsoWhenItComesWhole) {
  for (const std::size_t size : {256U * 1024 + 1, 3U * 1024 * 1024}) {
    const Reply reply = post("/v1/applications", std::string(size, ' '), "Accept-Language: fr\r\n");
    expect_problem(reply, 413, "body-too-large");
    EXPECT_TRUE(reply.closes());
    EXPECT_THAT(reply.body, HasSubstr("256 Kio"));
  }
  expect_problem(post("/v1/applications", std::string(256 * 1024, ' ')), 400, "unreadable-json");
}

TEST_F(BadInput, UnknownPathsMethodsAndMediaTypes) {
  expect_problem(get("/v2/applications"), 404, "not-found");
  expect_problem(get("/v1/%zz"), 400, "bad-request");
  auto client = connect();
  for (const char* method : {"DELETE", "PATCH", "TRACE", "BREW"}) {
    const Reply reply = client.exchange(method, "/v1/applications");
    expect_problem(reply, 405, "method-not-allowed");
    EXPECT_EQ(reply.header("allow"), "GET, HEAD, POST, OPTIONS");
  }
  expect_problem(client.exchange("PUT", "/healthz", "{}"), 405, "method-not-allowed");
  expect_problem(post("/v1/applications", "{}", "Content-Type: text/plain\r\n"), 415,
                 "unsupported-media-type");
  expect_problem(post("/v1/applications", "{}",
                      "Content-Type: application/json\r\nContent-Encoding: gzip\r\n"),
                 415, "unsupported-media-type");
  expect_problem(get("/v1/programs", "Accept: text/html\r\n"), 406, "not-acceptable");
}

TEST_F(BadInput, HeaderFieldsThatAreNotRight) {
  const std::string body = as_text(example_application());
  for (const char* line : {"Guichet-Actor: nobody\r\n", "Idempotency-Key: a b\r\n"}) {
    const Reply reply = post("/v1/applications", body, line);
    expect_problem(reply, 400, "bad-header");
    EXPECT_EQ(errors_of(reply).size(), 1U);
  }
  expect_problem(
      post("/v1/applications", body, "Idempotency-Key: " + std::string(256, 'k') + "\r\n"), 400,
      "bad-header");
}

TEST_F(BadInput, APageOfAnotherSiteMayNotWrite) {
  const std::string body = as_text(example_application());
  expect_problem(post("/v1/applications", body, "Origin: http://evil.example\r\n"), 403,
                 "not-allowed");
  expect_problem(post("/v1/applications", body, "Origin: null\r\n"), 403, "not-allowed");
  expect_problem(post("/v1/applications", "{}", "Origin: http://localhost\r\n"), 400, "bad-fields");
}

TEST_F(BadInput, ARefusedHeaderStillChoosesTheLanguage) {
  auto client = connect();
  client.send("GET / HTTP/1.0\r\nHost: a\r\nAccept-Language: fr\r\n\r\n");
  EXPECT_THAT(client.receive()->body, HasSubstr("Seul HTTP/1.1"));
}

TEST_F(BadInput, AHeaderOverTheLimitIsRefused) {
  auto client = connect();
  client.send("GET / HTTP/1.1\r\nHost: a\r\nX-Long: " + std::string(16 * 1024, 'x') + "\r\n\r\n");
  EXPECT_EQ(client.receive()->status, 431);
  auto endless = connect();
  endless.send("GET /" + std::string(20 * 1024, 'x'));
  EXPECT_EQ(endless.receive()->status, 431);
}

TEST_F(BadInput, BytesThatAreNoHttpAreRefused) {
  auto client = connect();
  client.send(std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 15));
  EXPECT_EQ(client.receive()->status, 400);
}

// Each kind of problem says itself in both languages, and no text is the other's.
TEST(Problems, AreToldInBothLanguages) {
  for (int kind = 0; kind <= static_cast<int>(http::ProblemKind::fault); ++kind) {
    const http::Problem problem{static_cast<http::ProblemKind>(kind), std::nullopt, {}};
    const auto english =
        boost::json::parse(http::to_response(problem, http::Language::en, "").body).as_object();
    const auto french =
        boost::json::parse(http::to_response(problem, http::Language::fr, "").body).as_object();
    EXPECT_EQ(english.at("type"), french.at("type"));
    EXPECT_NE(english.at("title"), french.at("title"));
    EXPECT_NE(english.at("detail"), french.at("detail"));
  }
}

class Logs : public Served {
 protected:
  Logs() : before_(spdlog::default_logger()) {
    spdlog::set_default_logger(std::make_shared<spdlog::logger>(
        "test", std::make_shared<spdlog::sinks::ostream_sink_mt>(text_, true)));
    start_processing();
  }
  ~Logs() override { spdlog::set_default_logger(before_); }

  std::ostringstream text_;
  std::shared_ptr<spdlog::logger> before_;
};

TEST_F(Logs, HaveNothingPersonalAndOneLineARequest) {
  const Reply posted = post("/v1/applications", as_text(example_application()),
                            "Guichet-Actor: name=a.cormier; desk=snb\r\nIdempotency-Key: k-77\r\n");
  const auto body = parsed(posted);
  const std::string id(body.at("id").as_string());
  const std::string number(body.at("number").as_string());
  auto bad = example_application();
  bad["client"].as_object()["sin"] = "046454287";
  bad["household"].as_object()["annual_rent"] = "9600.001";
  post("/v1/applications", as_text(bad));
  get("/v1/applications/" + id);
  get("/v1/applications/" + number);
  get("/v1/applications?client=" + std::string(body.at("client").as_string()));
  get("/046454286/Cormier");
  post("/v1/applications", "{\"046454286\": \"Cormier\"");
  auto raw = connect();
  raw.send("GET /046454286 HTTP/1.0\r\nX: Cormier\r\n\r\n");
  raw.receive();
  server_.reset();

  const std::string log = text_.str();
  for (const std::string& personal :
       {std::string("Cormier"), std::string("Marie"), std::string("046454286"),
        std::string("046454287"), std::string("9600"), std::string("E5G"), std::string("k-77"), id,
        number, std::string(body.at("client").as_string())})
    EXPECT_THAT(log, Not(HasSubstr(personal)));
  EXPECT_EQ(std::count(log.begin(), log.end(), '\n'), 8) << log;
  EXPECT_THAT(log, HasSubstr("GET /v1/applications/{id} 200"));
  EXPECT_THAT(log, HasSubstr("trace="));
}

}  // namespace
}  // namespace guichet
