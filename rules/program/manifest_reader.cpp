#include <algorithm>
#include <array>

#include "rules/program/fields.h"
#include "rules/program/readers.h"

namespace guichet::rules {
namespace {

constexpr std::size_t kMaxIdLength = 40;
constexpr std::int64_t kMaxDeadlineSeconds = 30LL * 24 * 3600;
constexpr std::array<std::string_view, 13> kProvinces = {"AB", "BC", "MB", "NB", "NL", "NS", "NT",
                                                         "NU", "ON", "PE", "QC", "SK", "YT"};

bool is_province(std::string_view text) {
  return std::ranges::find(kProvinces, text) != kProvinces.end();
}

bool is_id(std::string_view text) {
  if (text.size() < 3 || text.size() > kMaxIdLength) return false;
  if (text.front() == '-' || text.back() == '-') return false;
  return std::ranges::all_of(
      text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

/// CA, NB, or a municipality of a province: NB-grand-manan.
bool is_government(std::string_view text) {
  const std::string_view order = text.substr(0, 2);
  if (order != "CA" && !is_province(order)) return false;
  if (text.size() == 2) return true;
  return order != "CA" && text[2] == '-' && is_id(text.substr(3));
}

std::string read_matching(const Node& node, bool (*matches)(std::string_view),
                          std::string_view what, Mistakes& mistakes) {
  const std::string text = read_text(node, mistakes);
  if (!text.empty() && !matches(text)) mistakes.add(node.place, what);
  return text;
}

std::vector<std::string> read_provinces(const Node& node, Mistakes& mistakes) {
  constexpr std::string_view kWhat = "must be all, or a list of provinces such as [NB, ON]";
  if (node.kind == Node::Kind::text && node.text == "all") return {};
  if (node.kind != Node::Kind::list) {
    if (!node.place.empty()) mistakes.add(node.place, kWhat);
    return {};
  }
  std::vector<std::string> provinces;
  for (const Node& item : node.items)
    provinces.push_back(
        read_matching(item, is_province, "not a province or territory, such as NB", mistakes));
  if (provinces.empty()) mistakes.add(node.place, kWhat);
  return provinces;
}

std::vector<std::string> read_needs(const Node& node, Mistakes& mistakes) {
  std::vector<std::string> needs = read_texts(node, mistakes);
  for (std::size_t i = 0; i < needs.size(); ++i) {
    if (needs[i].empty() || find_field(needs[i])) continue;
    std::string allowed;
    for (const Field& field : fields())
      allowed += (allowed.empty() ? "" : ", ") + std::string(field.name);
    mistakes.add(node.items[i].place, "no such field of an application; allowed: " + allowed);
  }
  return needs;
}

/// "10s", "2m", "3d"
std::chrono::milliseconds read_deadline(const Node& node, Mistakes& mistakes) {
  const std::string& text = node.text;
  std::int64_t number = 0;
  std::size_t at = 0;
  while (at < text.size() && at < 7 && text[at] >= '0' && text[at] <= '9')
    number = number * 10 + (text[at++] - '0');
  const std::string unit = text.substr(at);
  std::int64_t seconds = 0;
  if (unit == "s") seconds = number;
  if (unit == "m") seconds = number * 60;
  if (unit == "h") seconds = number * 3600;
  if (unit == "d") seconds = number * 24 * 3600;
  if (node.kind != Node::Kind::text || seconds < 1 || seconds > kMaxDeadlineSeconds) {
    mistakes.add(node.place, "must be a time from 1s to 30d, such as 10s, 5m, 2h or 3d");
    return std::chrono::seconds{10};
  }
  return std::chrono::seconds{seconds};
}

PaymentCalendar read_payments(const Node& node, unsigned first_month, Mistakes& mistakes) {
  PaymentCalendar calendar;
  Section section(node, mistakes);
  const Node& months = section.required("months", "the months of payment, such as [7, 10, 1, 4]");
  std::int64_t last = -1;
  for (const Node& item : read_list(months, mistakes)) {
    const auto month = static_cast<unsigned>(read_integer(item, 1, 12, mistakes));
    const std::int64_t place = (month + 12 - first_month) % 12;
    if (place <= last)
      mistakes.add(item.place,
                   "out of order; write each month once, in the order of the benefit year");
    last = place;
    calendar.months.push_back(month);
  }
  if (calendar.months.empty() && months.kind == Node::Kind::list)
    mistakes.add(months.place, "must hold at least one month");

  const Node* day = section.optional("day");
  const Node* business_day = section.optional("business_day_from_end");
  if ((day != nullptr) == (business_day != nullptr))
    mistakes.add(node.place,
                 "must say day (of the month) or business_day_from_end, one of the two");
  if (day) calendar.number = static_cast<unsigned>(read_integer(*day, 1, 31, mistakes));
  if (business_day) {
    calendar.rule = PaymentCalendar::Rule::last_business_days;
    calendar.number = static_cast<unsigned>(read_integer(*business_day, 1, 15, mistakes));
  }
  if (const Node* published = section.optional("published")) {
    std::vector<std::chrono::year_month> seen;
    for (const Node& item : read_list(*published, mistakes)) {
      const Day date = read_day(item, mistakes);
      const std::chrono::year_month_day ymd{date};
      const auto month = ymd.year() / ymd.month();
      if (std::ranges::find(calendar.months, static_cast<unsigned>(ymd.month())) ==
          calendar.months.end())
        mistakes.add(item.place, "not in one of the months of payment");
      if (std::ranges::find(seen, month) != seen.end())
        mistakes.add(item.place, "a second day in one month; write one");
      seen.push_back(month);
      calendar.published.push_back(date);
    }
  }
  return calendar;
}

Money read_amount(const Node& node, Mistakes& mistakes) {
  const std::string text = read_text(node, mistakes);
  const auto money = Money::parse(text);
  if (money && *money >= Money()) return *money;
  if (!text.empty())
    mistakes.add(node.place, "must be dollars and cents, not negative, such as 20.00");
  return {};
}

/// none, or {share: 50, leaves: 25.00}
Manifest::Recovery read_recovery(const Node& node, Mistakes& mistakes) {
  Manifest::Recovery recovery;
  if (node.kind == Node::Kind::text && node.text == "none") {
    recovery.percent = 0;
    return recovery;
  }
  Section section(node, mistakes);
  recovery.percent = static_cast<unsigned>(read_integer(
      section.required("share", "how many percent of each payment, 1 to 100; or write none"), 1,
      100, mistakes));
  if (const Node* leaves = section.optional("leaves"))
    recovery.leaves = read_amount(*leaves, mistakes);
  return recovery;
}

}  // namespace

Manifest read_manifest(const Node& node, Mistakes& mistakes) {
  Manifest manifest;
  Section section(node, mistakes);
  manifest.id = read_matching(section.required("id", "the program's id, such as ca-ccb"), is_id,
                              "must be 3 to 40 of a-z, 0-9 and -, such as ca-ccb", mistakes);
  manifest.name = read_local_text(section.required("name", "{en: …, fr: …}"), mistakes);
  manifest.government =
      read_matching(section.required("government", "who answers for it, such as CA or NB"),
                    is_government, "must be CA, a province, or such as NB-grand-manan", mistakes);
  manifest.administered_by =
      read_local_text(section.required("administered_by", "{en: …, fr: …}"), mistakes);
  manifest.offered_in =
      read_provinces(section.required("offered_in", "all, or a list of provinces"), mistakes);
  manifest.per = static_cast<Manifest::Per>(
      read_choice(section.required("per", "household or adult"), {"household", "adult"}, mistakes));
  manifest.needs = read_needs(section.required("needs", "the fields it needs"), mistakes);
  if (const Node* deadline = section.optional("deadline"))
    manifest.deadline = read_deadline(*deadline, mistakes);
  manifest.benefit_year_first_month = static_cast<unsigned>(
      read_integer(section.required("benefit_year", "its first month, 1 to 12"), 1, 12, mistakes));
  manifest.payments = read_payments(section.required("payments", "months and a day"),
                                    manifest.benefit_year_first_month, mistakes);
  manifest.paid_by = static_cast<Manifest::PaidBy>(read_choice(
      section.required("paid_by", "guichet or program"), {"guichet", "program"}, mistakes));
  manifest.answered_by = static_cast<Manifest::AnsweredBy>(
      read_choice(section.required("answered_by", "rules, partner, http or file"),
                  {"rules", "partner", "http", "file"}, mistakes));
  if (const Node* recovery = section.optional("recovery"))
    manifest.recovery = read_recovery(*recovery, mistakes);
  if (const Node* minimum = section.optional("minimum_payment"))
    manifest.minimum_payment = read_amount(*minimum, mistakes);
  manifest.sources =
      read_texts(section.required("sources", "where its rules are published"), mistakes);
  if (const Node* day = section.optional("figures_checked_on"))
    manifest.figures_checked_on = read_day(*day, mistakes);
  return manifest;
}

std::vector<Day> read_holidays(const Node& node, Mistakes& mistakes) {
  std::vector<Day> days;
  Section section(node, mistakes);
  for (const Node& item : read_list(section.required("holidays", "a list of dates"), mistakes))
    days.push_back(read_day(item, mistakes));
  section.optional("source");
  return days;
}

}  // namespace guichet::rules
