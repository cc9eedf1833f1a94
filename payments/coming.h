#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "guichet/v1/payments.pb.h"
#include "payments/due.h"
#include "payments/terms.h"

namespace guichet::payments {

/// What every line of an account is owed on a date. Pure, as is all of this.
std::vector<DuePart> due_parts(const v1::ClientAccount& account, const TermsOf& terms_of,
                               std::int32_t date);

/// The next payment as it would be if nothing changed. Days from 1970-01-01.
struct Coming {
  std::int32_t date = 0;
  std::int64_t amount_cents = 0;
  std::vector<v1::PaymentPart> parts;
};
/// What is owed today, or else on the first day after it on which anything is. What programs pay
/// themselves, and what waits for their minimum, is not in it. Nothing where nothing is to come.
std::optional<Coming> coming(const v1::ClientAccount& account, const TermsOf& terms_of,
                             std::int32_t today);

/// More than was owed by now, in whole cents, of one line: what later payments pay back.
struct Overpaid {
  v1::AccountLine line;
  std::int64_t cents = 0;
};
std::vector<Overpaid> overpaid(const v1::ClientAccount& account, std::int32_t today);

}  // namespace guichet::payments
