#include "rules/program/parameters.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "programs_for_test.h"
#include "rules/program/figures.h"
#include "rules/program/readers.h"

namespace guichet::rules {
namespace {

using std::chrono::days;

Parameters read(const std::string& json) {
  Mistakes mistakes;
  Parameters parameters = read_parameters(read_json("parameters.json", json).value(), mistakes);
  EXPECT_TRUE(mistakes.none()) << mistakes.failure().message;
  return parameters;
}

TEST(Parameters, TheNewestFigureNotAfterTheDayHolds) {
  const Dated dated({{day("2025-07-01"), "3"}, {day("2023-07-01"), "1"}, {day("2024-07-01"), "2"}});
  EXPECT_EQ(dated.on(day("2023-06-30")), nullptr);
  EXPECT_EQ(*dated.on(day("2023-07-01")), "1");
  EXPECT_EQ(*dated.on(day("2024-06-30")), "1");
  EXPECT_EQ(*dated.on(day("2024-07-01")), "2");
  EXPECT_EQ(*dated.on(day("2199-12-31")), "3");
}

TEST(Parameters, EachKindBecomesWhatAModelReads) {
  const auto figures = Figures::of(read(R"({"parameters": {
    "base": {"kind": "value", "values": {"2023-01-01": 250}},
    "group.rates": {"kind": "marginal_rate", "brackets": [
      {"threshold": {"2023-01-01": 0}, "rate": {"2023-01-01": 0}},
      {"threshold": {"2023-01-01": 20000}, "rate": {"2023-01-01": 0.025}}]},
    "group.amounts": {"kind": "single_amount", "brackets": [
      {"threshold": {"2023-01-01": 0}, "amount": {"2023-01-01": 7997}}]},
    "by": {"kind": "by_category", "categories": {"HEAD": {"2023-01-01": 306}}}},
    "sources": ["https://example.ca"]})"));
  ASSERT_TRUE(figures) << figures.error().message;
  const feel::Value& parameters = figures->on(day("2023-01-01"))->parameters;
  EXPECT_EQ(parameters.get("base").number().to_string(), "250");
  EXPECT_EQ(parameters.get("by").get("HEAD").number().to_string(), "306");
  const auto rates = parameters.get("group").get("rates").list();
  ASSERT_EQ(rates.size(), 2u);
  EXPECT_EQ(rates[0].get("upper").number().to_string(), "20000");
  EXPECT_EQ(rates[1].get("threshold").number().to_string(), "20000");
  EXPECT_TRUE(rates[1].get("upper").is_null());
  EXPECT_EQ(rates[1].get("rate").number().to_string(), "0.025");
  EXPECT_EQ(parameters.get("group").get("amounts").list()[0].get("amount").number().to_string(),
            "7997");
}

TEST(Parameters, NoDayHasFiguresBeforeEachIsKnown) {
  const Parameters parameters = read(R"({"parameters": {
    "a": {"kind": "value", "values": {"2022-01-01": 1, "2024-01-01": 2}},
    "b": {"kind": "value", "values": {"2023-07-01": 5}}}, "sources": ["s"]})");
  EXPECT_EQ(parameters.first_day(), day("2023-07-01"));
  const Figures figures = Figures::of(parameters).value();
  EXPECT_EQ(figures.on(day("2023-06-30")), nullptr);
  EXPECT_EQ(figures.on(day("2023-07-01"))->parameters.get("a").number().to_string(), "1");
  EXPECT_EQ(figures.on(day("2023-12-31"))->changed, day("2023-07-01"));
  EXPECT_EQ(figures.on(day("2024-01-01"))->changed, day("2024-01-01"));
}

// Whatever the dates, a figure on a day is that of the newest date not after it.
TEST(Parameters, HoldForAnyDates) {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    std::map<Day, int> a;
    std::map<Day, int> b;
    const auto fill = [&](std::map<Day, int>& figures) {
      for (int i = 0, n = 1 + static_cast<int>(random() % 6); i < n; ++i)
        figures[day("2020-01-01") + days{random() % 60}] = static_cast<int>(random() % 1000);
    };
    fill(a);
    fill(b);
    const auto written = [](const std::map<Day, int>& figures) {
      std::string json;
      for (const auto& [from, figure] : figures)
        json += (json.empty() ? "{\"" : ", \"") + to_string(from) + "\": " + std::to_string(figure);
      return json + "}";
    };
    const Figures figures =
        Figures::of(read(R"({"parameters": {"a": {"kind": "value", "values": )" + written(a) +
                         R"(}, "b": {"kind": "value", "values": )" + written(b) +
                         R"(}}, "sources": []})"))
            .value();
    const Day first = std::max(a.begin()->first, b.begin()->first);
    for (Day at = day("2019-12-31"); at <= day("2020-03-10"); at += days{1}) {
      const Figures::Period* period = figures.on(at);
      ASSERT_EQ(period == nullptr, at < first);
      if (!period) continue;
      const auto newest = [&](const std::map<Day, int>& all) {
        return std::to_string(std::prev(all.upper_bound(at))->second);
      };
      ASSERT_EQ(period->parameters.get("a").number().to_string(), newest(a));
      ASSERT_EQ(period->parameters.get("b").number().to_string(), newest(b));
    }
  }
}

TEST(Parameters, BracketsOutOfOrderAreAFailure) {
  const auto figures =
      Figures::of(read(R"({"parameters": {"r": {"kind": "marginal_rate", "brackets": [
      {"threshold": {"2023-01-01": 0}, "rate": {"2023-01-01": 0}},
      {"threshold": {"2023-01-01": 50, "2024-01-01": 0}, "rate": {"2023-01-01": 1}}]}},
      "sources": []})"));
  ASSERT_FALSE(figures);
  EXPECT_EQ(figures.error().message,
            "r: the thresholds on 2024-01-01 are out of order; write the lowest first");
}

TEST(Parameters, AFigureCannotAlsoBeAGroup) {
  const auto figures = Figures::of(read(R"({"parameters": {
      "a": {"kind": "value", "values": {"2023-01-01": 1}},
      "a.b": {"kind": "value", "values": {"2023-01-01": 1}}}, "sources": []})"));
  ASSERT_FALSE(figures);
  EXPECT_EQ(figures.error().message, "a.b: is a figure and the group of another; rename one");
}

}  // namespace
}  // namespace guichet::rules
