#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "schemas/values/dates.h"
#include "schemas/values/money.h"

namespace guichet::bank {

/// An amount or control sum as banks write it (xs:decimal): "441", "441.0", "0441.000"; at most
/// twelve digits before the point. Nothing for a sign, a third digit that is not zero, or anything
/// else.
std::optional<Money> parse_amount(std::string_view text);

/// One to fifteen digits (Max15NumericText).
std::optional<std::uint64_t> parse_count(std::string_view text);

/// The day of an ISODate or ISODateTime, as it is written: the bank's own.
std::optional<Day> parse_date(std::string_view text);

/// Adds where the sum can be written; else returns false. What a bank says may be anything.
bool add(Money& sum, Money amount);

}  // namespace guichet::bank
