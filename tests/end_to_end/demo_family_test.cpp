#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "tests/end_to_end/calls.h"
#include "tests/end_to_end/running_server.h"

namespace guichet::end_to_end {
namespace {

using testing::HasSubstr;

const boost::json::value* payment_on(const boost::json::value& item, std::string_view date) {
  for (const auto& payment : item.at("payments").as_array())
    if (text(payment, "date") == date) return &payment;
  return nullptr;
}

TEST(DemoFamily, GetsTheAnswerOfTheExampleInFrench) {
  RunningServer server;
  auto client = server.client();
  const auto item = apply(client, demo_family());

  EXPECT_EQ(text(item, "status"), "complete");
  EXPECT_EQ(text(item, "annual_total"), "9379.00");
  const std::map<std::string, std::string> expected = {
      {"ca-ccb", "7997.00"}, {"ca-gst", "882.00"}, {"nb-ctb", "500.00"}};
  for (const auto& [program, amount] : expected) {
    const auto* line = line_of(item, program);
    ASSERT_NE(line, nullptr) << program;
    EXPECT_EQ(text(*line, "status"), "eligible") << program;
    EXPECT_EQ(text(*line, "annual_amount"), amount) << program;
    EXPECT_FALSE(line->at("reasons").as_array().empty()) << program;
  }
  for (const char* adult : {"applicant", "spouse"}) {
    const auto* line = line_of(item, "ca-oas", adult);
    ASSERT_NE(line, nullptr) << adult;
    EXPECT_EQ(text(*line, "status"), "ineligible") << adult;
    ASSERT_FALSE(line->at("reasons").as_array().empty()) << adult;
    EXPECT_THAT(text(line->at("reasons").as_array().front(), "text"), HasSubstr("65"))
        << boost::json::serialize(*line);
  }
  EXPECT_EQ(text(*line_of(item, "ca-ccb"), "name"), "Allocation canadienne pour enfants");

  const std::map<std::string, std::string> payments = {
      {"2026-01-05", "220.50"}, {"2026-01-20", "708.07"}, {"2026-02-20", "708.09"}};
  for (const auto& [date, amount] : payments) {
    const auto* payment = payment_on(item, date);
    ASSERT_NE(payment, nullptr) << date;
    EXPECT_EQ(text(*payment, "amount"), amount) << date;
  }
  const auto& parts = payment_on(item, "2026-01-20")->at("parts").as_array();
  ASSERT_EQ(parts.size(), 2U);
  EXPECT_EQ(text(parts[0], "government") + text(parts[0], "amount"), "CA666.41");
  EXPECT_EQ(text(parts[1], "government") + text(parts[1], "amount"), "NB41.66");
}

TEST(DemoFamily, IsReadAgainInEitherLanguageAndFoundByItsNumber) {
  RunningServer server;
  auto client = server.client();
  const auto item = apply(client, demo_family());
  const std::string target = "/v1/applications/" + text(item, "id");
  const auto english = json_of(get(client, target, {{"Accept-Language", "en"}}));
  EXPECT_EQ(text(*line_of(english, "ca-ccb"), "name"), "Canada Child Benefit");
  EXPECT_EQ(without_account(json_of(get(client, target))), without_account(item));
  const auto page = json_of(get(client, "/v1/applications?number=" + text(item, "number")));
  ASSERT_EQ(page.at("items").as_array().size(), 1U);
  EXPECT_EQ(text(page.at("items").as_array().front(), "id"), text(item, "id"));
}

}  // namespace
}  // namespace guichet::end_to_end
