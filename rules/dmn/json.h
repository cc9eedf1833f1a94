#pragma once

#include <string>
#include <string_view>

#include "rules/feel/type.h"
#include "rules/feel/value.h"
#include "schemas/values/result.h"

namespace guichet::dmn {

/// A JSON text as a value; numbers keep every digit. Refused, with the reason: what is no JSON, a
/// name twice in one object, more than 64 levels.
Result<feel::Value> from_json(std::string_view text);

/// Strings that stand where the type wants a date, time or duration become one; what does not fit
/// stays as it is.
feel::Value typed_from_text(const feel::Value& value, const feel::Type& type);

/// A value as JSON, indented; dates, times, durations and ranges as strings.
std::string to_json(const feel::Value& value);

}  // namespace guichet::dmn
