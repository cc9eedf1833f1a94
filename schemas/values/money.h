#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "schemas/values/result.h"

namespace guichet {

/// Whole cents of Canadian dollars, negative allowed. Arithmetic is checked: an overflow is a
/// broken invariant, since no lawful amount comes near 2^63 cents.
///
///   Money owed = entitled - instructed;
///   owed.to_string();                        // "441.00"
///   Money::parse("21800.5").value().cents();  // 2180050
class Money {
 public:
  constexpr Money() = default;
  static constexpr Money of_cents(std::int64_t cents) { return Money(cents); }

  /// Reads -?\d{1,12}(\.\d{1,2})?, as amounts stand in JSON.
  static Result<Money> parse(std::string_view text);

  constexpr std::int64_t cents() const { return cents_; }

  /// "-12.30": always two decimals, no grouping.
  std::string to_string() const;
  /// For people: "$46,610.00" in English, "46 610,00 $" (no-break spaces) in French.
  std::string for_people(std::string_view language) const;

  friend Money operator+(Money a, Money b);
  friend Money operator-(Money a, Money b);
  Money& operator+=(Money other) { return *this = *this + other; }
  Money& operator-=(Money other) { return *this = *this - other; }
  friend constexpr auto operator<=>(Money, Money) = default;

 private:
  explicit constexpr Money(std::int64_t cents) : cents_(cents) {}
  std::int64_t cents_ = 0;
};

}  // namespace guichet
