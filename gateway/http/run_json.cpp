#include "gateway/http/run_json.h"

#include <string>

#include "adapters/bank/reason_codes.h"
#include "payments/run_sum.h"
#include "schemas/values/dates.h"
#include "schemas/values/money.h"

namespace guichet::http {
namespace {

std::string dollars(std::int64_t cents) {
  return Money::of_cents(cents).to_string();
}

std::string_view to_string(v1::PaymentChange change) {
  switch (change) {
    case v1::FIRST_PAYMENT:
      return "first_payment";
    case v1::OTHER_DETERMINATION:
      return "other_determination";
    case v1::ARREARS:
      return "arrears";
    case v1::OVERPAYMENT_RECOVERED:
      return "overpayment_recovered";
    case v1::OTHER_ACCOUNT:
      return "other_account";
    case v1::SENT_AGAIN:
      return "sent_again";
    default:
      return "unchanged";
  }
}

std::string_view to_string(v1::LeftOut why) {
  switch (why) {
    case v1::NO_ACCOUNT:
      return "no_account";
    case v1::STOPPED:
      return "stopped";
    case v1::IN_ANOTHER_RUN:
      return "in_another_run";
    case v1::BELOW_MINIMUM:
      return "below_minimum";
    case v1::HELD:
      return "held";
    case v1::CHANGED_SINCE:
      return "changed_since_preview";
    case v1::PAID_BY_PROGRAM:
      return "paid_by_program";
    default:
      return "not_for_a_bank";
  }
}

std::string_view to_string(v1::PaymentStatus status) {
  switch (status) {
    case v1::FROZEN:
      return "listed";
    case v1::SETTLED:
      return "settled";
    case v1::REJECTED:
      return "rejected";
    default:
      return "instructed";
  }
}

void write_changes(JsonOut& out, const google::protobuf::RepeatedField<int>& changes) {
  out.key("changes").begin_array();
  for (const int change : changes) out.text(to_string(static_cast<v1::PaymentChange>(change)));
  out.end_array();
}

void write_listed(JsonOut& out, std::string_view name,
                  const google::protobuf::RepeatedPtrField<v1::ListedPayment>& listed) {
  out.key(name).begin_array();
  for (const v1::ListedPayment& payment : listed) {
    out.begin_object().field("id", payment.payment_id()).field("client", payment.client_id());
    out.field("amount", dollars(payment.amount_cents()));
    write_changes(out, payment.changes());
    out.end_object();
  }
  out.end_array();
}

void write_tally(JsonOut& out, std::string_view name, const v1::PartitionTally& tally) {
  out.key(name).begin_object();
  out.key("payments").number(tally.payments());
  out.field("amount", dollars(tally.amount_cents()));
  out.key("totals").begin_array();
  for (const v1::PartTotal& total : tally.totals()) {
    out.begin_object().field("program", total.program()).field("government", total.government());
    out.key("payments").number(total.parts());
    out.field("amount", dollars(total.amount_cents())).end_object();
  }
  out.end_array();
  out.key("changes").begin_array();
  for (const v1::ChangeTotal& total : tally.changes()) {
    out.begin_object().field("change", to_string(total.change()));
    out.key("payments").number(total.payments());
    out.field("amount", dollars(total.amount_cents())).end_object();
  }
  out.end_array();
  out.key("left_out").begin_array();
  for (const v1::LeftOutTotal& total : tally.left_out()) {
    out.begin_object().field("reason", to_string(total.why()));
    out.key("payments").number(total.payments());
    out.field("amount", dollars(total.amount_cents())).end_object();
  }
  out.end_array();
  write_listed(out, "largest", tally.largest());
  out.key("new_account_payments").number(tally.new_account_payments());
  write_listed(out, "new_accounts", tally.new_accounts());
  out.end_object();
}

void write_act(JsonOut& out, const std::string& act, const v1::Actor& actor, std::int64_t at_us) {
  out.field(act + "_by", actor.subject());
  out.field(act + "_at", guichet::to_string(from_micros(at_us)));
}

void write_reason(JsonOut& out, const std::string& code, Language language) {
  if (code.empty()) return;
  out.field("bank_reason", code);
  if (const auto text = bank::reason_text(code))
    out.field("bank_reason_text", language == Language::fr ? text->fr : text->en);
  if (bank::needs_new_account(code)) out.key("needs_new_account").boolean(true);
}

void write_members(JsonOut& out, const v1::Payment& payment, Language language) {
  out.field("id", payment.id()).field("run", payment.run_id());
  out.field("date", guichet::to_string(from_days(payment.date())));
  out.field("status", to_string(payment.status()));
  out.field("payee", payment.payee()).field("client", payment.payee_client_id());
  out.field("amount", dollars(payment.amount_cents()));
  if (payment.status() == v1::REJECTED) write_reason(out, payment.bank_reason(), language);
  out.key("parts").begin_array();
  for (const v1::PaymentPart& part : payment.parts()) {
    out.begin_object().field("program", part.program()).field("government", part.government());
    out.field("beneficiary", part.beneficiary());
    out.field("amount", dollars(part.amount_cents()));
    out.field("arrears", dollars(part.arrears_cents()));
    out.field("recovered", dollars(part.recovered_cents()));
    out.field("overpaid", dollars(part.overpaid_cents()));
    out.field("determination", part.determination_id());
    out.field("program_version", part.program_version()).end_object();
  }
  out.end_array();
  write_changes(out, payment.changes());
}

}  // namespace

void write_files(JsonOut& out, const v1::RunState& run) {
  out.key("files").begin_array();
  for (const v1::RunFile& file : run.files()) {
    out.begin_object();
    out.key("number").number(file.order().number());
    out.key("payments").number(file.order().payments());
    out.field("amount", dollars(file.order().amount_cents()));
    if (file.has_written()) {
      out.field("name", file.written().name()).field("sha256", file.written().sha256());
      out.key("bytes").number(file.written().bytes());
    }
    if (file.has_answered()) {
      out.key("accepted").number(file.answered().accepted());
      out.key("rejected").number(file.answered().rejected());
      out.field("rejected_amount", dollars(file.answered().rejected_cents()));
    }
    out.end_object();
  }
  out.end_array();
}

void write_run(JsonOut& out, const v1::RunState& run) {
  out.begin_object();
  out.field("id", run.run_id());
  out.field("date", guichet::to_string(from_days(run.date())));
  out.field("state", payments::to_string(run.status()));
  write_act(out, "prepared", run.prepared_by(), run.prepared_at_us());
  if (!run.hash().empty()) out.field("hash", run.hash());
  write_tally(out, "preview", payments::preview(run));
  if (run.has_released_by()) {
    write_act(out, "released", run.released_by(), run.released_at_us());
    write_tally(out, "outcome", payments::outcome(run));
  }
  if (run.has_cancelled_by())
    write_act(out, "cancelled", run.cancelled_by(), run.cancelled_at_us());
  write_files(out, run);
  const std::string self = "/v1/payment-runs/" + run.run_id();
  out.key("links").begin_object().field("self", self);
  out.end_object();
  out.end_object();
}

void write_payment(JsonOut& out, const v1::Payment& payment, Language language) {
  out.begin_object();
  write_members(out, payment, language);
  out.end_object();
}

void write_rejected(JsonOut& out, const v1::Payment& payment, const v1::Payment* carried_by,
                    Language language) {
  out.begin_object();
  write_members(out, payment, language);
  out.field("rejected_at", guichet::to_string(from_micros(payment.at_us())));
  out.key("became").begin_object();
  out.field("state", carried_by == nullptr ? "owed" : to_string(carried_by->status()));
  if (carried_by != nullptr)
    out.field("run", carried_by->run_id()).field("payment", carried_by->id());
  out.end_object();
  out.end_object();
}

}  // namespace guichet::http
