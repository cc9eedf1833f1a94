#pragma once

#include <optional>

#include "rules/feel/value.h"

namespace guichet::feel {

/// Whether the value lies in the range; nothing where it cannot be compared with its ends.
std::optional<bool> contains(const RangeValue& range, const Value& value);

}  // namespace guichet::feel
