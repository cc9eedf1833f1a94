#include "schemas/values/dates.h"

#include <array>
#include <cstdio>

namespace guichet {
namespace {

using std::chrono::year_month_day;

constexpr int kFirstYear = 1800;
constexpr int kLastYear = 2199;

constexpr std::array<const char*, 12> kMonthsEn = {"January",   "February", "March",    "April",
                                                   "May",       "June",     "July",     "August",
                                                   "September", "October",  "November", "December"};
constexpr std::array<const char*, 12> kMonthsFr = {"janvier",   "février", "mars",     "avril",
                                                   "mai",       "juin",    "juillet",  "août",
                                                   "septembre", "octobre", "novembre", "décembre"};

int digits(std::string_view text) {
  int n = 0;
  for (char c : text) {
    if (c < '0' || c > '9') return -1;
    n = n * 10 + (c - '0');
  }
  return n;
}

}  // namespace

Result<Day> parse_day(std::string_view text) {
  const Failure bad{"not a date; write year, month and day, such as \"2026-01-31\""};
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return bad;
  const int y = digits(text.substr(0, 4));
  const int m = digits(text.substr(5, 2));
  const int d = digits(text.substr(8, 2));
  if (y < kFirstYear || y > kLastYear || m < 1 || d < 1) return bad;
  const year_month_day ymd{std::chrono::year{y}, std::chrono::month{static_cast<unsigned>(m)},
                           std::chrono::day{static_cast<unsigned>(d)}};
  if (!ymd.ok()) return bad;
  return Day{ymd};
}

std::string to_string(Day day) {
  const year_month_day ymd{day};
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", static_cast<int>(ymd.year()),
                static_cast<unsigned>(ymd.month()), static_cast<unsigned>(ymd.day()));
  return text.data();
}

std::string for_people(Day day, std::string_view language) {
  const year_month_day ymd{day};
  const unsigned d = static_cast<unsigned>(ymd.day());
  const unsigned month = static_cast<unsigned>(ymd.month()) - 1;
  const std::string year = std::to_string(static_cast<int>(ymd.year()));
  if (language == "fr")
    return (d == 1 ? "1er" : std::to_string(d)) + " " + kMonthsFr[month] + " " + year;
  return std::string(kMonthsEn[month]) + " " + std::to_string(d) + ", " + year;
}

std::string to_string(Instant instant) {
  const Day day = std::chrono::floor<std::chrono::days>(instant);
  const std::chrono::hh_mm_ss time{instant - day};
  const long long us = time.subseconds().count();
  std::array<char, 48> text{};
  std::snprintf(
      text.data(), text.size(), us == 0 ? "%sT%02d:%02d:%02dZ" : "%sT%02d:%02d:%02d.%06lldZ",
      to_string(day).c_str(), static_cast<int>(time.hours().count()),
      static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()), us);
  return text.data();
}

int age_on(Day birth, Day day) {
  if (birth >= day) return 0;
  const year_month_day b{birth};
  const year_month_day d{day};
  const int years = static_cast<int>(d.year()) - static_cast<int>(b.year());
  const bool before_birthday =
      d.month() < b.month() || (d.month() == b.month() && d.day() < b.day());
  return before_birthday ? years - 1 : years;
}

}  // namespace guichet
