#include "rules/program/schedule.h"

#include <algorithm>

#include "schemas/values/invariant.h"

namespace guichet::rules {
namespace {

using std::chrono::days;
using std::chrono::month;
using std::chrono::sys_days;
using std::chrono::year;
using std::chrono::year_month;
using std::chrono::year_month_day;

constexpr days kOneDay{1};

year_month month_of(Day day) {
  const year_month_day ymd{day};
  return ymd.year() / ymd.month();
}

Day first_of(year_month ym) {
  return sys_days{ym / std::chrono::day{1}};
}
Day last_of(year_month ym) {
  return sys_days{ym / std::chrono::last};
}

/// The year and month of payment month `m` in the benefit year that begins with `first`.
year_month in_benefit_year(year_month first, unsigned m) {
  const unsigned start = static_cast<unsigned>(first.month());
  return first + std::chrono::months{(m + 12 - start) % 12};
}

Day business_day_on_or_before(const Holidays& holidays, Day day) {
  while (!holidays.is_business_day(day)) day -= kOneDay;
  return day;
}

Day due_day(const PaymentCalendar& calendar, const Holidays& holidays, year_month ym) {
  const Day first = first_of(ym);
  const Day last = last_of(ym);
  for (Day day : calendar.published)
    if (first <= day && day <= last) return day;
  if (calendar.rule == PaymentCalendar::Rule::day_of_month) {
    const Day named = first + days{calendar.number - 1};
    return business_day_on_or_before(holidays, std::min(named, last));
  }
  Day day = business_day_on_or_before(holidays, last);
  for (unsigned i = 1; i < calendar.number; ++i)
    day = business_day_on_or_before(holidays, day - kOneDay);
  return day;
}

}  // namespace

Holidays::Holidays(std::vector<Day> days) : days_(std::move(days)) {
  std::ranges::sort(days_);
}

bool Holidays::is_business_day(Day day) const {
  const std::chrono::weekday weekday{day};
  if (weekday == std::chrono::Saturday || weekday == std::chrono::Sunday) return false;
  return !std::ranges::binary_search(days_, day);
}

BenefitYear benefit_year(const Manifest& manifest, Day day) {
  const year_month here = month_of(day);
  const month first{manifest.benefit_year_first_month};
  const year starts = here.month() < first ? here.year() - std::chrono::years{1} : here.year();
  const year_month from = starts / first;
  return {first_of(from), last_of(from + std::chrono::months{11})};
}

std::vector<v1::Entitlement> schedule(const Manifest& manifest, const Holidays& holidays,
                                      Money annual, Day effective) {
  GUICHET_INVARIANT(annual >= Money{});
  std::vector<v1::Entitlement> entitlements;
  if (annual == Money{}) return entitlements;

  const BenefitYear in = benefit_year(manifest, effective);
  const std::vector<unsigned>& months = manifest.payments.months;
  const auto n = static_cast<std::int64_t>(months.size());
  GUICHET_INVARIANT(n > 0);
  entitlements.reserve(months.size());
  // floor(A·k/n), without a product that could overflow
  const auto paid_after = [whole = annual.cents() / n, rest = annual.cents() % n,
                           n](std::int64_t k) { return whole * k + rest * k / n; };
  for (std::int64_t k = 1; k <= n; ++k) {
    const auto at = static_cast<std::size_t>(k - 1);
    const year_month paid_in = in_benefit_year(month_of(in.from), months[at]);
    const Day to =
        k == n ? in.to : first_of(in_benefit_year(month_of(in.from), months[at + 1])) - kOneDay;
    v1::Entitlement& entitlement = entitlements.emplace_back();
    entitlement.set_from(to_days(k == 1 ? in.from : first_of(paid_in)));
    entitlement.set_to(to_days(to));
    entitlement.set_due(to_days(due_day(manifest.payments, holidays, paid_in)));
    entitlement.set_amount_cents(paid_after(k) - paid_after(k - 1));
  }
  return entitlements;
}

}  // namespace guichet::rules
