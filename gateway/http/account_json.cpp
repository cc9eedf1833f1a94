#include "gateway/http/account_json.h"

#include <algorithm>

#include "gateway/http/run_json.h"
#include "payments/again.h"
#include "payments/coming.h"
#include "schemas/values/dates.h"
#include "schemas/values/money.h"

namespace guichet::http {
namespace {

std::string dollars(std::int64_t cents) {
  return Money::of_cents(cents).to_string();
}

/// A determination's id begins with its application's (schemas/ids.md).
bool is_of(const v1::Payment& payment, const std::string& application_id) {
  return std::ranges::any_of(payment.parts(), [&](const v1::PaymentPart& part) {
    return part.determination_id().starts_with(application_id + "/");
  });
}

void write_coming(JsonOut& out, const payments::Coming& next) {
  out.key("next").begin_object();
  out.field("date", guichet::to_string(from_days(next.date)))
      .field("amount", dollars(next.amount_cents));
  out.key("parts").begin_array();
  for (const v1::PaymentPart& part : next.parts) {
    out.begin_object().field("program", part.program()).field("government", part.government());
    out.field("beneficiary", part.beneficiary()).field("amount", dollars(part.amount_cents()));
    out.field("arrears", dollars(part.arrears_cents()));
    out.field("recovered", dollars(part.recovered_cents())).end_object();
  }
  out.end_array().end_object();
}

}  // namespace

void write_account(JsonOut& out, const v1::ClientAccount& account,
                   const std::string& application_id, const payments::TermsOf& terms_of,
                   std::int32_t today, Language language) {
  const auto write = [&](const char* name, auto write_one, bool rejected) {
    out.key(name).begin_array();
    int shown = 0;
    for (int i = account.payments_size() - 1; i >= 0 && shown < kShownPayments; --i) {
      const v1::Payment& payment = account.payments(i);
      if (payment.status() == v1::FROZEN || (payment.status() == v1::REJECTED) != rejected ||
          !is_of(payment, application_id))
        continue;
      write_one(payment);
      ++shown;
    }
    out.end_array();
  };
  out.begin_object();
  write(
      "paid", [&](const v1::Payment& payment) { write_payment(out, payment, language); }, false);
  write(
      "failed",
      [&](const v1::Payment& payment) {
        write_rejected(out, payment, payments::carried_by(account, payment), language);
      },
      true);
  if (const auto next = payments::coming(account, terms_of, today)) write_coming(out, *next);
  out.key("overpaid").begin_array();
  for (const payments::Overpaid& line : payments::overpaid(account, today)) {
    out.begin_object().field("program", line.line.program());
    out.field("government", line.line.government()).field("beneficiary", line.line.beneficiary());
    out.field("amount", dollars(line.cents)).end_object();
  }
  out.end_array();
  out.end_object();
}

}  // namespace guichet::http
