#include "tests/end_to_end/reference_households.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <fstream>
#include <set>
#include <thread>

#include "gateway/cli/bench_application.h"
#include "schemas/values/dates.h"
#include "tests/end_to_end/calls.h"

namespace guichet::end_to_end {
namespace {

namespace json = boost::json;

constexpr unsigned kConnections = 8;
constexpr const char* kFile = GUICHET_SOURCE_DIR "/tests/data/reference-households.jsonl";
const std::set<std::string> kPrograms = {"ca-ccb", "ca-gst", "ca-oas", "nb-ctb", "on-ocb"};

double number(const json::value& value) {
  return value.to_number<double>();
}

std::string amount(const json::value& value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", number(value));
  return text;
}

/// A birthday on that very day.
std::string birth(const std::string& as_of, const json::value& age) {
  const std::chrono::year_month_day day{parse_day(as_of).value()};
  return to_string(
      Day{(day.year() - std::chrono::years{age.to_number<int>()}) / day.month() / day.day()});
}

/// 0.05 dollars or one part in 100,000, whichever is larger; the reference truncates nb-ctb to
/// whole dollars twice (tests/data/README.md).
bool agrees(const std::string& program, double expected, double actual) {
  const double tolerance = program == "nb-ctb" ? 2.0 : std::max(0.05, std::abs(expected) * 1e-5);
  return std::abs(expected - actual) <= tolerance + 1e-9;
}

/// What a screening and an application have in common.
json::object figures_of(const json::value& item) {
  json::array lines = item.at("programs").as_array();
  for (auto& line : lines) line.as_object().erase("determined_at");
  return {{"programs", lines},
          {"annual_total", item.at("annual_total")},
          {"payments", item.at("payments")}};
}

void expect_same_by_screening(cli::HttpClient& client, const std::string& id,
                              json::object application, const json::value& item) {
  application.erase("client");
  application.erase("consents");
  const auto screened = post(client, "/v1/screenings", application);
  ASSERT_EQ(screened.status, 200U) << id << " " << screened.body;
  EXPECT_EQ(figures_of(json_of(screened)), figures_of(item)) << id;
}

void compare(const std::string& id, const json::value& item, const std::string& program,
             const char* beneficiary, double expected, std::atomic<int>& compared) {
  const json::value* line = line_of(item, program, beneficiary);
  ASSERT_NE(line, nullptr) << id << " " << program << ": " << json::serialize(item);
  const std::string actual = text(*line, "annual_amount");
  ASSERT_FALSE(actual.empty()) << id << " " << program << ": " << json::serialize(*line);
  EXPECT_TRUE(agrees(program, expected, std::stod(actual)))
      << id << " " << program << " " << beneficiary << ": expected " << expected << ", got "
      << actual << ": " << json::serialize(*line);
  ++compared;
}

}  // namespace

std::vector<json::value> reference_households() {
  std::vector<json::value> lines;
  std::ifstream in(kFile);
  for (std::string line; std::getline(in, line);) lines.push_back(json::parse(line));
  EXPECT_EQ(lines.size(), kReferenceHouseholds) << kFile;
  return lines;
}

json::object reference_application(const json::value& household, const std::string& as_of,
                                   const std::vector<std::string>& programs, std::uint64_t n) {
  json::array adults;
  for (const auto& adult : household.at("adults").as_array())
    adults.push_back(
        json::object{{"role", adults.empty() ? "applicant" : "spouse"},
                     {"date_of_birth", birth(as_of, adult.at("age"))},
                     {"net_income", amount(adult.at("net_income"))},
                     {"employment_income", amount(adult.at("employment_income"))},
                     {"years_in_canada_since_18", adult.at("years_in_canada_since_18")},
                     {"disability_tax_credit", adult.at("disability_tax_credit")}});
  json::array children;
  for (const auto& child : household.at("children").as_array())
    children.push_back(json::object{{"date_of_birth", birth(as_of, child.at("age"))},
                                    {"disability_tax_credit", child.at("disability_tax_credit")}});
  const auto born = adults.front().at("date_of_birth");
  return {{"effective_date", as_of},
          {"client",
           {{"given_name", "Reference"},
            {"family_name", "Household"},
            {"date_of_birth", born},
            {"sin", cli::bench_sin(10'000'000 + n)}}},
          {"residence", {{"province", household.at("province")}}},
          {"household",
           {{"adults", adults},
            {"children", children},
            {"annual_rent", amount(household.at("annual_rent"))},
            {"annual_property_tax", amount(household.at("annual_property_tax"))}}},
          {"programs", json::array(programs.begin(), programs.end())},
          {"consents",
           json::array{json::object{
               {"program", "*"}, {"purposes", {"eligibility", "payment"}}, {"given_on", as_of}}}}};
}

int expect_reference_figures(const std::function<cli::HttpClient()>& connect,
                             std::size_t households) {
  std::vector<json::value> lines = reference_households();
  lines.resize(std::min(households, lines.size()));

  std::atomic<std::size_t> next{0};
  std::atomic<int> compared{0};
  {
    std::vector<std::jthread> threads;
    for (unsigned t = 0; t < kConnections; ++t)
      threads.emplace_back([&] {
        auto client = connect();
        for (std::size_t i = next++; i < lines.size(); i = next++) {
          const json::value& line = lines[i];
          const auto& expected = line.at("expected_annual").as_object();
          std::vector<std::string> programs;
          for (const auto& figure : expected)
            if (kPrograms.contains(std::string(figure.key()))) programs.emplace_back(figure.key());
          const std::string id = text(line, "id");
          const json::object application =
              reference_application(line.at("household"), text(line, "as_of"), programs, i);
          const auto item = apply_with_key(client, application, id);
          expect_same_by_screening(client, id, application, item);
          EXPECT_EQ(text(item, "status"), "complete") << id;
          for (const std::string& program : programs) {
            const json::value& figure = expected.at(program);
            if (!figure.is_array()) {
              compare(id, item, program, "household", number(figure), compared);
              continue;
            }
            const auto& adults = figure.get_array();
            for (std::size_t adult = 0; adult < adults.size(); ++adult)
              compare(id, item, program, adult == 0 ? "applicant" : "spouse", number(adults[adult]),
                      compared);
          }
        }
      });
  }
  return compared;
}

}  // namespace guichet::end_to_end
