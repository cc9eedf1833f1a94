#include "rules/feel/number.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

// The three flags must be those that the library (libbidgcc000) was built with.
#define DECIMAL_CALL_BY_REFERENCE 0
#define DECIMAL_GLOBAL_ROUNDING 0
#define DECIMAL_GLOBAL_EXCEPTION_FLAGS 0
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
#include <bid_conf.h>
// after it
#include <bid_functions.h>
#pragma GCC diagnostic pop

#include "rules/feel/limits.h"

namespace guichet::feel {

namespace {

__extension__ typedef __int128 Wide;
__extension__ typedef unsigned __int128 UnsignedWide;

constexpr unsigned kMaxScale = 18;
constexpr std::array<std::int64_t, 19> kPowers = [] {
  std::array<std::int64_t, 19> powers{};
  std::int64_t power = 1;
  for (std::size_t i = 0; i < powers.size(); ++i, power *= i < powers.size() ? 10 : 1)
    powers[i] = power;
  return powers;
}();

constexpr unsigned kToNearestEven = 0, kToFloor = 1, kToCeiling = 2, kToZero = 3, kToAway = 4;

bool fits(Wide value) {
  return value >= std::numeric_limits<std::int64_t>::min() &&
         value <= std::numeric_limits<std::int64_t>::max();
}

/// a / b for b > 0.
Wide divide(Wide a, Wide b, Rounding how) {
  Wide quotient = a / b, rest = a % b;
  if (rest == 0) return quotient;
  const bool negative = a < 0;
  const Wide twice = (negative ? -rest : rest) * 2;
  bool away = false;
  switch (how) {
    case Rounding::up:
      away = true;
      break;
    case Rounding::down:
      away = false;
      break;
    case Rounding::half_up:
      away = twice >= b;
      break;
    case Rounding::half_down:
      away = twice > b;
      break;
    case Rounding::half_even:
      away = twice > b || (twice == b && quotient % 2 != 0);
      break;
    case Rounding::floor:
      away = negative;
      break;
    case Rounding::ceiling:
      away = !negative;
      break;
  }
  return away ? quotient + (negative ? -1 : 1) : quotient;
}

}  // namespace

/// The second form, and the way between the two.
struct Decimal {
  static constexpr int kBias = 6176;
  static constexpr std::uint64_t kHighCoefficient = (std::uint64_t{1} << 49) - 1;

  BID_UINT128 bits;

  Decimal() : bits{} {}
  explicit Decimal(BID_UINT128 value) : bits(value) {}
  explicit Decimal(const Number& number) {
    if (number.small()) {
      const std::int64_t c = number.coefficient();
      bits.w[0] =
          c < 0 ? std::uint64_t{0} - static_cast<std::uint64_t>(c) : static_cast<std::uint64_t>(c);
      bits.w[1] = (c < 0 ? std::uint64_t{1} << 63 : 0) |
                  (static_cast<std::uint64_t>(kBias - static_cast<int>(number.scale())) << 49);
    } else {
      bits.w[0] = number.low_;
      bits.w[1] = number.high_;
    }
  }

  static Decimal power_of_ten(int exponent) {
    Decimal d;
    d.bits.w[0] = 1;
    d.bits.w[1] = static_cast<std::uint64_t>(exponent + kBias) << 49;
    return d;
  }

  bool finite() const { return (bits.w[1] >> 59 & 0xF) != 0xF; }
  bool negative() const { return bits.w[1] >> 63 != 0; }
  int exponent() const { return static_cast<int>(bits.w[1] >> 49 & 0x3FFF) - kBias; }
  UnsignedWide coefficient() const {
    if ((bits.w[1] >> 61 & 3) == 3) return 0;  // not canonical: zero
    return (UnsignedWide{bits.w[1] & kHighCoefficient} << 64) | bits.w[0];
  }

  /// Nothing where it is not finite.
  std::optional<Number> number() const {
    if (!finite()) return std::nullopt;
    const UnsignedWide c = coefficient();
    if (c == 0) return Number();
    int e = exponent();
    if (c <= static_cast<UnsignedWide>(std::numeric_limits<std::int64_t>::max())) {
      auto small = static_cast<std::int64_t>(c);
      if (e > 0 && e <= 18 &&
          !__builtin_mul_overflow(small, kPowers[static_cast<unsigned>(e)], &small))
        e = 0;
      if (e <= 0 && e >= -static_cast<int>(kMaxScale))
        return Number::scaled(negative() ? -small : small, static_cast<unsigned>(-e));
    }
    return Number(bits.w[0], bits.w[1]);
  }
};

namespace {

template <BID_UINT128 (*operation)(BID_UINT128, BID_UINT128, unsigned, unsigned*)>
std::optional<Number> apply(const Number& a, const Number& b) {
  unsigned flags = 0;
  return Decimal(operation(Decimal(a).bits, Decimal(b).bits, kToNearestEven, &flags)).number();
}

template <BID_UINT128 (*operation)(BID_UINT128, unsigned, unsigned*)>
std::optional<Number> apply(const Number& a) {
  unsigned flags = 0;
  return Decimal(operation(Decimal(a).bits, kToNearestEven, &flags)).number();
}

}  // namespace

std::optional<Number> Number::parse(std::string_view text) {
  if (text.size() > kMaxNumberLiteral) return std::nullopt;
  std::size_t i = 0;
  const bool negative = !text.empty() && text[0] == '-';
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) ++i;
  std::int64_t coefficient = 0;
  unsigned digits = 0, scale = 0;
  bool point = false, significant = false;
  std::size_t count = 0;
  for (; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '.') {
      if (point) return std::nullopt;
      point = true;
    } else if (c >= '0' && c <= '9') {
      ++count;
      if (c != '0') significant = true;
      if (significant) ++digits;
      if (digits <= 18) coefficient = coefficient * 10 + (c - '0');
      if (point) ++scale;
    } else {
      break;
    }
  }
  if (count == 0 || text[i - 1] == '.') return std::nullopt;
  if (i < text.size()) {
    if (text[i] != 'e' && text[i] != 'E') return std::nullopt;
    std::size_t j = i + 1;
    if (j < text.size() && (text[j] == '+' || text[j] == '-')) ++j;
    if (j == text.size()) return std::nullopt;
    for (; j < text.size(); ++j)
      if (text[j] < '0' || text[j] > '9') return std::nullopt;
  } else if (digits <= 18 && scale <= kMaxScale) {
    return scaled(negative ? -coefficient : coefficient, scale);
  }
  std::string copy(text);
  unsigned flags = 0;
  return Decimal(bid128_from_string(copy.data(), kToNearestEven, &flags)).number();
}

Number Number::from_double(double value) {
  if (!std::isfinite(value)) return Number();
  char text[64];
  const auto end = std::to_chars(text, text + sizeof text, value).ptr;
  return parse(std::string_view(text, static_cast<std::size_t>(end - text))).value_or(Number());
}

std::optional<Number> operator+(const Number& a, const Number& b) {
  if (a.small() && b.small()) {
    const unsigned scale = std::max(a.scale(), b.scale());
    const Wide sum = Wide{a.coefficient()} * kPowers[scale - a.scale()] +
                     Wide{b.coefficient()} * kPowers[scale - b.scale()];
    if (fits(sum)) return Number::scaled(static_cast<std::int64_t>(sum), scale);
  }
  return apply<bid128_add>(a, b);
}

std::optional<Number> operator-(const Number& a, const Number& b) {
  return a + -b;
}

std::optional<Number> operator*(const Number& a, const Number& b) {
  if (a.small() && b.small()) {
    std::int64_t product;
    const unsigned scale = a.scale() + b.scale();
    if (scale <= kMaxScale && !__builtin_mul_overflow(a.coefficient(), b.coefficient(), &product))
      return Number::scaled(product, scale);
  }
  return apply<bid128_mul>(a, b);
}

std::optional<Number> operator/(const Number& a, const Number& b) {
  if (b.is_zero()) return std::nullopt;
  if (a.small() && b.small() && a.scale() >= b.scale() && b.coefficient() != -1 &&
      a.coefficient() % b.coefficient() == 0)
    return Number::scaled(a.coefficient() / b.coefficient(), a.scale() - b.scale());
  return apply<bid128_div>(a, b);
}

Number Number::operator-() const {
  if (small()) {
    if (coefficient() != std::numeric_limits<std::int64_t>::min())
      return scaled(-coefficient(), scale());
    Decimal d(*this);
    d.bits.w[1] ^= std::uint64_t{1} << 63;
    return Number(d.bits.w[0], d.bits.w[1]);
  }
  return Number(low_, high_ ^ (std::uint64_t{1} << 63));
}

Number Number::abs() const {
  return is_negative() ? -*this : *this;
}
bool Number::is_negative() const {
  return small() ? coefficient() < 0 : high_ >> 63 != 0;
}
bool Number::is_zero() const {
  return small() && coefficient() == 0;
}

std::optional<Number> Number::modulo(const Number& a, const Number& b) {
  if (b.is_zero()) return std::nullopt;
  if (a.small() && b.small()) {
    const unsigned scale = std::max(a.scale(), b.scale());
    const Wide x = Wide{a.coefficient()} * kPowers[scale - a.scale()];
    const Wide y = Wide{b.coefficient()} * kPowers[scale - b.scale()];
    Wide rest = x % y;
    if (rest != 0 && (rest < 0) != (y < 0)) rest += y;
    if (fits(rest)) return scaled(static_cast<std::int64_t>(rest), scale);
  }
  unsigned flags = 0;
  const auto rest = Decimal(bid128_fmod(Decimal(a).bits, Decimal(b).bits, &flags)).number();
  if (rest && !rest->is_zero() && rest->is_negative() != b.is_negative()) return *rest + b;
  return rest;
}

std::optional<Number> Number::power(const Number& base, const Number& exponent) {
  const auto whole = exponent.to_int();
  if (whole && *whole >= 0 && *whole <= 64) {  // exact wherever the result is
    std::optional<Number> result = Number(1), square = base;
    for (std::int64_t rest = *whole; rest > 0; rest >>= 1) {
      if (rest & 1) result = *result * *square;
      if (rest > 1) square = *square * *square;
      if (!result || !square) return std::nullopt;
    }
    return result;
  }
  return apply<bid128_pow>(base, exponent);
}

std::optional<Number> Number::sqrt() const {
  return apply<bid128_sqrt>(*this);
}
std::optional<Number> Number::exp() const {
  return apply<bid128_exp>(*this);
}
std::optional<Number> Number::log() const {
  return apply<bid128_log>(*this);
}

std::optional<Number> Number::round(int to, Rounding how) const {
  if (to < -6111 || to > 6176) return std::nullopt;
  if (small()) {
    const int drop = static_cast<int>(scale()) - to;
    if (drop <= 0) return *this;
    if (drop <= 18) {
      const Wide rounded = divide(coefficient(), kPowers[static_cast<unsigned>(drop)], how);
      if (to >= 0) return scaled(static_cast<std::int64_t>(rounded), static_cast<unsigned>(to));
      return Number(static_cast<std::int64_t>(rounded)) *
             (-to <= 18 ? Number(kPowers[static_cast<unsigned>(-to)])
                        : *Decimal::power_of_ten(-to).number());
    }
  }
  Decimal d(*this);
  if (d.exponent() >= -to) return *this;
  const bool negative = d.negative();
  unsigned mode = kToNearestEven;
  switch (how) {
    case Rounding::up:
      mode = negative ? kToFloor : kToCeiling;
      break;
    case Rounding::down:
      mode = kToZero;
      break;
    case Rounding::half_up:
      mode = kToAway;
      break;
    case Rounding::half_even:
      mode = kToNearestEven;
      break;
    case Rounding::floor:
      mode = kToFloor;
      break;
    case Rounding::ceiling:
      mode = kToCeiling;
      break;
    case Rounding::half_down: {  // half a unit nearer to zero, then away from it
      Decimal half = Decimal::power_of_ten(-to - 1);
      half.bits.w[0] = 5;
      if (!negative) half.bits.w[1] |= std::uint64_t{1} << 63;
      unsigned flags = 0;
      d = Decimal(bid128_add(d.bits, half.bits, kToNearestEven, &flags));
      if (d.exponent() >= -to) return d.number();
      mode = negative ? kToFloor : kToCeiling;
      break;
    }
  }
  unsigned flags = 0;
  return Decimal(bid128_quantize(d.bits, Decimal::power_of_ten(-to).bits, mode, &flags)).number();
}

bool Number::is_whole() const {
  if (small()) return coefficient() % kPowers[scale()] == 0;
  return *round(0, Rounding::down) == *this;
}

std::optional<std::int64_t> Number::to_int() const {
  if (small()) {
    if (scale() == 0) return coefficient();
    if (coefficient() % kPowers[scale()] != 0) return std::nullopt;
    return coefficient() / kPowers[scale()];
  }
  return is_whole() ? to_scaled(0, Rounding::down) : std::nullopt;
}

std::optional<std::int64_t> Number::to_scaled(unsigned digits, Rounding how) const {
  if (digits > kMaxScale) return std::nullopt;
  const auto rounded = round(static_cast<int>(digits), how);
  if (!rounded) return std::nullopt;
  if (rounded->small()) {
    const Wide value = Wide{rounded->coefficient()} *
                       kPowers[digits >= rounded->scale() ? digits - rounded->scale() : 0];
    if (rounded->scale() > digits || !fits(value)) return std::nullopt;
    return static_cast<std::int64_t>(value);
  }
  const Decimal d(*rounded);
  const int shift = d.exponent() + static_cast<int>(digits);
  UnsignedWide c = d.coefficient();
  constexpr auto kLimit = static_cast<UnsignedWide>(std::numeric_limits<std::int64_t>::max());
  if (shift > 18 || (shift >= 0 && c > kLimit)) return std::nullopt;
  for (int i = 0; i < shift; ++i) c *= 10;
  for (int i = 0; i > shift; --i) c /= 10;  // only zeros: it was rounded
  if (c > kLimit) return std::nullopt;
  return d.negative() ? -static_cast<std::int64_t>(c) : static_cast<std::int64_t>(c);
}

double Number::to_double() const {
  unsigned flags = 0;
  return bid128_to_binary64(Decimal(*this).bits, kToNearestEven, &flags);
}

std::string Number::to_string() const {
  if (small() && scale() == 0) return std::to_string(coefficient());
  const Decimal d(*this);
  UnsignedWide c = d.coefficient();
  int exponent = d.exponent();
  if (c == 0) return "0";
  while (exponent < 0 && c % 10 == 0) {
    c /= 10;
    ++exponent;
  }
  std::string digits;
  for (; c != 0; c /= 10) digits.push_back(static_cast<char>('0' + static_cast<int>(c % 10)));
  if (exponent < 0) {
    const auto decimals = static_cast<std::size_t>(-exponent);
    if (digits.size() <= decimals) digits.append(decimals + 1 - digits.size(), '0');
    digits.insert(decimals, ".");
  }
  if (d.negative()) digits.push_back('-');
  std::reverse(digits.begin(), digits.end());
  if (exponent > 0) digits.append(static_cast<std::size_t>(exponent), '0');
  return digits;
}

bool operator==(const Number& a, const Number& b) {
  if (a.small() && b.small() && a.scale() == b.scale()) return a.coefficient() == b.coefficient();
  return (a <=> b) == 0;
}

std::strong_ordering operator<=>(const Number& a, const Number& b) {
  if (a.small() && b.small()) {
    if (a.scale() == b.scale()) return a.coefficient() <=> b.coefficient();
    const unsigned scale = std::max(a.scale(), b.scale());
    const Wide x = Wide{a.coefficient()} * kPowers[scale - a.scale()];
    const Wide y = Wide{b.coefficient()} * kPowers[scale - b.scale()];
    return x < y   ? std::strong_ordering::less
           : x > y ? std::strong_ordering::greater
                   : std::strong_ordering::equal;
  }
  unsigned flags = 0;
  const BID_UINT128 x = Decimal(a).bits, y = Decimal(b).bits;
  if (bid128_quiet_less(x, y, &flags)) return std::strong_ordering::less;
  return bid128_quiet_equal(x, y, &flags) ? std::strong_ordering::equal
                                          : std::strong_ordering::greater;
}

}  // namespace guichet::feel
