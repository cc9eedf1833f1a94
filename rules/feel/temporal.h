#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace guichet::feel {

__extension__ typedef __int128 Wide;

inline constexpr std::int64_t kNanosPerSecond = 1'000'000'000;
inline constexpr std::int64_t kNanosPerDay = 86'400 * kNanosPerSecond;
inline constexpr std::int32_t kMaxYear = 999'999'999;

/// A day of the proleptic Gregorian calendar, years −999,999,999 to 999,999,999.
struct Date {
  std::int32_t year = 1970;
  std::uint8_t month = 1;
  std::uint8_t day = 1;

  /// Nothing where there is no such day.
  static std::optional<Date> of(std::int64_t year, std::int64_t month, std::int64_t day);
  static std::optional<Date> parse(std::string_view text);  // YYYY-MM-DD, XML Schema's form
  static std::optional<Date> from_days(std::int64_t days_since_1970);
  std::int64_t to_days() const;
  std::optional<Date> plus_months(std::int64_t months) const;  // the day is cut to the month's last
  unsigned weekday() const;                                    // Monday 1 … Sunday 7
  unsigned day_of_year() const;
  unsigned week_of_year() const;  // ISO 8601
  std::string to_string() const;

  friend auto operator<=>(const Date&, const Date&) = default;
};
unsigned days_in_month(std::int64_t year, unsigned month);

/// Where a time is: nowhere said, at an offset from UTC, or in a zone of the time zone database.
struct Zone {
  enum class Kind : std::uint8_t { none, offset, named };
  Kind kind = Kind::none;
  std::int32_t value = 0;  // seconds east of UTC, or the zone's place in the database

  static std::optional<Zone> named(std::string_view name);  // "America/Toronto"
  static std::optional<Zone> at(std::int64_t seconds);      // up to 18 hours either way
  std::string name() const;                                 // of a named zone
  /// Seconds east of UTC at a local date and time of day; nothing where none is said.
  std::optional<std::int32_t> offset_at(const Date& date, std::int64_t nanos_of_day) const;
  std::optional<std::int32_t> offset_at_instant(Wide nanos_since_1970) const;
  std::string to_string() const;  // "", "Z", "+05:00", "@America/Toronto"
  friend bool operator==(const Zone&, const Zone&) = default;
};

struct Time {
  std::int64_t nanos = 0;  // since midnight, local
  Zone zone;

  static std::optional<Time> of(std::int64_t hour, std::int64_t minute, std::int64_t second,
                                std::int64_t nanos, Zone zone);
  static std::optional<Time> parse(std::string_view text);
  std::int64_t hour() const { return nanos / (3600 * kNanosPerSecond); }
  std::int64_t minute() const { return nanos / (60 * kNanosPerSecond) % 60; }
  std::int64_t second() const { return nanos / kNanosPerSecond % 60; }
  std::string to_string() const;
  friend bool operator==(const Time&, const Time&) = default;
};

struct DateTime {
  Date date;
  Time time;

  static std::optional<DateTime> parse(std::string_view text);
  std::string to_string() const;
  friend bool operator==(const DateTime&, const DateTime&) = default;
};

/// Nanoseconds on the time line: UTC where a zone is known, else as if UTC.
Wide instant(const DateTime& value);
Wide instant(const Time& value);

struct DaysDuration {
  std::int64_t seconds = 0;
  std::int64_t nanos = 0;  // 0 … 999,999,999, added to `seconds`

  static std::optional<DaysDuration> of(Wide total_nanos);
  static std::optional<DaysDuration> parse(std::string_view text);  // P1DT2H3M4.5S
  Wide total() const { return Wide{seconds} * kNanosPerSecond + nanos; }
  std::string to_string() const;
  friend auto operator<=>(const DaysDuration&, const DaysDuration&) = default;
};

struct MonthsDuration {
  std::int64_t months = 0;

  static std::optional<MonthsDuration> parse(std::string_view text);  // P1Y2M
  std::string to_string() const;
  friend auto operator<=>(const MonthsDuration&, const MonthsDuration&) = default;
};

std::optional<DateTime> plus(const DateTime& value, Wide nanos);
std::optional<DateTime> plus_months(const DateTime& value, std::int64_t months);
Time plus(const Time& value, Wide nanos);

}  // namespace guichet::feel
