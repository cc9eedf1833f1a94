#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace guichet::feel {

/// How a number is brought to fewer decimals. Names as in DMN 1.5, table 74 to 77.
enum class Rounding { up, down, half_up, half_down, half_even, floor, ceiling };

/// A FEEL number: IEEE 754-2008 decimal128, 34 digits (DMN 1.5, 10.3.2.3.1). Never NaN or infinite:
/// an operation that would give one gives nothing, which FEEL calls null.
///
///   Number rate = *Number::parse("0.07");
///   std::optional<Number> owed = rate * Number(9123);
///   owed->to_scaled(2, Rounding::half_up);   // 63861 cents
///
/// Two forms in 16 bytes. Most figures of a benefit are a 64-bit whole number and a scale, and
/// their sums, products and comparisons are exact in it; what overflows it is decimal128 of Intel's
/// library. A decimal128 NaN is never a number, so its bit pattern marks the first form. Which form
/// a value has is never seen from outside. Any thread; copying is free.
class Number {
 public:
  constexpr Number() : Number(std::int64_t{0}) {}
  constexpr explicit Number(std::int64_t whole)
      : low_(static_cast<std::uint64_t>(whole)), high_(kSmall) {}

  /// coefficient × 10^−scale; `scale` from 0 to 18.
  static constexpr Number scaled(std::int64_t coefficient, unsigned scale) {
    return Number(static_cast<std::uint64_t>(coefficient), kSmall | scale);
  }
  /// Reads [-]digits[.digits][e[±]digits], also ".5". Nothing where it is not one, or not finite.
  static std::optional<Number> parse(std::string_view text);
  static Number from_double(double value);  // shortest decimal that reads back; 0 where not finite

  friend std::optional<Number> operator+(const Number& a, const Number& b);
  friend std::optional<Number> operator-(const Number& a, const Number& b);
  friend std::optional<Number> operator*(const Number& a, const Number& b);
  /// Nothing where b is zero.
  friend std::optional<Number> operator/(const Number& a, const Number& b);
  Number operator-() const;
  Number abs() const;
  bool is_negative() const;
  bool is_zero() const;

  /// a − b·floor(a/b), as FEEL's modulo; nothing where b is zero.
  static std::optional<Number> modulo(const Number& a, const Number& b);
  static std::optional<Number> power(const Number& base, const Number& exponent);
  std::optional<Number> sqrt() const;
  std::optional<Number> exp() const;
  std::optional<Number> log() const;  // natural
  /// To `scale` decimals (negative: tens, hundreds …), from −6111 to 6176.
  std::optional<Number> round(int scale, Rounding how) const;

  bool is_whole() const;
  /// The whole number, where it is one and fits.
  std::optional<std::int64_t> to_int() const;
  /// The number times 10^digits, rounded, where it fits: to_scaled(2, half_up) gives cents.
  std::optional<std::int64_t> to_scaled(unsigned digits, Rounding how) const;
  double to_double() const;
  /// Plain notation without needless zeros: "-12.5", "1000". Reading it gives the same number.
  std::string to_string() const;

  friend bool operator==(const Number& a, const Number& b);
  friend std::strong_ordering operator<=>(const Number& a, const Number& b);

 private:
  static constexpr std::uint64_t kSmall = 0x7C00'F000'0000'0000;  // a NaN with a mark of ours
  constexpr Number(std::uint64_t low, std::uint64_t high) : low_(low), high_(high) {}
  friend struct Decimal;

  constexpr bool small() const { return (high_ & 0xFFFF'FFFF'FFFF'FF00) == kSmall; }
  constexpr std::int64_t coefficient() const { return static_cast<std::int64_t>(low_); }
  constexpr unsigned scale() const { return static_cast<unsigned>(high_ & 0xFF); }

  std::uint64_t low_;
  std::uint64_t high_;
};

}  // namespace guichet::feel
