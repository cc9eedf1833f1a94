#include "gateway/http/application_in.h"

#include <gmock/gmock.h>

#include <functional>
#include <random>

#include "gateway/http/ids.h"
#include "gateway/http/json_in.h"
#include "tests/gateway/http/served.h"

namespace guichet::http {
namespace {

namespace json = boost::json;
using guichet::testing::example_application;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

const std::shared_ptr<const rules::Catalogue> kCatalogue = guichet::testing::three_programs();
const Secrets kSecrets = guichet::testing::test_secrets();
// 2026-01-01T03:00Z: the day before in New Brunswick.
constexpr Instant kNow = Instant{std::chrono::microseconds{1'767'236'400'000'000}};

std::variant<ApplicationIn, Problem> read_text(std::string_view body) {
  return read_application(body, {*kCatalogue, kSecrets, "default", kNow});
}
std::variant<ApplicationIn, Problem> read(const json::value& body) {
  return read_text(json::serialize(body));
}

v1::Application accepted(const json::value& body) {
  auto in = read(body);
  if (const Problem* problem = std::get_if<Problem>(&in)) {
    for (const FieldError& error : problem->errors)
      ADD_FAILURE() << error.place << ": " << error.detail.en;
    return {};
  }
  return std::get<ApplicationIn>(in).application;
}

std::vector<std::string> places(const std::variant<ApplicationIn, Problem>& in) {
  std::vector<std::string> all;
  if (const Problem* problem = std::get_if<Problem>(&in))
    for (const FieldError& error : problem->errors) all.push_back(error.place);
  return all;
}

json::object& adult(json::object& body, std::size_t index) {
  return body.at("household").at("adults").as_array().at(index).as_object();
}
json::object& part(json::object& body, const char* name) {
  return body.at(name).as_object();
}

TEST(ApplicationIn, TheExampleIsReadWhole) {
  const v1::Application in = accepted(example_application());
  EXPECT_EQ(in.language(), "fr");
  EXPECT_EQ(guichet::to_string(from_days(in.effective_date())), "2026-01-01");
  EXPECT_EQ(in.channel().desk(), "snb-grand-manan");
  EXPECT_EQ(in.client().sin(), "046454286");
  EXPECT_EQ(in.client().client_id(), client_id(kSecrets, "default", "046454286"));
  EXPECT_EQ(in.residence().postal_code(), "E5G 1A1");
  EXPECT_EQ(in.household().adults(1).net_income_cents(), 700'000);
  EXPECT_EQ(in.household().annual_rent_cents(), 960'000);
  EXPECT_EQ(in.consents(0).purposes_size(), 2);
  EXPECT_EQ(in.payment().account(), "1234567");
}

json::object smallest() {
  return json::parse(R"({
    "client": {"given_name": "A", "family_name": "B", "date_of_birth": "2000-02-29"},
    "residence": {"province": "NB"},
    "household": {"adults": [
      {"role": "applicant", "date_of_birth": "2000-02-29", "net_income": "-5"}]}})")
      .as_object();
}

TEST(ApplicationIn, TheSmallestOneGetsItsDefaults) {
  const v1::Application in = accepted(smallest());
  EXPECT_EQ(in.language(), "en");
  EXPECT_EQ(in.channel().mode(), "online");
  EXPECT_EQ(guichet::to_string(from_days(in.effective_date())), "2025-12-31");
  EXPECT_EQ(in.client().client_id(), "");
  EXPECT_EQ(in.household().adults(0).net_income_cents(), -500);
  EXPECT_EQ(in.household().adults(0).employment_income_cents(), 0);
  EXPECT_FALSE(in.household().adults(0).disability_tax_credit());
  EXPECT_EQ(in.programs_size(), 0);
  EXPECT_FALSE(in.has_payment());
}

TEST(ApplicationIn, NothingIsRefusedForBeingUnusual) {
  json::object body = smallest();
  body["effective_date"] = "2026-01-01";
  part(body, "client")["date_of_birth"] = "2026-01-01";  // born on the day itself
  adult(body, 0)["date_of_birth"] = "2026-01-01";
  adult(body, 0)["net_income"] = "999999999999.99";
  adult(body, 0)["employment_income"] = "-999999999999.99";
  part(body, "client")["given_name"] = "Ng’ọ̃ 李 O'Brien-Smith";
  part(body, "residence")["postal_code"] = "e5g1a1";
  body["consents"] = json::parse(
      R"([{"program": "ca-one", "purposes": ["eligibility"], "given_on": "2031-01-01"}])");
  EXPECT_EQ(accepted(body).residence().postal_code(), "E5G 1A1");
}

TEST(ApplicationIn, TheApplicantMayStandInAnyPlace) {
  json::object body = example_application();
  auto& adults = body.at("household").at("adults").as_array();
  std::swap(adults[0], adults[1]);
  EXPECT_EQ(accepted(body).household().adults(1).role(), "applicant");
}

TEST(ApplicationIn, TwentyChildrenAreTakenAndTwentyOneAreNot) {
  json::object body = smallest();
  json::array children(20, json::value{{"date_of_birth", "2020-01-01"}});
  body.at("household").as_object()["children"] = children;
  EXPECT_EQ(accepted(body).household().children_size(), 20);
  children.push_back(children[0]);
  body.at("household").as_object()["children"] = children;
  EXPECT_THAT(places(read(body)), ElementsAre("#/household/children"));
}

struct Bad {
  const char* name;
  std::function<void(json::object&)> change;
  std::vector<std::string> places;
};

const std::vector<Bad>& bad_applications() {
  static const std::vector<Bad> all = {
      {"unknown field", [](auto& b) { b["colour"] = "red"; }, {"#/colour"}},
      {"unknown field inside",
       [](auto& b) { part(b, "client")["middle_name"] = "X"; },
       {"#/client/middle_name"}},
      {"unknown field with a number for a name", [](auto& b) { b["130692544"] = 1; }, {"#"}},
      {"no client", [](auto& b) { b.erase("client"); }, {"#/client"}},
      {"nothing but an empty object",
       [](auto& b) { b.clear(); },
       {"#/residence", "#/client", "#/household"}},
      {"client is a list", [](auto& b) { b["client"] = json::array{}; }, {"#/client"}},
      {"client is null", [](auto& b) { b["client"] = nullptr; }, {"#/client"}},
      {"amount with three decimals",
       [](auto& b) { adult(b, 0)["net_income"] = "7654.321"; },
       {"#/household/adults/0/net_income"}},
      {"amount of 10^12",
       [](auto& b) { adult(b, 1)["net_income"] = "1000000000000"; },
       {"#/household/adults/1/net_income"}},
      {"amount as a number",
       [](auto& b) { adult(b, 1)["net_income"] = 7654.32; },
       {"#/household/adults/1/net_income"}},
      {"amount in words",
       [](auto& b) { adult(b, 1)["employment_income"] = "$7,654"; },
       {"#/household/adults/1/employment_income"}},
      {"negative rent",
       [](auto& b) { part(b, "household")["annual_rent"] = "-7654.00"; },
       {"#/household/annual_rent"}},
      {"day that does not exist",
       [](auto& b) { part(b, "client")["date_of_birth"] = "1994-02-30"; },
       {"#/client/date_of_birth"}},
      {"birth after the effective date",
       [](auto& b) {
         part(b, "household")["children"] = json::parse(R"([{"date_of_birth": "2026-01-02"}])");
       },
       {"#/household/children/0/date_of_birth"}},
      {"wrong check digit",
       [](auto& b) { part(b, "client")["sin"] = "046454287"; },
       {"#/client/sin"}},
      {"nine zeros", [](auto& b) { part(b, "client")["sin"] = "000000000"; }, {"#/client/sin"}},
      {"SIN as a number", [](auto& b) { part(b, "client")["sin"] = 130692544; }, {"#/client/sin"}},
      {"spouse with the client's SIN",
       [](auto& b) { adult(b, 1)["sin"] = "046454286"; },
       {"#/household/adults/1/sin"}},
      {"applicant with another SIN",
       [](auto& b) { adult(b, 0)["sin"] = "130692544"; },
       {"#/household/adults/0/sin"}},
      {"unknown province",
       [](auto& b) { part(b, "residence")["province"] = "XQ"; },
       {"#/residence/province"}},
      {"postal code",
       [](auto& b) { part(b, "residence")["postal_code"] = "90210"; },
       {"#/residence/postal_code"}},
      {"no adults",
       [](auto& b) { part(b, "household")["adults"] = json::array{}; },
       {"#/household/adults"}},
      {"three adults",
       [](auto& b) {
         auto& adults = b.at("household").at("adults").as_array();
         adults.push_back(json::value(adults[1]));
       },
       {"#/household/adults"}},
      {"two applicants",
       [](auto& b) { adult(b, 1)["role"] = "applicant"; },
       {"#/household/adults/1/date_of_birth", "#/household/adults"}},
      {"no applicant", [](auto& b) { adult(b, 0)["role"] = "spouse"; }, {"#/household/adults"}},
      {"unknown role",
       [](auto& b) { adult(b, 1)["role"] = "grandmother"; },
       {"#/household/adults/1/role"}},
      {"applicant born on another day",
       [](auto& b) { adult(b, 0)["date_of_birth"] = "1994-05-03"; },
       {"#/household/adults/0/date_of_birth"}},
      {"fifty children",
       [](auto& b) {
         part(b, "household")["children"] =
             json::array(50, json::value{{"date_of_birth", "2020-01-01"}});
       },
       {"#/household/children"}},
      {"years as a text",
       [](auto& b) { adult(b, 0)["years_in_canada_since_18"] = "13"; },
       {"#/household/adults/0/years_in_canada_since_18"}},
      {"negative years",
       [](auto& b) { adult(b, 0)["years_in_canada_since_18"] = -771; },
       {"#/household/adults/0/years_in_canada_since_18"}},
      {"flag as a text",
       [](auto& b) { adult(b, 0)["disability_tax_credit"] = "perhaps"; },
       {"#/household/adults/0/disability_tax_credit"}},
      {"unknown language", [](auto& b) { b["language"] = "klingon"; }, {"#/language"}},
      {"unknown mode", [](auto& b) { part(b, "channel")["mode"] = "pigeon"; }, {"#/channel/mode"}},
      {"counter without a desk",
       [](auto& b) { part(b, "channel").erase("desk"); },
       {"#/channel/desk"}},
      {"empty name",
       [](auto& b) { part(b, "client")["given_name"] = "  "; },
       {"#/client/given_name"}},
      {"name too long",
       [](auto& b) { part(b, "client")["family_name"] = std::string(101, 'z'); },
       {"#/client/family_name"}},
      {"line feed in a name",
       [](auto& b) { part(b, "client")["given_name"] = "Mar\nie"; },
       {"#/client/given_name"}},
      {"unknown programs",
       [](auto& b) {
         b["programs"] = {"ca-one", "qc-rqap"};
       },
       {"#/programs/1"}},
      {"program named twice",
       [](auto& b) {
         b["programs"] = {"ca-one", "ca-one"};
       },
       {"#/programs/1"}},
      {"no program named", [](auto& b) { b["programs"] = json::array{}; }, {"#/programs"}},
      {"before the first figures",
       [](auto& b) { b["effective_date"] = "2021-06-30"; },
       {"#/effective_date"}},
      {"consent for nothing",
       [](auto& b) {
         b["consents"] = json::parse(
             R"([{"program": "qc-rqap", "purposes": ["marketing"], "given_on": "soon"}])");
       },
       {"#/consents/0/program", "#/consents/0/purposes/0", "#/consents/0/given_on"}},
      {"account",
       [](auto& b) {
         b["payment"] = json::parse(
             R"({"method": "cheque", "institution": "1", "transit": "abcde", "account": "98-76543"})");
       },
       {"#/payment/method", "#/payment/institution", "#/payment/transit", "#/payment/account"}},
      {"spouse's account",
       [](auto& b) { adult(b, 1)["payment"] = json::object{}; },
       {"#/household/adults/1/payment/method", "#/household/adults/1/payment/institution",
        "#/household/adults/1/payment/transit", "#/household/adults/1/payment/account"}},
  };
  return all;
}

TEST(ApplicationIn, EachBadFieldIsNamed) {
  for (const Bad& bad : bad_applications()) {
    json::object body = example_application();
    bad.change(body);
    EXPECT_THAT(places(read(body)), ::testing::UnorderedElementsAreArray(bad.places)) << bad.name;
  }
}

TEST(ApplicationIn, AllBadFieldsAreNamedAtOnce) {
  json::object body = example_application();
  part(body, "client")["sin"] = "046454287";
  part(body, "residence")["province"] = "XQ";
  adult(body, 1)["net_income"] = 7000;
  part(body, "household")["annual_rent"] = "-1";
  body["colour"] = "red";
  body["programs"] = {"qc-rqap"};
  EXPECT_THAT(places(read(body)),
              UnorderedElementsAre("#/client/sin", "#/residence/province",
                                   "#/household/adults/1/net_income", "#/household/annual_rent",
                                   "#/colour", "#/programs/0"));
}

// Whatever stands in a field, the error about it does not say it: it may be a SIN or an income.
TEST(ApplicationIn, ErrorTextsNeverRepeatAValue) {
  std::mt19937 random(46);
  std::size_t errors_seen = 0;
  const std::function<void(json::value&, json::object&)> spoil = [&](json::value& value,
                                                                     json::object& whole) {
    const auto check = [&](json::value bad, const std::string& mark) {
      const json::value before = value;
      value = std::move(bad);
      const auto in = read(json::value(whole));
      value = before;
      if (const Problem* problem = std::get_if<Problem>(&in))
        for (const FieldError& error : problem->errors) {
          ++errors_seen;
          EXPECT_EQ(error.detail.en.find(mark), std::string::npos)
              << error.place << error.detail.en;
          EXPECT_EQ(error.detail.fr.find(mark), std::string::npos)
              << error.place << error.detail.fr;
          EXPECT_EQ(error.place.find(mark), std::string::npos) << error.place;
          EXPECT_NE(error.detail.en, error.detail.fr);
        }
    };
    const std::string mark = "zq" + std::to_string(100'000 + random() % 900'000);
    const int number = static_cast<int>(100'000'000 + random() % 900'000'000);
    check(json::string(mark), mark);
    check(number, std::to_string(number));
    check(json::object{{std::to_string(number), mark}}, std::to_string(number));
    check(json::array{mark, mark}, mark);
    if (json::object* object = value.if_object())
      for (auto& field : *object) spoil(field.value(), whole);
    if (json::array* list = value.if_array())
      for (json::value& element : *list) spoil(element, whole);
  };
  json::object body = example_application();
  for (auto& field : body) spoil(field.value(), body);
  EXPECT_GT(errors_seen, 100U);
}

TEST(ApplicationIn, TheCanonicalFormIsTheSameHoweverTheBodyIsWritten) {
  const auto one =
      read_text(R"( {"residence": {"province": "NB"}, "household": {"adults": [{"net_income":
      "1", "role": "applicant", "date_of_birth": "2000-01-01"}]},
      "client": {"given_name": "\u0041", "family_name": "B", "date_of_birth": "2000-01-01"}})");
  const auto two = read_text(
      R"({"client":{"date_of_birth":"2000-01-01","family_name":"B","given_name":"A"},"household":{"adults":[{"date_of_birth":"2000-01-01","role":"applicant","net_income":"1"}]},"residence":{"province":"NB"}})");
  ASSERT_THAT(places(one), ElementsAre());
  EXPECT_EQ(std::get<ApplicationIn>(one).canonical, std::get<ApplicationIn>(two).canonical);
  const auto three = read_text(
      R"({"language":"en","client":{"date_of_birth":"2000-01-01","family_name":"B","given_name":"A"},"household":{"adults":[{"date_of_birth":"2000-01-01","role":"applicant","net_income":"1"}]},"residence":{"province":"NB"}})");
  EXPECT_NE(std::get<ApplicationIn>(one).canonical, std::get<ApplicationIn>(three).canonical);
}

TEST(ApplicationIn, AWithdrawalHasNothingInIt) {
  EXPECT_FALSE(refuse_unless_empty(""));
  EXPECT_FALSE(refuse_unless_empty(" {} "));
  EXPECT_TRUE(refuse_unless_empty("{\"reason\": \"x\"}"));
  EXPECT_TRUE(refuse_unless_empty("[]"));
  EXPECT_TRUE(refuse_unless_empty("{"));
}

// ---- JSON itself

std::string why(std::string_view text) {
  const auto read = read_json(text);
  const Words* words = std::get_if<Words>(&read);
  return words == nullptr ? "" : words->en;
}

std::vector<std::string> json_places(std::string_view text) {
  const auto read = read_json(text);
  std::vector<std::string> all;
  if (const JsonDocument* document = std::get_if<JsonDocument>(&read))
    for (const FieldError& error : document->errors) all.push_back(error.place);
  else
    all.push_back("unreadable");
  return all;
}

TEST(JsonIn, WhatIsNoJsonIsRefused) {
  for (const char* bad :
       {"", " ", "{", "{}x", "{} {}", "{'a': 1}", "{\"a\": 1,}", "[1 2]", "nul", "NaN", "[01]",
        "[1.]", "[+1]", "\"\\x\"", "\"a\nb\"", "// c\n{}", "\xEF\xBB\xBF{}"})
    EXPECT_NE(why(bad), "") << bad;
}

TEST(JsonIn, BrokenUtf8IsRefused) {
  for (const char* bad :
       {"\"\xC3\"", "\"\xC3\x28\"", "\"\xC0\xAF\"", "\"\xED\xA0\x80\"", "\"\xF5\x80\x80\x80\"",
        "\"\xE2\x82\"", "\"\xFF\"", "{\"\x80\": 1}", "\"\\ud800\"", "\"\\udc00\""})
    EXPECT_NE(why(bad), "") << bad;
  EXPECT_EQ(why("\"é 李 \\ud83d\\ude00 😀\""), "");
}

TEST(JsonIn, DeepNestingIsRefused) {
  EXPECT_EQ(why(std::string(31, '[') + std::string(31, ']')), "");
  EXPECT_THAT(why(std::string(10'000, '[') + std::string(10'000, ']')), HasSubstr("32 levels"));
}

TEST(JsonIn, TooManyValuesAreRefused) {
  std::string many = "[";
  for (int i = 0; i < 9'998; ++i) many += "0,";
  EXPECT_EQ(why(many + "0]"), "");
  EXPECT_THAT(why(many + "0,0]"), HasSubstr("10000 values"));
}

TEST(JsonIn, DuplicateNamesAreNamed) {
  EXPECT_THAT(json_places(R"({"a": 1, "b": 2, "a": 3})"), ElementsAre("#/a"));
  EXPECT_THAT(json_places(R"({"a": [{"x": 1, "\u0078": 1}, {"y": 1, "y": 1, "y": 1}]})"),
              ElementsAre("#/a/0/x", "#/a/1/y"));
  EXPECT_THAT(json_places(R"({"046454286": 1, "046454286": 2})"), ElementsAre("#"));
  EXPECT_THAT(json_places(R"({"a": {"b": 1}, "c": {"b": 1}})"), ElementsAre());
}

TEST(JsonIn, NumbersOutOfRangeAreNamed) {
  EXPECT_THAT(json_places(R"({"a": [1, 1e400, -1e400, 123456789012345678901234567890, 1.5e3]})"),
              ElementsAre("#/a/1", "#/a/2", "#/a/3"));
}

TEST(JsonIn, HiddenCharactersInTextsAreNamed) {
  EXPECT_THAT(json_places("{\"a\": \"x\\u0000y\", \"b\": \"x\xE2\x80\xAEy\", \"c\": \"\\u2066\", "
                          "\"d\": [\"ok\", \"\\u200f\", \"\\u061c\"], \"e\": \"\xE2\x80\x99\"}"),
              ElementsAre("#/a", "#/b", "#/c", "#/d/1", "#/d/2"));
}

}  // namespace
}  // namespace guichet::http
