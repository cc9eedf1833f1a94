#include "payments/coming.h"

#include <algorithm>
#include <set>
#include <utility>

#include "payments/entitled.h"

namespace guichet::payments {
namespace {

const v1::AccountLine& line_of(const v1::ClientAccount& account, const Entitled& owed) {
  static const v1::AccountLine kNone;
  const auto line = std::ranges::find_if(account.lines(), [&](const v1::AccountLine& known) {
    return known.program() == owed.program && known.government() == owed.government &&
           known.beneficiary() == owed.beneficiary;
  });
  return line == account.lines().end() ? kNone : *line;
}

}  // namespace

std::vector<DuePart> due_parts(const v1::ClientAccount& account, const TermsOf& terms_of,
                               std::int32_t date) {
  std::vector<DuePart> parts;
  for (const Entitled& owed : entitled(account))
    parts.push_back(due_on(owed, line_of(account, owed), terms_of(owed.program), date));
  return parts;
}

std::optional<Coming> coming(const v1::ClientAccount& account, const TermsOf& terms_of,
                             std::int32_t today) {
  std::set<std::int32_t> days{today};
  for (const Entitled& owed : entitled(account))
    for (const Due& due : owed.dues)
      if (due.due > today) days.insert(due.due);
  for (const std::int32_t day : days) {
    Coming next;
    next.date = day;
    for (DuePart& due : due_parts(account, terms_of, day)) {
      if (due.part.amount_cents() == 0 || terms_of(due.part.program()).paid_by_program) continue;
      next.amount_cents += due.part.amount_cents();
      next.parts.push_back(std::move(due.part));
    }
    if (!next.parts.empty()) return next;
  }
  return std::nullopt;
}

std::vector<Overpaid> overpaid(const v1::ClientAccount& account, std::int32_t today) {
  std::vector<Overpaid> found;
  std::vector<Entitled> owed = entitled(account);
  for (const v1::AccountLine& line : account.lines()) {
    std::int64_t fallen = 0;
    for (const Entitled& one : owed)
      if (one.program == line.program() && one.government == line.government() &&
          one.beneficiary == line.beneficiary())
        for (const Due& due : one.dues)
          if (due.due <= today || (line.reached() && due.to <= line.reached_to()))
            fallen += due.cents;
    if (line.instructed_cents() > fallen) found.push_back({line, line.instructed_cents() - fallen});
  }
  return found;
}

}  // namespace guichet::payments
