#include "schemas/values/money.h"

#include <array>
#include <charconv>

#include "schemas/values/invariant.h"

namespace guichet {
namespace {

constexpr std::size_t kMaxWholeDigits = 12;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::uint64_t magnitude(std::int64_t cents) {
  return cents < 0 ? 0 - static_cast<std::uint64_t>(cents) : static_cast<std::uint64_t>(cents);
}

std::string two_digits(std::uint64_t n) {
  return {static_cast<char>('0' + n / 10), static_cast<char>('0' + n % 10)};
}

}  // namespace

Result<Money> Money::parse(std::string_view text) {
  const Failure bad{"not an amount; write dollars and cents, such as \"21800.00\""};
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  std::size_t at = 0;
  std::int64_t cents = 0;
  while (at < text.size() && is_digit(text[at])) {
    if (at == kMaxWholeDigits) return bad;
    cents = cents * 10 + (text[at++] - '0');
  }
  if (at == 0) return bad;
  cents *= 100;
  if (at < text.size()) {
    if (text[at++] != '.') return bad;
    const std::string_view decimals = text.substr(at);
    if (decimals.empty() || decimals.size() > 2) return bad;
    for (char c : decimals)
      if (!is_digit(c)) return bad;
    cents += (decimals[0] - '0') * 10;
    if (decimals.size() == 2) cents += decimals[1] - '0';
  }
  return Money(negative ? -cents : cents);
}

std::string Money::to_string() const {
  const std::uint64_t n = magnitude(cents_);
  return (cents_ < 0 ? "-" : "") + std::to_string(n / 100) + "." + two_digits(n % 100);
}

std::string Money::for_people(std::string_view language) const {
  constexpr std::string_view kNoBreakSpace = "\xC2\xA0";
  const bool french = language == "fr";
  const std::uint64_t n = magnitude(cents_);
  std::array<char, 20> whole;
  const char* const end = std::to_chars(whole.data(), whole.data() + whole.size(), n / 100).ptr;
  std::string text;
  if (cents_ < 0) text += '-';
  if (!french) text += '$';
  for (const char* at = whole.data(); at != end; ++at) {
    if (at != whole.data() && (end - at) % 3 == 0) text += french ? kNoBreakSpace : ",";
    text += *at;
  }
  text += french ? ',' : '.';
  text += static_cast<char>('0' + n % 100 / 10);
  text += static_cast<char>('0' + n % 10);
  if (french) text.append(kNoBreakSpace) += '$';
  return text;
}

Money operator+(Money a, Money b) {
  std::int64_t sum = 0;
  GUICHET_INVARIANT(!__builtin_add_overflow(a.cents_, b.cents_, &sum));
  return Money(sum);
}

Money operator-(Money a, Money b) {
  std::int64_t difference = 0;
  GUICHET_INVARIANT(!__builtin_sub_overflow(a.cents_, b.cents_, &difference));
  return Money(difference);
}

}  // namespace guichet
