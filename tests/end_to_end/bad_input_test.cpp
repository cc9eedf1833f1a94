#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "tests/end_to_end/calls.h"
#include "tests/end_to_end/running_server.h"

namespace guichet::end_to_end {
namespace {

namespace json = boost::json;
using testing::HasSubstr;
using testing::Not;

struct BadField {
  const char* what;
  std::function<void(json::object&)> spoil;
  std::string pointer;
};

json::object& adult(json::object& family, std::size_t index) {
  return family.at("household").at("adults").at(index).as_object();
}

const std::vector<BadField>& bad_fields() {
  static const std::vector<BadField> kBad = {
      {"unknown field", [](auto& f) { f["goverment"] = "CA"; }, "goverment"},
      {"wrong type", [](auto& f) { f["household"] = "many"; }, "household"},
      {"amount as a number", [](auto& f) { adult(f, 1)["net_income"] = 7000; },
       "adults/1/net_income"},
      {"three decimals", [](auto& f) { adult(f, 0)["net_income"] = "1.234"; },
       "adults/0/net_income"},
      {"beyond 10^12", [](auto& f) { adult(f, 0)["net_income"] = "1000000000000.00"; },
       "adults/0/net_income"},
      {"no such day", [](auto& f) { adult(f, 1)["date_of_birth"] = "1992-02-30"; },
       "adults/1/date_of_birth"},
      {"SIN", [](auto& f) { f.at("client").as_object()["sin"] = "046454287"; }, "client/sin"},
      {"province", [](auto& f) { f.at("residence").as_object()["province"] = "XX"; },
       "residence/province"},
      {"no adults", [](auto& f) { f.at("household").as_object()["adults"] = json::array{}; },
       "household/adults"},
      {"three adults",
       [](auto& f) {
         auto& adults = f.at("household").at("adults").as_array();
         adults.push_back(adults[1]);
       },
       "household/adults"},
      {"fifty children",
       [](auto& f) {
         auto& children = f.at("household").at("children").as_array();
         for (int i = 0; i < 50; ++i) children.push_back(json::value(children[0]));
       },
       "household/children"},
      {"unknown program",
       [](auto& f) {
         f["programs"] = json::array{"ca-ccb", "xx-none"};
       },
       "programs/1"},
  };
  return kBad;
}

void expect_problem(const cli::HttpResponse& answer, unsigned status, const char* what) {
  EXPECT_EQ(answer.status, status) << what << ": " << answer.body;
  EXPECT_THAT(answer.header("Content-Type"), HasSubstr("application/problem+json")) << what;
  EXPECT_FALSE(text(json_of(answer), "title").empty()) << what;
}

class BadInput : public testing::Test {
 protected:
  cli::HttpResponse post_text(std::string body, const char* type = "application/json") {
    return client_.send({"POST", "/v1/applications", {{"Content-Type", type}}, std::move(body)},
                        std::chrono::seconds{20});
  }

  RunningServer server_;
  cli::HttpClient client_ = server_.client();
};

TEST_F(BadInput, EachFieldIsNamedAndNoValueIsRepeated) {
  for (const BadField& bad : bad_fields()) {
    auto family = demo_family();
    bad.spoil(family);
    const auto answer = post(client_, "/v1/applications", family);
    expect_problem(answer, 400, bad.what);
    EXPECT_THAT(answer.body, HasSubstr(bad.pointer)) << bad.what;
    for (const char* personal : {"Cormier", "046454287", "1.234", "1992-02-30", "12400.00"})
      EXPECT_THAT(answer.body, Not(HasSubstr(personal))) << bad.what;
  }
  EXPECT_TRUE(json_of(get(client_, "/v1/applications")).at("items").as_array().empty());
}

TEST_F(BadInput, EveryBadFieldIsNamedAtOnceInTheLanguageAskedFor) {
  auto family = demo_family();
  for (const std::size_t i : {0U, 6U, 7U}) bad_fields()[i].spoil(family);
  const auto french =
      json_of(post(client_, "/v1/applications", family, {{"Accept-Language", "fr-CA,fr"}}));
  const auto english = json_of(post(client_, "/v1/applications", family));
  EXPECT_GE(french.at("errors").as_array().size(), 3U);
  EXPECT_NE(text(french, "title"), text(english, "title"));
  EXPECT_NE(text(french.at("errors").at(0), "detail"), text(english.at("errors").at(0), "detail"));
}

TEST_F(BadInput, WhatIsNoJsonOrTooMuchOfItIsRefused) {
  expect_problem(post_text("{"), 400, "cut");
  expect_problem(post_text(R"({"language": "fr", "language": "en"})"), 400, "duplicate keys");
  expect_problem(post_text(std::string(10'000, '[') + std::string(10'000, ']')), 400, "nesting");
  expect_problem(post_text("{\"client\": \"\xc3\x28\"}"), 400, "broken UTF-8");
  expect_problem(post_text(""), 400, "no body");
  expect_problem(post_text("language=fr", "application/x-www-form-urlencoded"), 415, "media type");
  expect_problem(post_text("{\"a\": \"" + std::string(300 * 1024, 'x') + "\"}"), 413, "too large");
}

TEST_F(BadInput, AnUnknownAddressOrMethodIsRefused) {
  expect_problem(get(client_, "/v1/nothing"), 404, "path");
  expect_problem(get(client_, "/v1/applications/0197a2c4-5d1e-7c3a-9b1f-3f0f6a2f8d11"), 404, "id");
  expect_problem(get(client_, "/v1/applications?cursor=nonsense"), 400, "cursor");
  expect_problem(get(client_, "/v1/applications?stauts=complete"), 400, "parameter");
  const auto answer = client_.send({"DELETE", "/v1/applications", {}, {}}, std::chrono::seconds{5});
  expect_problem(answer, 405, "method");
  EXPECT_THAT(answer.header("Allow"), HasSubstr("POST"));
}

TEST_F(BadInput, HasNoEffectOnOthers) {
  for (const BadField& bad : bad_fields()) {
    auto family = demo_family();
    bad.spoil(family);
    post(client_, "/v1/applications", family);
  }
  post_text(std::string(10'000, '['));
  EXPECT_EQ(text(apply(client_, demo_family()), "status"), "complete");
}

}  // namespace
}  // namespace guichet::end_to_end
