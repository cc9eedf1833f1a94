#include "gateway/http/case_json.h"

#include "gateway/cases/merge.h"
#include "gateway/cases/texts.h"

namespace guichet::http {
namespace {

using guichet::to_string;

std::string amount(std::int64_t cents) {
  return Money::of_cents(cents).to_string();
}
std::string instant(std::int64_t us) {
  return to_string(from_micros(us));
}
std::string path_of(const std::string& id) {
  return "/v1/applications/" + id;
}

const std::string& in(const v1::Text& text, Language language) {
  return language == Language::fr ? text.fr() : text.en();
}

void write_reason(JsonOut& out, const v1::Reason& reason, Language language) {
  out.begin_object().field("text", in(reason.text(), language));
  if (!reason.rule().empty()) out.field("rule", reason.rule());
  if (!reason.citation().empty()) out.field("citation", reason.citation());
  out.end_object();
}

void write_reasons(JsonOut& out, const cases::CaseLine& line, const v1::Reason& unavailable,
                   Language language) {
  out.key("reasons").begin_array();
  if (line.line != nullptr)
    for (const v1::Reason& reason : line.line->reasons()) write_reason(out, reason, language);
  else if (line.status == "unavailable")
    write_reason(out, unavailable, language);
  out.end_array();
}

void write_answer(JsonOut& out, const cases::CaseLine& line) {
  if (line.program->answers_size() == 0) return;
  const v1::Determination& answer = *line.program->answers().rbegin();
  if (line.line != nullptr && line.line->missing_fields_size() > 0) {
    out.key("missing_fields").begin_array();
    for (const std::string& field : line.line->missing_fields()) out.text(field);
    out.end_array();
  }
  if (!answer.dead_letter_id().empty()) out.field("dead_letter", answer.dead_letter_id());
  if (answer.determined_at_us() != 0)
    out.field("determined_at", instant(answer.determined_at_us()));
}

void write_line(JsonOut& out, const cases::CaseLine& line, const v1::Reason& unavailable,
                Language language) {
  const v1::ProgramCase& program = *line.program;
  out.begin_object();
  out.field("program", program.program());
  if (!program.program_version().empty()) out.field("version", program.program_version());
  out.field("name", in(program.name(), language));
  out.field("government", program.government());
  out.field("status", line.status);
  if (line.status == "eligible" || line.status == "ineligible")
    out.field("annual_amount", amount(line.line->annual_amount_cents()));
  out.key("payments_per_year").number(program.payments_per_year());
  out.field("beneficiary", line.beneficiary);
  write_reasons(out, line, unavailable, language);
  write_answer(out, line);
  out.end_object();
}

void write_payment(JsonOut& out, const cases::CombinedPayment& payment) {
  out.begin_object();
  out.field("date", to_string(payment.date)).field("amount", payment.amount.to_string());
  out.key("parts").begin_array();
  for (const cases::PaymentPart& part : payment.parts) {
    out.begin_object().field("program", part.program).field("government", part.government);
    if (part.beneficiary != "household") out.field("beneficiary", part.beneficiary);
    out.field("amount", part.amount.to_string()).end_object();
  }
  out.end_array().end_object();
}

void write_merged(JsonOut& out, const cases::MergedCase& merged, const v1::Reason& unavailable,
                  Language language) {
  out.key("programs").begin_array();
  for (const cases::CaseLine& line : merged.lines) write_line(out, line, unavailable, language);
  out.end_array();
  out.field("annual_total", merged.annual_total.to_string());
  out.key("payments").begin_array();
  for (const cases::CombinedPayment& payment : merged.payments) write_payment(out, payment);
  out.end_array();
}

void write_links(JsonOut& out, const std::string& id) {
  const std::string self = path_of(id);
  out.key("links").begin_object().field("self", self);
  out.field("events", self + "/events").field("history", self + "/history").end_object();
}

}  // namespace

std::string status_of_case(const v1::CaseState& state, bool held) {
  return held ? "held" : cases::to_string(state.current().status());
}

Language language_of(const v1::CaseState& state) {
  return state.current().application().language() == "fr" ? Language::fr : Language::en;
}

void write_case(JsonOut& out, const v1::CaseState& state, bool held, Language language,
                const std::function<void()>& write_account) {
  const v1::Submission& current = state.current();
  out.begin_object();
  out.field("id", state.application_id()).field("number", state.number());
  if (!state.client_id().empty()) out.field("client", state.client_id());
  out.key("submission").number(current.number());
  out.key("revision").number(current.revision());
  out.field("status", status_of_case(state, held));
  out.field("received_at", instant(state.received_at_us()));
  out.field("effective_date", to_string(from_days(current.application().effective_date())));
  write_merged(out, cases::merge(current), cases::unavailable_reason(), language);
  if (write_account) {
    out.key("account");
    write_account();
  }
  write_links(out, state.application_id());
  out.end_object();
}

void write_screening(JsonOut& out, const v1::Submission& screened, Language language) {
  out.begin_object();
  write_merged(out, cases::merge(screened), cases::not_screened_reason(), language);
  out.end_object();
}

std::string received_json(const std::string& id, const std::string& number,
                          const std::string& client) {
  JsonOut out;
  out.begin_object().field("id", id).field("number", number);
  if (!client.empty()) out.field("client", client);
  out.field("status", "received");
  write_links(out, id);
  out.end_object();
  return std::move(out).take();
}

}  // namespace guichet::http
