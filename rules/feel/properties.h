#pragma once

#include <optional>
#include <string_view>

#include "rules/feel/value.h"

namespace guichet::feel {

/// What can be read of dates, times, durations and ranges with a dot (DMN 1.5, table 65).
enum class Property {
  year,
  month,
  day,
  weekday,
  hour,
  minute,
  second,
  time_offset,
  timezone,
  days,
  hours,
  minutes,
  seconds,
  years,
  months,
  start,
  end,
  start_included,
  end_included,
};

std::optional<Property> find_property(std::string_view name);
/// Nothing where this kind of value has no such property.
std::optional<Value> property_of(const Value& value, Property property);

}  // namespace guichet::feel
