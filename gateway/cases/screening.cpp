#include "gateway/cases/screening.h"

#include "adapters/answer.h"
#include "adapters/rules/rules_adapter.h"
#include "gateway/cases/choice.h"
#include "gateway/cases/consent.h"

namespace guichet::cases {
namespace {

// Stands where the client's id does: programs that pay ask who it is, and answer no other for it.
constexpr const char* kNobody = "screening";

v1::Application anybodys(const v1::Application& application) {
  v1::Application anybody = application;
  anybody.mutable_client()->set_client_id(kNobody);
  anybody.clear_consents();
  v1::Consent& all = *anybody.add_consents();
  all.set_program("*");
  all.add_purposes(std::string(kEligibility));
  return anybody;
}

bool is_answered_here(const rules::Catalogue& catalogue, const std::string& id) {
  const auto program = catalogue.find(id);
  return program && program->manifest().answered_by == rules::Manifest::AnsweredBy::rules;
}

v1::Determination failed(const v1::ProgramCase& program) {
  v1::Determination answer;
  for (const std::string& beneficiary : program.beneficiaries())
    *answer.add_lines() = adapters::failed_line(beneficiary);
  return answer;
}

void settle(const rules::Catalogue& catalogue, const eventlog::Output& output,
            v1::ProgramCase& program) {
  v1::DeterminationRequest request;
  if (!is_answered_here(catalogue, program.program()) || !request.ParseFromString(output.payload)) {
    program.set_status(v1::PROGRAM_UNAVAILABLE);
    return;
  }
  auto answer = adapters::determine_by_rules(catalogue, request);
  program.set_status(v1::PROGRAM_ANSWERED);
  *program.add_answers() = answer ? std::move(*answer) : failed(program);
}

}  // namespace

v1::Submission screen(const rules::Catalogue& catalogue, const v1::Application& application,
                      Instant now) {
  v1::Submission submission;
  submission.set_number(1);
  submission.set_received_at_us(to_micros(now));
  *submission.mutable_application() = anybodys(application);
  const auto requests = ask_programs(catalogue, kNobody, submission);
  auto request = requests.begin();  // in the order of the programs that are asked
  for (v1::ProgramCase& program : *submission.mutable_programs())
    if (program.status() == v1::PROGRAM_PENDING) settle(catalogue, *request++, program);
  return submission;
}

}  // namespace guichet::cases
