#include "rules/feel/properties.h"

#include <utility>

namespace guichet::feel {

namespace {

constexpr std::pair<std::string_view, Property> kNames[] = {
    {"year", Property::year},
    {"month", Property::month},
    {"day", Property::day},
    {"weekday", Property::weekday},
    {"hour", Property::hour},
    {"minute", Property::minute},
    {"second", Property::second},
    {"time offset", Property::time_offset},
    {"timezone", Property::timezone},
    {"days", Property::days},
    {"hours", Property::hours},
    {"minutes", Property::minutes},
    {"seconds", Property::seconds},
    {"years", Property::years},
    {"months", Property::months},
    {"start", Property::start},
    {"end", Property::end},
    {"start included", Property::start_included},
    {"end included", Property::end_included},
};

Value whole(std::int64_t value) {
  return Value(Number(value));
}

Value of_number(std::int64_t seconds, std::int64_t nanos) {
  if (nanos == 0) return whole(seconds);
  return Value::maybe(Number(seconds) + Number::scaled(nanos, 9));
}

std::optional<Value> of_date(const Date& date, Property property) {
  switch (property) {
    case Property::year:
      return whole(date.year);
    case Property::month:
      return whole(date.month);
    case Property::day:
      return whole(date.day);
    case Property::weekday:
      return whole(date.weekday());
    default:
      return std::nullopt;
  }
}

std::optional<Value> of_time(const Time& time, const Date& on, Property property) {
  switch (property) {
    case Property::hour:
      return whole(time.hour());
    case Property::minute:
      return whole(time.minute());
    case Property::second:
      return of_number(time.second(), time.nanos % kNanosPerSecond);
    case Property::time_offset: {
      const auto offset = time.zone.offset_at(on, time.nanos);
      return offset ? Value(DaysDuration{*offset, 0}) : Value();
    }
    case Property::timezone:
      return time.zone.kind == Zone::Kind::named ? Value::string(time.zone.name()) : Value();
    default:
      return std::nullopt;
  }
}

std::optional<Value> of_days(const DaysDuration& duration, Property property) {
  const Wide total = duration.total();
  const bool negative = total < 0;
  const Wide size = negative ? -total : total;
  const auto signed_value = [negative](Wide value) {
    const auto v = static_cast<std::int64_t>(value);
    return whole(negative ? -v : v);
  };
  switch (property) {
    case Property::days:
      return signed_value(size / kNanosPerDay);
    case Property::hours:
      return signed_value(size / (3600 * kNanosPerSecond) % 24);
    case Property::minutes:
      return signed_value(size / (60 * kNanosPerSecond) % 60);
    case Property::seconds: {
      const auto nanos = static_cast<std::int64_t>(size % (60 * kNanosPerSecond));
      const Value value = of_number(nanos / kNanosPerSecond, nanos % kNanosPerSecond);
      return negative ? Value(-value.number()) : value;
    }
    default:
      return std::nullopt;
  }
}

std::optional<Value> of_range(const RangeValue& range, Property property) {
  switch (property) {
    case Property::start:
      return range.low;
    case Property::end:
      return range.high;
    case Property::start_included:
      return Value(range.low_closed);
    case Property::end_included:
      return Value(range.high_closed);
    default:
      return std::nullopt;
  }
}

}  // namespace

std::optional<Property> find_property(std::string_view name) {
  for (const auto& [known, property] : kNames)
    if (known == name) return property;
  return std::nullopt;
}

std::optional<Value> property_of(const Value& value, Property property) {
  switch (value.kind()) {
    case Kind::date: {
      if (auto found = of_date(value.date(), property)) return found;
      return of_time(Time{0, *Zone::at(0)}, value.date(), property);  // its midnight in UTC
    }
    case Kind::time:
      return of_time(value.time(), Date{}, property);
    case Kind::date_time: {
      if (auto found = of_date(value.date_time().date, property)) return found;
      return of_time(value.date_time().time, value.date_time().date, property);
    }
    case Kind::days_duration:
      return of_days(value.days_duration(), property);
    case Kind::months_duration:
      if (property == Property::years) return whole(value.months_duration().months / 12);
      if (property == Property::months) return whole(value.months_duration().months % 12);
      return std::nullopt;
    case Kind::range:
      return of_range(value.range(), property);
    default:
      return std::nullopt;
  }
}

}  // namespace guichet::feel
