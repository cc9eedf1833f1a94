#include "gateway/cli/bench_application.h"

#include <array>
#include <boost/json.hpp>

#include "schemas/values/dates.h"

namespace guichet::cli {
namespace {

constexpr std::array kProvinces = {"NB", "ON", "QC", "BC", "AB", "NS"};
constexpr const char* kEffectiveDate = "2026-01-01";

/// A generator of its own, so that the same n gives the same household on every machine.
class Draw {
 public:
  explicit Draw(std::uint64_t seed) : state_(seed) {}
  /// Splitmix64 (Steele, Lea, Flood, 2014).
  std::uint64_t below(std::uint64_t limit) {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return (z ^ (z >> 31)) % limit;
  }

 private:
  std::uint64_t state_;
};

std::string birthday(Draw& draw, unsigned youngest, unsigned oldest) {
  const Day effective = parse_day(kEffectiveDate).value();
  const auto age = static_cast<int>(youngest + draw.below(oldest - youngest));
  return to_string(effective -
                   std::chrono::days{age * 365 + static_cast<int>(draw.below(365)) + 1});
}

std::string amount(Draw& draw, std::uint64_t most) {
  return std::to_string(draw.below(most)) + ".00";
}

}  // namespace

std::string bench_sin(std::uint64_t n) {
  std::string digits = std::to_string(1 + n % kDistinctSins);
  digits.insert(0, 8 - digits.size(), '0');
  int sum = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    int digit = digits[i] - '0';
    if (i % 2 == 1) digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
    sum += digit;
  }
  digits += static_cast<char>('0' + (10 - sum % 10) % 10);
  return digits;
}

std::string bench_application(std::uint64_t n, const std::vector<std::string>& programs,
                              const std::string& desk) {
  Draw draw(n);
  const std::string born = birthday(draw, 19, 80);
  boost::json::array adults;
  adults.push_back(boost::json::object{{"role", "applicant"},
                                       {"date_of_birth", born},
                                       {"net_income", amount(draw, 120'000)},
                                       {"employment_income", amount(draw, 60'000)},
                                       {"years_in_canada_since_18", draw.below(40)}});
  if (draw.below(2) == 0)
    adults.push_back(boost::json::object{{"role", "spouse"},
                                         {"date_of_birth", birthday(draw, 19, 80)},
                                         {"net_income", amount(draw, 80'000)},
                                         {"years_in_canada_since_18", draw.below(40)}});
  boost::json::array children;
  for (std::uint64_t i = draw.below(4); i > 0; --i)
    children.push_back(boost::json::object{{"date_of_birth", birthday(draw, 0, 17)}});
  boost::json::object application{
      {"effective_date", kEffectiveDate},
      {"client",
       {{"given_name", "Bench"},
        {"family_name", "Person " + std::to_string(n)},
        {"date_of_birth", born},
        {"sin", bench_sin(n)}}},
      {"residence", {{"province", kProvinces[draw.below(kProvinces.size())]}}},
      {"household",
       {{"adults", std::move(adults)},
        {"children", std::move(children)},
        {"annual_rent", amount(draw, 24'000)}}},
      {"consents",
       {{{"program", "*"},
         {"purposes", {"eligibility", "payment"}},
         {"given_on", kEffectiveDate}}}}};
  if (!programs.empty())
    application["programs"] = boost::json::array(programs.begin(), programs.end());
  if (!desk.empty()) application["channel"] = {{"desk", desk}};
  return boost::json::serialize(application);
}

}  // namespace guichet::cli
