#include <gmock/gmock.h>

#include <future>
#include <set>

#include "tests/gateway/http/served.h"

namespace guichet {
namespace {

using namespace testing;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class Applications : public Served {
 protected:
  Applications() { start_processing(); }

  // Without ca-slow, so that the case is complete at once.
  static boost::json::object quick() {
    boost::json::object application = example_application();
    application["programs"] = {"ca-one", "nb-two"};
    return application;
  }
};

TEST_F(Applications, AnApplicationIsAnsweredWithItsCaseAsItStands) {
  const Reply reply = post("/v1/applications", as_text(example_application()));
  ASSERT_EQ(reply.status, 202) << reply.body;
  const auto body = parsed(reply);
  const std::string id(body.at("id").as_string());
  EXPECT_EQ(reply.header("location"), "/v1/applications/" + id);
  EXPECT_EQ(reply.header("content-language"), "fr");
  EXPECT_THAT(reply.header("etag"), StartsWith("\"1."));
  EXPECT_THAT(reply.header("guichet-position"), StartsWith("0-"));
  EXPECT_EQ(body.at("number").as_string().size(), 12U);
  EXPECT_THAT(std::string(body.at("client").as_string()), StartsWith("c_"));
  EXPECT_EQ(body.at("submission"), 1);
  EXPECT_EQ(body.at("links").as_object().at("self").as_string(), "/v1/applications/" + id);
  EXPECT_EQ(reply.body.find("046454286"), std::string::npos);
}

TEST_F(Applications, WhoWaitsGetsTheMergedCase) {
  const Reply reply = post("/v1/applications", as_text(quick()), "Prefer: wait=10\r\n");
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.header("preference-applied"), "wait=10");
  const auto body = parsed(reply);
  EXPECT_EQ(body.at("status"), "complete");
  EXPECT_EQ(body.at("revision"), 1);
  EXPECT_EQ(body.at("annual_total"), "2400.00");
  const auto& first = body.at("programs").as_array().at(0).as_object();
  EXPECT_EQ(first.at("program"), "ca-one");
  EXPECT_EQ(first.at("name"), "Programme ca-one");
  EXPECT_EQ(first.at("status"), "eligible");
  EXPECT_EQ(first.at("annual_amount"), "1200.00");
  const auto& payment = body.at("payments").as_array().at(0).as_object();
  EXPECT_EQ(payment.at("date"), "2026-01-21");
  EXPECT_EQ(payment.at("amount"), "2400.00");
  EXPECT_EQ(payment.at("parts").as_array().size(), 2U);
}

TEST_F(Applications, AcceptLanguageComesBeforeTheApplicationsLanguage) {
  const Reply reply =
      post("/v1/applications", as_text(quick()), "Accept-Language: en-CA\r\nPrefer: wait=10\r\n");
  EXPECT_EQ(reply.header("content-language"), "en");
  EXPECT_THAT(reply.body, HasSubstr("Program ca-one"));
}

TEST_F(Applications, AWaitThatIsTooShortEndsIn202) {
  const Reply reply =
      post("/v1/applications", as_text(example_application()), "Prefer: wait=1\r\n");
  EXPECT_EQ(reply.status, 202);
  EXPECT_EQ(reply.header("preference-applied"), "wait=1");
  EXPECT_EQ(parsed(reply).at("status"), "determining");
}

TEST_F(Applications, TheLateAnswerWakesWhoWaits) {
  const Reply first =
      post("/v1/applications", as_text(example_application()), "Prefer: wait=1\r\n");
  const std::string id(parsed(first).at("id").as_string());
  auto waiting = std::async(std::launch::async, [&] {
    return get("/v1/applications/" + id,
               "Prefer: wait=8\r\nIf-None-Match: " + first.header("etag") + "\r\n");
  });
  answer_slowly(id, 1);
  const Reply reply = waiting.get();
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(parsed(reply).at("status"), "complete");
  EXPECT_NE(reply.header("etag"), first.header("etag"));
}

TEST_F(Applications, ACaseIsFoundRightAfterItsOwnPostByIdAndByNumber) {
  auto client = connect();
  for (int i = 0; i < 20; ++i) {
    const auto body = parsed(client.exchange("POST", "/v1/applications", as_text(quick())));
    const std::string id(body.at("id").as_string());
    EXPECT_EQ(client.exchange("GET", "/v1/applications/" + id).status, 200);
    std::string number(body.at("number").as_string());
    std::transform(number.begin(), number.end(), number.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    std::erase(number, '-');
    const Reply by_number = client.exchange("GET", "/v1/applications/" + number);
    EXPECT_EQ(by_number.status, 200);
    EXPECT_EQ(parsed(by_number).at("id").as_string(), id);
  }
}

TEST_F(Applications, AnUnchangedCaseIsNotSentAgain) {
  const Reply posted = post("/v1/applications", as_text(quick()), "Prefer: wait=10\r\n");
  const std::string path = posted.header("location");
  const Reply same = get(path, "If-None-Match: " + posted.header("etag") + "\r\n");
  EXPECT_EQ(same.status, 304);
  EXPECT_TRUE(same.body.empty());
  EXPECT_EQ(same.header("etag"), posted.header("etag"));
  EXPECT_EQ(get(path, "If-None-Match: \"1.0\"\r\n").status, 200);
}

TEST_F(Applications, HeadIsGetWithoutABody) {
  const std::string path = post("/v1/applications", as_text(quick())).header("location");
  auto client = connect();
  const Reply head = client.exchange("HEAD", path);
  EXPECT_EQ(head.status, 200);
  EXPECT_FALSE(head.header("etag").empty());
  EXPECT_NE(head.header("content-length"), "0");
  EXPECT_EQ(client.exchange("GET", path).status, 200);
}

TEST_F(Applications, OneKeyAndBodyIsOneApplicationHoweverOftenAndAtOnce) {
  std::vector<std::future<Reply>> replies;
  for (int i = 0; i < 50; ++i)
    replies.push_back(std::async(std::launch::async, [&] {
      return post("/v1/applications", as_text(quick()), "Idempotency-Key: k-1\r\n");
    }));
  std::set<std::string> ids;
  for (auto& reply : replies) {
    const Reply got = reply.get();
    EXPECT_EQ(got.status, 202);
    ids.insert(std::string(parsed(got).at("id").as_string()));
  }
  EXPECT_EQ(ids.size(), 1U);
  EXPECT_EQ(parsed(get("/v1/applications")).at("items").as_array().size(), 1U);
}

TEST_F(Applications, TheSameBodyWrittenOtherwiseIsTheSame) {
  boost::json::object other;
  const boost::json::object application = quick();
  std::vector<std::string> names;
  for (const auto& field : application) names.insert(names.begin(), std::string(field.key()));
  for (const std::string& name : names) other[name] = application.at(name);
  const Reply first = post("/v1/applications", as_text(application), "Idempotency-Key: k\r\n");
  const Reply second =
      post("/v1/applications", " " + as_text(other) + "\n", "Idempotency-Key: k\r\n");
  EXPECT_EQ(second.status, 202);
  EXPECT_EQ(first.header("location"), second.header("location"));
}

TEST_F(Applications, AKeyWithAnotherBodyIsRefused) {
  post("/v1/applications", as_text(quick()), "Idempotency-Key: k\r\n");
  boost::json::object other = quick();
  other["language"] = "en";
  const Reply reply =
      post("/v1/applications", as_text(other), "Idempotency-Key: k\r\nAccept-Language: fr\r\n");
  EXPECT_EQ(reply.status, 422);
  EXPECT_EQ(reply.header("content-type"), "application/problem+json");
  EXPECT_THAT(std::string(parsed(reply).at("type").as_string()), HasSubstr("/key-reused"));
  EXPECT_EQ(parsed(reply).at("title"), "Cette clé a servi avec un autre corps");
}

TEST_F(Applications, AnAmendmentNeedsTheSubmissionThatWasSeen) {
  const Reply posted = post("/v1/applications", as_text(quick()));
  const std::string path = posted.header("location");
  auto client = connect();
  EXPECT_EQ(client.exchange("PUT", path, as_text(quick())).status, 428);
  const std::string seen = "If-Match: " + posted.header("etag") + "\r\n";
  const Reply amended =
      client.exchange("PUT", path, as_text(quick()), seen + "Prefer: wait=10\r\n");
  EXPECT_EQ(amended.status, 200) << amended.body;
  EXPECT_EQ(parsed(amended).at("submission"), 2);
  EXPECT_EQ(client.exchange("PUT", path, as_text(quick()), seen).status, 412);
  EXPECT_EQ(client.exchange("PUT", path, as_text(quick()), "If-Match: \"x\"\r\n").status, 412);
}

TEST_F(Applications, AnAmendmentSentTwiceWithItsKeyHappensOnce) {
  const Reply posted = post("/v1/applications", as_text(quick()));
  const std::string path = posted.header("location");
  const std::string headers = "Idempotency-Key: a\r\nIf-Match: " + posted.header("etag") + "\r\n";
  auto client = connect();
  EXPECT_EQ(parsed(client.exchange("PUT", path, as_text(quick()), headers)).at("submission"), 2);
  const Reply again = client.exchange("PUT", path, as_text(quick()), headers);
  EXPECT_EQ(again.status, 202);
  EXPECT_EQ(parsed(again).at("submission"), 2);
}

TEST_F(Applications, WithdrawingTwiceGivesTheSameAnswerAndEndsChanges) {
  const Reply posted = post("/v1/applications", as_text(quick()), "Prefer: wait=10\r\n");
  const std::string path = posted.header("location");
  auto client = connect();
  const Reply first = client.exchange("POST", path + "/withdrawal");
  EXPECT_EQ(first.status, 200) << first.body;
  EXPECT_EQ(parsed(first).at("status"), "withdrawn");
  const Reply second = client.exchange("POST", path + "/withdrawal", "{}");
  EXPECT_EQ(second.status, 200);
  EXPECT_EQ(second.body, first.body);
  EXPECT_EQ(client.exchange("PUT", path, as_text(quick()), "If-Match: *\r\n").status, 409);
}

TEST_F(Applications, NothingIsKnownOfAnApplicationThatNobodySent) {
  const std::string path = "/v1/applications/0197c0de-0000-7000-8000-000000000000";
  EXPECT_EQ(get(path).status, 404);
  EXPECT_EQ(post(path + "/withdrawal", "{}").status, 404);
  EXPECT_EQ(connect().exchange("PUT", path, as_text(quick()), "If-Match: *\r\n").status, 404);
  EXPECT_EQ(get("/v1/applications/none").status, 404);
}

TEST_F(Applications, AMistypedNumberIsToldApartFromAnUnknownOne) {
  std::string number(parsed(post("/v1/applications", as_text(quick()))).at("number").as_string());
  number[0] = number[0] == '7' ? '8' : '7';
  const Reply reply = get("/v1/applications/" + number);
  EXPECT_EQ(reply.status, 404);
  EXPECT_THAT(reply.body, HasSubstr("unknown-number"));
}

TEST_F(Applications, AReadAfterAPositionSeesAtLeastThat) {
  const Reply posted = post("/v1/applications", as_text(quick()));
  const std::string after = "Guichet-After: " + posted.header("guichet-position") + "\r\n";
  EXPECT_EQ(get(posted.header("location"), after).status, 200);
  EXPECT_EQ(get("/v1/applications", after).status, 200);
  const Reply bad = get("/v1/applications", "Guichet-After: soon\r\n");
  EXPECT_EQ(bad.status, 400);
  EXPECT_EQ(errors_of(bad).count("Guichet-After"), 1U);
}

TEST_F(Applications, APositionThatIsNotReachedIs503) {
  const Reply reply = get("/v1/applications", "Guichet-After: 0-999999999\r\n");
  EXPECT_EQ(reply.status, 503);
  EXPECT_FALSE(reply.header("retry-after").empty());
}

TEST_F(Applications, AChangeComesAfterAPositionToo) {
  const Reply posted = post("/v1/applications", as_text(quick()));
  const std::string change = "If-Match: " + posted.header("etag") + "\r\n";
  const std::string never = "Guichet-After: 0-999999999\r\n";
  auto client = connect();
  const std::string path = posted.header("location");
  EXPECT_EQ(client.exchange("PUT", path, as_text(quick()), change + never).status, 503);
  EXPECT_EQ(post(path + "/withdrawal", "", never).status, 503);
  const std::string after = "Guichet-After: " + posted.header("guichet-position") + "\r\n";
  EXPECT_EQ(client.exchange("PUT", path, as_text(quick()), change + after).status, 202);
  EXPECT_EQ(post(path + "/withdrawal", "", after).status, 200);
}

TEST_F(Applications, AListSaysWhichParametersAreWrong) {
  const Reply reply = get("/v1/applications?limit=0&status=done&from=yesterday&colour=red&number=1",
                          "Accept-Language: fr\r\n");
  EXPECT_EQ(reply.status, 400);
  const auto errors = errors_of(reply);
  EXPECT_EQ(errors.size(), 5U) << reply.body;
  EXPECT_THAT(errors.at("limit"), HasSubstr("nombre entier"));
  EXPECT_EQ(get("/v1/applications?cursor=zzz").status, 400);
}

TEST_F(Applications, AListHasItemsAndNext) {
  post("/v1/applications", as_text(quick()), "Prefer: wait=10\r\n");
  const auto body = parsed(get("/v1/applications?status=complete&from=2020-01-01&limit=10"));
  EXPECT_EQ(body.at("items").as_array().size(), 1U);
  EXPECT_TRUE(body.at("next").is_null());
  EXPECT_TRUE(parsed(get("/v1/applications?status=partial")).at("items").as_array().empty());
}

TEST_F(Applications, ManyRequestsOnOneConnectionAlsoPipelined) {
  auto client = connect();
  const std::string one = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
  client.send(one + one + one);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(client.receive()->status, 200);
}

class Unanswered : public Served {
 protected:
  Unanswered() : Served(quick_limits()) {}
  static http::Limits quick_limits() {
    http::Limits limits;
    limits.verdict_time = std::chrono::milliseconds(200);
    return limits;
  }
};

TEST_F(Unanswered, WithoutAVerdictAKeyMakesTryingAgainSafe) {
  const Reply reply =
      post("/v1/applications", as_text(example_application()), "Idempotency-Key: k\r\n");
  EXPECT_EQ(reply.status, 503);
  EXPECT_FALSE(reply.header("retry-after").empty());
  EXPECT_THAT(reply.body, HasSubstr("/no-verdict"));
}

TEST_F(Unanswered, WithoutAVerdictAndKeyTheIdIsToldAndHolds) {
  const Reply reply = post("/v1/applications", as_text(example_application()));
  EXPECT_EQ(reply.status, 202);
  EXPECT_EQ(parsed(reply).at("status"), "received");
  const std::string path = reply.header("location");
  EXPECT_EQ(get(path).status, 404);
  start_processing();
  for (int i = 0; i < 100 && get(path).status != 200; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_EQ(get(path).status, 200);
}

TEST_F(Unanswered, AFullLogIs503) {
  log_.set_faults({.refused_append = 1000});
  const Reply reply = post("/v1/applications", as_text(example_application()));
  EXPECT_EQ(reply.status, 503);
  EXPECT_THAT(reply.body, HasSubstr("/no-room"));
  EXPECT_FALSE(reply.header("retry-after").empty());
}

TEST_F(Unanswered, ALogThatIsAwayIs503) {
  log_.set_faults({.unavailable = 1000});
  const Reply reply = post("/v1/applications", as_text(example_application()));
  EXPECT_EQ(reply.status, 503);
  EXPECT_THAT(reply.body, HasSubstr("/log-unavailable"));
}

}  // namespace
}  // namespace guichet
