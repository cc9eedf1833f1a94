#include "schemas/determination_json.h"

#include <gmock/gmock.h>

namespace guichet::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::string fault(std::string_view json) {
  const auto answer = determination_from_json(json);
  return answer ? "" : answer.error().message;
}

TEST(DeterminationInJson, MayNameFieldsAsInTheSchemaOrInCamelCase) {
  const auto answer = determination_from_json(
      R"({"request_id": "a/1/p", "lines": [{"status": "ELIGIBLE", "annualAmountCents": "5",
          "annual_amount_cents": 5, "entitlements": [{"amount_cents": "5"}]}]})");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->request_id(), "a/1/p");
  EXPECT_EQ(answer->lines(0).annual_amount_cents(), 5);
}

TEST(DeterminationInJson, AMistypedNameIsRefusedAndNamed) {
  EXPECT_THAT(fault(R"({"supercedes": "x"})"), StartsWith("supercedes: "));
  EXPECT_THAT(fault(R"({"lines": [{}, {"anual_amount_cents": 1}]})"),
              StartsWith("lines[1].anual_amount_cents: "));
}

TEST(DeterminationInJson, AValueOfAnotherTypeIsNamedByItsPlaceAndNeverRepeated) {
  for (const auto& [json, place] : std::vector<std::pair<std::string, std::string>>{
           {R"({"lines": [{"status": "046454286"}]})", "lines[0].status: "},
           {R"({"lines": "046454286"})", "lines: "},
           {R"({"submission": "046454286x"})", "submission: "},
           {R"({"lines": [{"entitlements": [{"amount_cents": 46454286.5}]}]})",
            "lines[0].entitlements[0].amount_cents: "}}) {
    EXPECT_THAT(fault(json), StartsWith(place));
    EXPECT_THAT(fault(json), Not(HasSubstr("46454286")));
  }
}

TEST(DeterminationInJson, ANameThatMayBeAValueIsNotRepeated) {
  for (const char* json : {R"({"046454286": 1})", R"({"Marie Cormier: 12 rue": 1})",
                           R"({"a (b)): invalid value ": 2})"})
    EXPECT_THAT(fault(json), StartsWith("it is not a determination")) << json;
  EXPECT_THAT(fault("{\"" + std::string(1'000, 'x') + "\": 1}"),
              StartsWith("it is not a determination"));
}

TEST(DeterminationInJson, WhatIsNoJsonIsRefused) {
  for (const std::string& json :
       {std::string(), std::string("null"), std::string("[1]"), std::string("{\"id\": 1"),
        std::string("{\"id\": \"\xff\"}"), std::string(100'000, '['), std::string("{} {}")})
    EXPECT_THAT(fault(json), StartsWith("it is not a determination"));
}

TEST(DeterminationInJson, BeyondItsBoundIsRefusedUnread) {
  EXPECT_THAT(fault(std::string(kMaxDeterminationBytes + 1, ' ')), HasSubstr("larger than"));
}

}  // namespace
}  // namespace guichet::testing
