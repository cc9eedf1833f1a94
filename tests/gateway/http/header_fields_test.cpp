#include "gateway/http/header_fields.h"

#include <gtest/gtest.h>

#include "gateway/http/json_in.h"
#include "gateway/http/local_day.h"
#include "gateway/http/query.h"
#include "gateway/http/routes.h"

namespace guichet::http {
namespace {

TEST(AcceptLanguage, ChoosesTheOneThatIsLikedBest) {
  EXPECT_EQ(preferred_language("fr"), Language::fr);
  EXPECT_EQ(preferred_language("fr-CA"), Language::fr);
  EXPECT_EQ(preferred_language("en;q=0.5, fr;q=0.8"), Language::fr);
  EXPECT_EQ(preferred_language("de, FR;q=0.3, en-CA;q=0.7, *;q=0.1"), Language::en);
  EXPECT_EQ(preferred_language("fr;q=0, en"), Language::en);
  EXPECT_EQ(preferred_language("en, fr"), Language::en);
  EXPECT_FALSE(preferred_language(""));
  EXPECT_FALSE(preferred_language("*"));
  EXPECT_FALSE(preferred_language("de, frr, eng;q=1"));
}

TEST(Accept, TakesJsonWhereverItMayBe) {
  for (const char* yes : {"", "*/*", "application/json", "application/*;q=0.1",
                          "text/html, application/json;q=0.9", "text/html, */*;q=0.8"})
    EXPECT_TRUE(accepts(yes, "application/json")) << yes;
  for (const char* no : {"text/html", "application/xml", "application/json;q=0",
                         "*/*, application/json;q=0", "application/json;q=0.000, */*;q=1"})
    EXPECT_FALSE(accepts(no, "application/json")) << no;
}

TEST(ContentType, IsJsonInUtf8) {
  for (const char* yes : {"application/json", "Application/JSON", "application/json; charset=utf-8",
                          "application/json;charset=\"UTF-8\""})
    EXPECT_TRUE(is_json(yes)) << yes;
  for (const char* no : {"", "text/json", "application/json; charset=latin1",
                         "application/problem+json", "application/jsonx"})
    EXPECT_FALSE(is_json(no)) << no;
}

TEST(Prefer, WaitIsClampedAndOthersAreLeft) {
  using std::chrono::seconds;
  EXPECT_EQ(preferred_wait("wait=10"), seconds(10));
  EXPECT_EQ(preferred_wait("respond-async, Wait = \"5\"; foo=1"), seconds(5));
  EXPECT_EQ(preferred_wait("wait=3600"), seconds(60));
  for (const char* none : {"", "wait", "wait=", "wait=x", "wait=-1", "wait=0", "wait=1.5",
                           "wait=99999999999999999999", "handling=strict"})
    EXPECT_FALSE(preferred_wait(none)) << none;
}

TEST(ETag, IsTheSubmissionAndTheVersion) {
  EXPECT_EQ(case_etag(3, 17), "\"3.17\"");
  EXPECT_EQ(submission_of_etag("\"3.17\""), 3U);
  EXPECT_EQ(submission_of_etag("W/\"3.17\""), 3U);
  EXPECT_EQ(submission_of_etag("*"), 0U);
  for (const char* other :
       {"", "3.17", "\"3\"", "\"x.1\"", "\"0.1\"", "\"1.2\", \"1.3\"", "\"-1.2\""})
    EXPECT_FALSE(submission_of_etag(other)) << other;
  EXPECT_TRUE(matches_etag("\"1.1\", W/\"3.17\"", "\"3.17\""));
  EXPECT_TRUE(matches_etag("*", "\"3.17\""));
  EXPECT_FALSE(matches_etag("\"1.1\"", "\"3.17\""));
  EXPECT_FALSE(matches_etag("", "\"3.17\""));
}

TEST(Position, IsReadAsItIsWritten) {
  EXPECT_EQ(to_string(LogPosition{3, 1842}), "3-1842");
  const auto read = parse_position("3-1842");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->partition, 3U);
  EXPECT_EQ(read->position, 1842U);
  for (const char* bad : {"", "3", "3-", "-1", "a-1", "1-1-1", " 1-1", "1-99999999999999999999"})
    EXPECT_FALSE(parse_position(bad)) << bad;
}

TEST(Actor, IsTheLocalOwnerUnlessSomebodySaysWhoTheyAre) {
  EXPECT_EQ(parse_actor("")->subject(), "local-owner");
  const auto clerk = parse_actor("name=a.cormier; roles=clerk,releaser; desk=snb-grand-manan");
  ASSERT_TRUE(clerk);
  EXPECT_EQ(clerk->subject(), "a.cormier");
  EXPECT_EQ(clerk->roles_size(), 2);
  EXPECT_EQ(clerk->desk(), "snb-grand-manan");
  for (const char* bad : {"a.cormier", "roles=clerk", "name=", "name=a b", "name=a; name=b",
                          "name=a; colour=red", "name=a; roles=x,,y", "name=é"})
    EXPECT_FALSE(parse_actor(bad)) << bad;
}

TEST(Traceparent, GoesOnWithinTheCallersTrace) {
  const std::string trace(32, 'a');
  const std::string span(16, 'b');
  const std::string given = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";
  const std::string made = traceparent_for(given, trace, span);
  EXPECT_EQ(made, "00-4bf92f3577b34da6a3ce929d0e0e4736-bbbbbbbbbbbbbbbb-00");
  EXPECT_EQ(trace_of(made), "4bf92f3577b34da6a3ce929d0e0e4736");
  for (const std::string& bad : {std::string(), std::string("00-x"), given + "0",
                                 "00-" + std::string(32, '0') + "-00f067aa0ba902b7-00",
                                 "00-" + std::string(32, 'A') + "-00f067aa0ba902b7-00"})
    EXPECT_EQ(traceparent_for(bad, trace, span), "00-" + trace + "-" + span + "-01") << bad;
}

TEST(Query, IsDecodedAndRefusesWhatItDoesNotKnow) {
  const auto target = parse_target("/v1/applications?status=complete&desk=a%20b&status=x&sin=1");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->path, "/v1/applications");
  EXPECT_EQ(target->query.value("desk"), "a b");
  EXPECT_FALSE(target->query.value("number"));
  std::vector<FieldError> errors;
  const std::array<std::string_view, 2> known = {"status", "desk"};
  target->query.refuse_others(known, errors);
  EXPECT_EQ(errors.size(), 2U);
  EXPECT_FALSE(parse_target("/v1/%zz"));
  EXPECT_FALSE(parse_target("/v1/\"x\""));
}

TEST(Moment, IsADayOrAnInstantInUtc) {
  EXPECT_TRUE(parse_moment("2026-01-31")->whole_day);
  EXPECT_EQ(to_micros(parse_moment("1970-01-02T00:00:01Z")->instant), 86'401'000'000);
  EXPECT_EQ(to_micros(parse_moment("1970-01-01T00:00:00.25Z")->instant), 250'000);
  for (const char* bad :
       {"", "2026", "2026-02-30", "2026-01-01T", "2026-01-01T24:00:00Z", "2026-01-01T00:00:00",
        "2026-01-01T00:00:00+01:00", "2026-01-01 00:00:00Z", "2026-01-01T0a:00:00Z",
        "2026-01-01T-1:00:00Z", "2026-01-01T 1:00:00Z", "2026-01-01T01:00:00.Zx"})
    EXPECT_FALSE(parse_moment(bad)) << bad;
}

TEST(Routes, AreFoundByTheirPath) {
  EXPECT_EQ(find_route("/v1/applications").route, Route::applications);
  EXPECT_EQ(find_route("/v1/applications/x").id, "x");
  EXPECT_EQ(find_route("/v1/applications/x/withdrawal").route, Route::withdrawal);
  EXPECT_EQ(find_route("/v1/applications/x/withdrawal").id, "x");
  for (const char* none : {"/", "/v1/applications/", "/v1/applications/x/y", "/v1", "//healthz",
                           "/v1/applications//withdrawal", "/healthz/", "/V1/programs"})
    EXPECT_EQ(find_route(none).route, Route::none) << none;
}

TEST(LocalDay, IsTheDayWhereTheClientLives) {
  // 2026-01-01T03:00Z is still the last of December but in Newfoundland (23:30) and everywhere
  // west.
  const Instant night = from_micros(1'767'236'400'000'000);
  EXPECT_EQ(guichet::to_string(local_day("NL", night)), "2025-12-31");
  EXPECT_EQ(guichet::to_string(local_day("NL", night + std::chrono::minutes(30))), "2026-01-01");
  EXPECT_EQ(guichet::to_string(local_day("NB", night + std::chrono::minutes(30))), "2025-12-31");
  EXPECT_EQ(guichet::to_string(local_day("BC", night + std::chrono::hours(5))), "2026-01-01");
  EXPECT_EQ(guichet::to_string(local_day("BC", night + std::chrono::hours(4))), "2025-12-31");
  // Daylight saving: Toronto is four hours behind in July.
  const Instant july = *parse_day("2026-07-02") + std::chrono::hours(3);
  EXPECT_EQ(guichet::to_string(local_day("ON", july)), "2026-07-01");
  EXPECT_EQ(guichet::to_string(local_day("ON", july + std::chrono::hours(1))), "2026-07-02");
  EXPECT_EQ(guichet::to_string(local_day("SK", july + std::chrono::hours(3))), "2026-07-02");
  for (std::string_view province : kProvinces) EXPECT_NO_THROW(local_day(province, night));
}

}  // namespace
}  // namespace guichet::http
