#include "adapters/bank/message_text.h"

#include <algorithm>

namespace guichet::bank {
namespace {

bool all_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<std::int64_t> number(std::string_view digits, std::size_t most) {
  if (digits.empty() || !all_digits(digits)) return {};
  digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
  if (digits.size() > most) return {};
  std::int64_t value = 0;
  for (const char digit : digits) value = value * 10 + (digit - '0');
  return value;
}

}  // namespace

std::optional<Money> parse_amount(std::string_view text) {
  const std::size_t point = text.find('.');
  const auto dollars = number(text.substr(0, point), 12);
  if (!dollars) return {};
  std::int64_t cents = 0;
  if (point != std::string_view::npos) {
    std::string_view decimals = text.substr(point + 1);
    if (decimals.empty() || !all_digits(decimals)) return {};
    while (!decimals.empty() && decimals.back() == '0') decimals.remove_suffix(1);
    if (decimals.size() > 2) return {};
    if (!decimals.empty()) cents = (decimals[0] - '0') * 10;
    if (decimals.size() == 2) cents += decimals[1] - '0';
  }
  return Money::of_cents(*dollars * 100 + cents);
}

std::optional<std::uint64_t> parse_count(std::string_view text) {
  const auto value = text.size() <= 15 ? number(text, 15) : std::nullopt;
  if (!value) return {};
  return static_cast<std::uint64_t>(*value);
}

std::optional<Day> parse_date(std::string_view text) {
  if (text.size() > 10 && text[10] != 'T' && text[10] != 'Z' && text[10] != '+' && text[10] != '-')
    return {};
  const auto day = parse_day(text.substr(0, 10));
  if (!day) return {};
  return *day;
}

bool add(Money& sum, Money amount) {
  std::int64_t cents = 0;
  if (__builtin_add_overflow(sum.cents(), amount.cents(), &cents)) return false;
  sum = Money::of_cents(cents);
  return true;
}

}  // namespace guichet::bank
