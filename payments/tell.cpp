#include "payments/tell.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "guichet/v1/events.pb.h"
#include "schemas/cloudevents/cloud_event.h"
#include "schemas/topics.h"
#include "schemas/values/dates.h"
#include "schemas/values/money.h"

namespace guichet::payments {
namespace {

struct Told {
  std::string_view type;
  const char* status;
  std::uint32_t sequence;  // 1..n within the payment, without a gap
};

Told told_of(v1::PaymentStatus now, v1::PaymentStatus before) {
  if (now == v1::INSTRUCTED) return {cloudevents::kInstructed, "instructed", 1};
  const std::uint32_t next = before == v1::SETTLED ? 3 : 2;
  if (now == v1::SETTLED) return {cloudevents::kSettled, "settled", next};
  return {cloudevents::kRejected, "rejected", next};
}

/// The application and submission with which a determination's id begins (schemas/ids.md).
std::pair<std::string_view, std::uint32_t> submission_of(std::string_view determination_id) {
  const std::size_t end = determination_id.find('/');
  if (end == std::string_view::npos) return {};
  const std::string_view rest = determination_id.substr(end + 1);
  std::uint32_t submission = 0;
  std::from_chars(rest.data(), rest.data() + rest.size(), submission);
  return {determination_id.substr(0, end), submission};
}

}  // namespace

void tell(AccountChange& change, const v1::Payment& payment, v1::PaymentStatus before) {
  const Told told = told_of(payment.status(), before);
  std::map<std::string_view, v1::CaseEvent> events;  // by application
  for (const v1::PaymentPart& part : payment.parts()) {
    const auto [application, submission] = submission_of(part.determination_id());
    if (application.empty() || submission == 0) continue;
    v1::CaseEvent& event = events[application];
    event.set_submission(std::max(event.submission(), submission));
    v1::EventProgram& program = *event.add_programs();
    program.set_program(part.program());
    program.set_program_version(part.program_version());
    program.set_government(part.government());
    program.set_beneficiary(part.beneficiary());
    program.set_status(told.status);
    program.set_amount(Money::of_cents(part.amount_cents()).to_string());
  }
  for (auto& [application, event] : events) {
    event.set_type(std::string(told.type));
    event.set_sequence(told.sequence);
    event.set_application_id(std::string(application));
    event.set_payment(payment.end_to_end_id());
    event.set_payment_date(to_string(from_days(payment.date())));
    change.send({.topic = std::string(topics::kEvents),
                 .key = event.application_id(),
                 .id = event.application_id() + "/payments/" + event.payment() + "/e" +
                       std::to_string(told.sequence),
                 .kind = v1::KIND_CASE_EVENT,
                 .payload = event.SerializeAsString()});
  }
}

}  // namespace guichet::payments
