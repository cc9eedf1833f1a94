#include "rules/feel/temporal.h"

#include <date/tz.h>

#include <algorithm>
#include <exception>
#include <limits>

namespace guichet::feel {

namespace {

std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}
Wide floor_div(Wide a, Wide b) {
  return a / b - (a % b < 0 ? 1 : 0);
}

bool leap(std::int64_t year) {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/// The time zones of this machine, sorted by name; empty where it has none. Read once.
const std::vector<date::time_zone>& zones() {
  static const std::vector<date::time_zone>* const kZones =
      []() -> const std::vector<date::time_zone>* {
    try {
      return &date::get_tzdb().zones;
    } catch (const std::exception&) {
      return new std::vector<date::time_zone>();  // for the life of the process
    }
  }();
  return *kZones;
}

// The database knows years that a 16-bit number holds; beyond, the rules of the last ones go on.
std::int64_t clamp_seconds(Wide seconds) {
  constexpr std::int64_t kFarthest = 900'000'000'000;
  return static_cast<std::int64_t>(std::clamp<Wide>(seconds, -kFarthest, kFarthest));
}

}  // namespace

unsigned days_in_month(std::int64_t year, unsigned month) {
  static constexpr unsigned kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && leap(year) ? 29 : kDays[month - 1];
}

std::optional<Date> Date::of(std::int64_t year, std::int64_t month, std::int64_t day) {
  if (year < -kMaxYear || year > kMaxYear || month < 1 || month > 12 || day < 1 ||
      day > days_in_month(year, static_cast<unsigned>(month)))
    return std::nullopt;
  return Date{static_cast<std::int32_t>(year), static_cast<std::uint8_t>(month),
              static_cast<std::uint8_t>(day)};
}

// Days and civil dates: counted from March 1 of year 0, in eras of 400 years.
std::int64_t Date::to_days() const {
  const std::int64_t y = std::int64_t{year} - (month <= 2 ? 1 : 0);
  const std::int64_t era = floor_div(y, 400), of_era = y - era * 400;
  const std::int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146'097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719'468;
}

std::optional<Date> Date::from_days(std::int64_t days) {
  constexpr std::int64_t kLimit = 366'000'000'000;
  if (days < -kLimit || days > kLimit) return std::nullopt;
  const std::int64_t z = days + 719'468, era = floor_div(z, 146'097), of_era = z - era * 146'097;
  const std::int64_t y = (of_era - of_era / 1'460 + of_era / 36'524 - of_era / 146'096) / 365;
  const std::int64_t of_year = of_era - (365 * y + y / 4 - y / 100), m = (5 * of_year + 2) / 153;
  const std::int64_t month = m + (m < 10 ? 3 : -9);
  return of(y + era * 400 + (month <= 2 ? 1 : 0), month, of_year - (153 * m + 2) / 5 + 1);
}

std::optional<Date> Date::plus_months(std::int64_t months) const {
  if (months < -std::int64_t{24} * kMaxYear || months > std::int64_t{24} * kMaxYear)
    return std::nullopt;
  const std::int64_t total = std::int64_t{year} * 12 + month - 1 + months;
  const std::int64_t y = floor_div(total, 12), m = total - y * 12 + 1;
  return of(y, m, std::min<std::int64_t>(day, days_in_month(y, static_cast<unsigned>(m))));
}

unsigned Date::weekday() const {
  const std::int64_t days = to_days() + 3;  // 1970-01-01 was a Thursday
  return static_cast<unsigned>(days - floor_div(days, 7) * 7) + 1;
}

unsigned Date::day_of_year() const {
  return static_cast<unsigned>(to_days() - Date{year, 1, 1}.to_days()) + 1;
}

unsigned Date::week_of_year() const {
  // The week of a day is the week of its Thursday.
  const auto thursday = from_days(to_days() - weekday() + 4);
  return thursday ? (thursday->day_of_year() - 1) / 7 + 1 : 52;
}

std::optional<Zone> Zone::named(std::string_view name) {
  const auto& all = zones();
  const auto found = std::lower_bound(
      all.begin(), all.end(), name, [](const auto& z, std::string_view n) { return z.name() < n; });
  if (found == all.end() || found->name() != name) return std::nullopt;
  return Zone{Kind::named, static_cast<std::int32_t>(found - all.begin())};
}

std::optional<Zone> Zone::at(std::int64_t seconds) {
  if (seconds < -18 * 3600 || seconds > 18 * 3600) return std::nullopt;
  return Zone{Kind::offset, static_cast<std::int32_t>(seconds)};
}

std::string Zone::name() const {
  return kind == Kind::named ? zones()[static_cast<std::size_t>(value)].name() : std::string();
}

std::optional<std::int32_t> Zone::offset_at(const Date& date, std::int64_t nanos_of_day) const {
  if (kind == Kind::none) return std::nullopt;
  if (kind == Kind::offset) return value;
  try {
    const std::chrono::seconds local{
        clamp_seconds(Wide{date.to_days()} * 86'400 + nanos_of_day / kNanosPerSecond)};
    const auto info = zones()[static_cast<std::size_t>(value)].get_info(date::local_seconds{local});
    return static_cast<std::int32_t>(info.first.offset.count());
  } catch (const std::exception&) {
    return 0;
  }
}

std::optional<std::int32_t> Zone::offset_at_instant(Wide nanos) const {
  if (kind == Kind::none) return std::nullopt;
  if (kind == Kind::offset) return value;
  try {
    const std::chrono::seconds at{clamp_seconds(floor_div(nanos, Wide{kNanosPerSecond}))};
    const auto info = zones()[static_cast<std::size_t>(value)].get_info(date::sys_seconds{at});
    return static_cast<std::int32_t>(info.offset.count());
  } catch (const std::exception&) {
    return 0;
  }
}

std::optional<Time> Time::of(std::int64_t hour, std::int64_t minute, std::int64_t second,
                             std::int64_t nanos, Zone zone) {
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59 ||
      nanos < 0 || nanos >= kNanosPerSecond)
    return std::nullopt;
  return Time{((hour * 60 + minute) * 60 + second) * kNanosPerSecond + nanos, zone};
}

Wide instant(const DateTime& value) {
  const Wide local = Wide{value.date.to_days()} * kNanosPerDay + value.time.nanos;
  const auto offset = value.time.zone.offset_at(value.date, value.time.nanos);
  return local - Wide{offset.value_or(0)} * kNanosPerSecond;
}

Wide instant(const Time& value) {
  return instant(DateTime{Date{}, value});
}

std::optional<DaysDuration> DaysDuration::of(Wide total_nanos) {
  const Wide seconds = floor_div(total_nanos, Wide{kNanosPerSecond});
  if (seconds < std::numeric_limits<std::int64_t>::min() ||
      seconds > std::numeric_limits<std::int64_t>::max())
    return std::nullopt;
  return DaysDuration{static_cast<std::int64_t>(seconds),
                      static_cast<std::int64_t>(total_nanos - seconds * kNanosPerSecond)};
}

namespace {

std::optional<DateTime> from_local(Wide local, Zone zone) {
  const Wide days = floor_div(local, Wide{kNanosPerDay});
  if (days < -366'000'000'000 || days > 366'000'000'000) return std::nullopt;
  const auto date = Date::from_days(static_cast<std::int64_t>(days));
  if (!date) return std::nullopt;
  return DateTime{*date, Time{static_cast<std::int64_t>(local - days * kNanosPerDay), zone}};
}

}  // namespace

std::optional<DateTime> plus(const DateTime& value, Wide nanos) {
  const Zone zone = value.time.zone;
  if (zone.kind != Zone::Kind::named)
    return from_local(Wide{value.date.to_days()} * kNanosPerDay + value.time.nanos + nanos, zone);
  const Wide at = instant(value) + nanos;
  return from_local(at + Wide{zone.offset_at_instant(at).value_or(0)} * kNanosPerSecond, zone);
}

std::optional<DateTime> plus_months(const DateTime& value, std::int64_t months) {
  const auto date = value.date.plus_months(months);
  if (!date) return std::nullopt;
  return DateTime{*date, value.time};
}

Time plus(const Time& value, Wide nanos) {
  const Wide total = Wide{value.nanos} + nanos % kNanosPerDay;
  return Time{static_cast<std::int64_t>((total + kNanosPerDay) % kNanosPerDay), value.zone};
}

}  // namespace guichet::feel
