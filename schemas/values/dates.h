#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "schemas/values/result.h"

namespace guichet {

/// A civil day (proleptic Gregorian), without a time zone. Records carry it as days since
/// 1970-01-01.
using Day = std::chrono::sys_days;

/// A moment, in microseconds, UTC. Records carry it as microseconds since 1970-01-01.
using Instant = std::chrono::sys_time<std::chrono::microseconds>;

/// Reads YYYY-MM-DD of a day that exists, from year 1800 to 2199.
Result<Day> parse_day(std::string_view text);
/// YYYY-MM-DD
std::string to_string(Day day);
/// For people: "January 5, 2026", « 5 janvier 2026 » (« 1er » for the first of a month).
std::string for_people(Day day, std::string_view language);
/// RFC 3339 UTC with microseconds where there are any: 2026-01-01T14:03:22Z
std::string to_string(Instant instant);

inline std::int32_t to_days(Day day) {
  return day.time_since_epoch().count();
}
inline Day from_days(std::int32_t days) {
  return Day{std::chrono::days{days}};
}
inline std::int64_t to_micros(Instant instant) {
  return instant.time_since_epoch().count();
}
inline Instant from_micros(std::int64_t us) {
  return Instant{std::chrono::microseconds{us}};
}

/// Full years from birth to day. A person born on February 29 is a year older on March 1 of a
/// common year. 0 where birth is not before day.
int age_on(Day birth, Day day);

}  // namespace guichet
