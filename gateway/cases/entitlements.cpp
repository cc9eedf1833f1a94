#include "gateway/cases/entitlements.h"

#include <algorithm>

#include "gateway/cases/consent.h"
#include "guichet/v1/entitlements.pb.h"
#include "schemas/topics.h"

namespace guichet::cases {
namespace {

const v1::Adult& spouse_of(const v1::Application& application) {
  for (const v1::Adult& adult : application.household().adults())
    if (adult.role() == "spouse") return adult;
  return v1::Adult::default_instance();
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
  if (line.beneficiary == "spouse") {
    const v1::Adult& spouse = spouse_of(application);
    owed.set_beneficiary_client_id(spouse.client_id());
    if (!spouse.client_id().empty() && spouse.has_payment())
      *owed.mutable_beneficiary_payment() = spouse.payment();
  }
  owed.set_determination_id(answer.id());
  *set.add_lines() = std::move(owed);
}

/// Whether the program decided, one way or the other.
bool has_say(const v1::ProgramCase& program) {
  if (program.status() != v1::PROGRAM_ANSWERED || program.answers_size() == 0) return false;
  const auto& lines = program.answers(program.answers_size() - 1).lines();
  return std::ranges::all_of(lines, [](const v1::DeterminationLine& line) {
    return line.status() == v1::ELIGIBLE || line.status() == v1::INELIGIBLE;
  });
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
  set.set_payee_name(application.client().given_name() + " " + application.client().family_name());
  for (const v1::ProgramCase& program : submission.programs())
    if (has_say(program)) set.add_programs(program.program());
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
