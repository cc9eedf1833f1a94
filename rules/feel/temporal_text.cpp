// Dates, times and durations as text: XML Schema's lexical forms, with FEEL's "@zone" (DMN 1.5,
// 10.3.2.3.4 to 10.3.2.3.8).
#include <cstdio>

#include "rules/feel/temporal.h"

namespace guichet::feel {

namespace {

class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool done() const { return rest_.empty(); }
  bool next(char c) {
    if (rest_.empty() || rest_[0] != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool at(char c) const { return !rest_.empty() && rest_[0] == c; }
  std::string_view rest() const { return rest_; }

  std::string_view digits() {
    std::size_t n = 0;
    while (n < rest_.size() && rest_[n] >= '0' && rest_[n] <= '9') ++n;
    const auto found = rest_.substr(0, n);
    rest_.remove_prefix(n);
    return found;
  }
  std::optional<std::int64_t> two_digits() {
    const auto found = digits();
    if (found.size() != 2) return std::nullopt;
    return (found[0] - '0') * 10 + (found[1] - '0');
  }

 private:
  std::string_view rest_;
};

std::optional<std::int64_t> whole(std::string_view digits) {
  if (digits.empty() || digits.size() > 18) return std::nullopt;
  std::int64_t value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  return value;
}

/// The digits after a point, as nanoseconds; more than nine are cut.
std::optional<std::int64_t> fraction(Reader& in) {
  const auto digits = in.digits();
  if (digits.empty()) return std::nullopt;
  std::int64_t value = 0;
  for (std::size_t i = 0; i < 9; ++i)
    value = value * 10 + (i < digits.size() ? digits[i] - '0' : 0);
  return value;
}

std::optional<Date> read_date(Reader& in) {
  const bool negative = in.next('-');
  const auto year_text = in.digits();
  if (year_text.size() < 4 || year_text.size() > 9 || (year_text.size() > 4 && year_text[0] == '0'))
    return std::nullopt;
  const auto year = whole(year_text);
  if (!in.next('-')) return std::nullopt;
  const auto month = in.two_digits();
  if (!month || !in.next('-')) return std::nullopt;
  const auto day = in.two_digits();
  if (!day) return std::nullopt;
  return Date::of(negative ? -*year : *year, *month, *day);
}

std::optional<Zone> read_zone(Reader& in) {
  if (in.done()) return Zone{};
  if (in.next('Z')) return in.done() ? Zone::at(0) : std::nullopt;
  if (in.next('@')) return Zone::named(in.rest());
  const bool negative = in.at('-');
  if (!in.next('-') && !in.next('+')) return std::nullopt;
  const auto hours = in.two_digits();
  if (!hours || !in.next(':')) return std::nullopt;
  const auto minutes = in.two_digits();
  if (!minutes || *minutes > 59) return std::nullopt;
  std::int64_t seconds = 0;
  if (in.next(':')) {
    const auto read = in.two_digits();
    if (!read || *read > 59) return std::nullopt;
    seconds = *read;
  }
  if (!in.done()) return std::nullopt;
  const std::int64_t total = (*hours * 60 + *minutes) * 60 + seconds;
  return Zone::at(negative ? -total : total);
}

struct ReadTime {
  Time time;
  bool next_day = false;  // 24:00:00
};

std::optional<ReadTime> read_time(Reader& in) {
  const auto hour = in.two_digits();
  if (!hour || !in.next(':')) return std::nullopt;
  const auto minute = in.two_digits();
  if (!minute || !in.next(':')) return std::nullopt;
  const auto second = in.two_digits();
  if (!second) return std::nullopt;
  std::int64_t nanos = 0;
  if (in.next('.')) {
    const auto read = fraction(in);
    if (!read) return std::nullopt;
    nanos = *read;
  }
  const auto zone = read_zone(in);
  if (!zone) return std::nullopt;
  const bool midnight = *hour == 24 && *minute == 0 && *second == 0 && nanos == 0;
  const auto time = Time::of(midnight ? 0 : *hour, *minute, *second, nanos, *zone);
  if (!time) return std::nullopt;
  return ReadTime{*time, midnight};
}

std::string two(std::int64_t value) {
  char text[8];
  std::snprintf(text, sizeof text, "%02d", static_cast<int>(value % 100));
  return text;
}

std::string seconds_text(std::int64_t nanos) {
  if (nanos == 0) return {};
  char text[16];
  std::snprintf(text, sizeof text, ".%09d", static_cast<int>(nanos));
  std::string result = text;
  while (result.back() == '0') result.pop_back();
  return result;
}

}  // namespace

std::optional<Date> Date::parse(std::string_view text) {
  Reader in(text);
  const auto date = read_date(in);
  return in.done() ? date : std::nullopt;
}

std::string Date::to_string() const {
  char text[32];
  const int positive = year < 0 ? -year : year;
  std::snprintf(text, sizeof text, "%s%04d-%02u-%02u", year < 0 ? "-" : "", positive, month, day);
  return text;
}

std::string Zone::to_string() const {
  if (kind == Kind::none) return {};
  if (kind == Kind::named) return "@" + name();
  if (value == 0) return "Z";
  const std::int64_t s = value < 0 ? -value : value;
  std::string text = (value < 0 ? "-" : "+") + two(s / 3600) + ":" + two(s / 60 % 60);
  if (s % 60 != 0) text += ":" + two(s % 60);
  return text;
}

std::optional<Time> Time::parse(std::string_view text) {
  Reader in(text.starts_with('T') ? text.substr(1) : text);
  const auto read = read_time(in);
  if (!read) return std::nullopt;
  return read->time;
}

std::string Time::to_string() const {
  return two(hour()) + ":" + two(minute()) + ":" + two(second()) +
         seconds_text(nanos % kNanosPerSecond) + zone.to_string();
}

std::optional<DateTime> DateTime::parse(std::string_view text) {
  Reader in(text);
  const auto date = read_date(in);
  if (!date) return std::nullopt;
  if (in.done()) return DateTime{*date, Time{}};
  if (!in.next('T')) return std::nullopt;
  const auto read = read_time(in);
  if (!read) return std::nullopt;
  if (!read->next_day) return DateTime{*date, read->time};
  const auto next = Date::from_days(date->to_days() + 1);
  if (!next) return std::nullopt;
  return DateTime{*next, read->time};
}

std::string DateTime::to_string() const {
  return date.to_string() + "T" + time.to_string();
}

std::optional<DaysDuration> DaysDuration::parse(std::string_view text) {
  Reader in(text);
  const bool negative = in.next('-');
  if (!in.next('P')) return std::nullopt;
  Wide total = 0;
  bool any = false;
  auto part = [&](char unit, std::int64_t seconds) {
    Reader before = in;
    const auto digits = in.digits();
    const auto amount = whole(digits);
    if (!digits.empty() && in.next(unit)) {
      if (!amount) return false;
      total += Wide{*amount} * seconds * kNanosPerSecond;
      any = true;
    } else {
      in = before;
    }
    return true;
  };
  if (!part('D', 86'400)) return std::nullopt;
  if (in.next('T')) {
    any = false;
    if (!part('H', 3'600) || !part('M', 60)) return std::nullopt;
    if (!in.done()) {
      const auto amount = whole(in.digits());
      if (!amount) return std::nullopt;
      std::int64_t nanos = 0;
      if (in.next('.')) {
        nanos = fraction(in).value_or(0);  // "PT0.S" is one of the kit's durations
      }
      if (!in.next('S')) return std::nullopt;
      total += Wide{*amount} * kNanosPerSecond + nanos;
      any = true;
    }
  }
  if (!any || !in.done()) return std::nullopt;
  return of(negative ? -total : total);
}

std::string DaysDuration::to_string() const {
  Wide rest = total();
  if (rest == 0) return "PT0S";
  std::string text = rest < 0 ? "-P" : "P";
  if (rest < 0) rest = -rest;
  const auto days = static_cast<std::int64_t>(rest / kNanosPerDay);
  const auto nanos = static_cast<std::int64_t>(rest % kNanosPerDay);
  if (days != 0) text += std::to_string(days) + "D";
  if (nanos == 0) return text;
  text += "T";
  const Time time{nanos, {}};
  if (time.hour() != 0) text += std::to_string(time.hour()) + "H";
  if (time.minute() != 0) text += std::to_string(time.minute()) + "M";
  if (time.second() != 0 || nanos % kNanosPerSecond != 0)
    text += std::to_string(time.second()) + seconds_text(nanos % kNanosPerSecond) + "S";
  return text;
}

std::optional<MonthsDuration> MonthsDuration::parse(std::string_view text) {
  Reader in(text);
  const bool negative = in.next('-');
  if (!in.next('P')) return std::nullopt;
  std::int64_t months = 0;
  bool any = false;
  for (const auto& [unit, factor] : {std::pair{'Y', 12}, std::pair{'M', 1}}) {
    Reader before = in;
    const auto digits = in.digits();
    if (!digits.empty() && in.next(unit)) {
      const auto amount = whole(digits);
      if (!amount || *amount > 100'000'000'000) return std::nullopt;
      months += *amount * factor;
      any = true;
    } else {
      in = before;
    }
  }
  if (!any || !in.done()) return std::nullopt;
  return MonthsDuration{negative ? -months : months};
}

std::string MonthsDuration::to_string() const {
  if (months == 0) return "P0M";
  const std::int64_t positive = months < 0 ? -months : months;
  std::string text = months < 0 ? "-P" : "P";
  if (positive / 12 != 0) text += std::to_string(positive / 12) + "Y";
  if (positive % 12 != 0) text += std::to_string(positive % 12) + "M";
  return text;
}

}  // namespace guichet::feel
