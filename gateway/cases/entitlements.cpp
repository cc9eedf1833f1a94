#include "gateway/cases/entitlements.h"

#include "gateway/cases/consent.h"
#include "guichet/v1/entitlements.pb.h"
#include "schemas/topics.h"

namespace guichet::cases {
namespace {

const std::string& client_id_of_spouse(const v1::Application& application) {
  static const std::string kNone;
  for (const v1::Adult& adult : application.household().adults())
    if (adult.role() == "spouse") return adult.client_id();
  return kNone;
}

void add_line(const v1::Application& application, const CaseLine& line, v1::EntitlementSet& set) {
  const v1::ProgramCase& program = *line.program;
  if (!has_consent(application, program.program(), kPayment)) return;
  const v1::Determination& answer = program.answers(program.answers_size() - 1);
  v1::EntitlementLine owed;
  for (const v1::Entitlement& part : line.line->entitlements())
    if (part.due() >= application.effective_date()) *owed.add_entitlements() = part;
  if (owed.entitlements_size() == 0) return;
  owed.set_program(program.program());
  owed.set_program_version(answer.program_version().empty() ? program.program_version()
                                                            : answer.program_version());
  owed.set_government(program.government());
  owed.set_beneficiary(line.beneficiary);
  if (line.beneficiary == "spouse")
    owed.set_beneficiary_client_id(client_id_of_spouse(application));
  owed.set_determination_id(answer.id());
  *set.add_lines() = std::move(owed);
}

void send(Change& change, v1::EntitlementSet set) {
  v1::CaseState& state = change.edit();
  state.set_entitlement_set(state.entitlement_set() + 1);
  set.set_application_id(state.application_id());
  set.set_submission(state.current().number());
  set.set_number(state.entitlement_set());
  set.set_as_of_us(change.now_us());
  change.send({.topic = std::string(topics::kPaymentsInbox),
               .key = set.client_id(),
               .id = state.application_id() + "/entitlements/" + std::to_string(set.number()),
               .kind = v1::KIND_ENTITLEMENT_SET,
               .payload = set.SerializeAsString()});
}

}  // namespace

void send_entitlements(Change& change) {
  const v1::Submission& submission = change.state().current();
  const v1::Application& application = submission.application();
  if (application.client().client_id().empty()) return;
  v1::EntitlementSet set;
  set.set_client_id(application.client().client_id());
  set.set_effective_date(application.effective_date());
  *set.mutable_payment() = application.payment();
  for (const CaseLine& line : merge(submission).lines)
    if (line.line != nullptr && line.line->status() == v1::ELIGIBLE)
      add_line(application, line, set);
  send(change, std::move(set));
}

void end_entitlements(Change& change, const std::string& client_id) {
  v1::EntitlementSet set;
  set.set_client_id(client_id);
  set.set_effective_date(change.state().current().application().effective_date());
  send(change, std::move(set));
}

}  // namespace guichet::cases
