#pragma once

#include <string>

#include "gateway/http/json_out.h"
#include "gateway/http/problem.h"
#include "guichet/v1/payments.pb.h"
#include "payments/terms.h"

namespace guichet::http {

/// Payments that a case shows, the last ones.
inline constexpr int kShownPayments = 12;

/// What was paid of an application and what failed (payments in which it has a part, newest first),
/// what is coming, and what was paid too much.
void write_account(JsonOut& out, const v1::ClientAccount& account,
                   const std::string& application_id, const payments::TermsOf& terms_of,
                   std::int32_t today, Language language);

}  // namespace guichet::http
