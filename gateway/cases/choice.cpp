#include "gateway/cases/choice.h"

#include <chrono>
#include <set>
#include <string>

#include "adapters/request.h"
#include "gateway/cases/consent.h"
#include "gateway/cases/facts.h"
#include "gateway/cases/texts.h"
#include "schemas/topics.h"

namespace guichet::cases {
namespace {

using rules::Manifest;

std::set<std::string> chosen(const rules::Catalogue& catalogue,
                             const v1::Application& application) {
  if (application.programs_size() > 0)
    return {application.programs().begin(), application.programs().end()};
  std::set<std::string> offered;
  for (const auto& program : catalogue.all())
    if (program->manifest().offered_where(application.residence().province()))
      offered.insert(program->manifest().id);
  return offered;
}

void describe(const Manifest& manifest, const v1::Application& application,
              v1::ProgramCase& program) {
  program.set_program_version(manifest.version);
  program.mutable_name()->set_en(manifest.name.en);
  program.mutable_name()->set_fr(manifest.name.fr);
  program.set_government(manifest.government);
  program.set_payments_per_year(manifest.payments_per_year());
  if (manifest.per == Manifest::Per::household) {
    program.add_beneficiaries("household");
    return;
  }
  for (const char* role : {"applicant", "spouse"})
    for (const v1::Adult& adult : application.household().adults())
      if (adult.role() == role) program.add_beneficiaries(role);
}

/// A name that no program has. The gateway refuses it; it gets here only where programs were taken
/// away between the two.
void describe_unknown(v1::ProgramCase& program) {
  program.mutable_name()->set_en(program.program());
  program.mutable_name()->set_fr(program.program());
  program.add_beneficiaries("household");
}

template <class MakeLine>
void answer_without_asking(const v1::Submission& submission, v1::ProgramCase& program,
                           MakeLine make_line) {
  program.set_status(v1::PROGRAM_ANSWERED);
  v1::Determination answer;
  answer.set_program(program.program());
  answer.set_program_version(program.program_version());
  answer.set_submission(submission.number());
  answer.set_determined_at_us(submission.received_at_us());
  for (const std::string& beneficiary : program.beneficiaries())
    *answer.add_lines() = make_line(beneficiary);
  *program.add_answers() = std::move(answer);
}

eventlog::Output ask(const Manifest& manifest, const std::string& application_id,
                     const v1::Submission& submission, v1::ProgramCase& program) {
  using std::chrono::microseconds;
  program.set_status(v1::PROGRAM_PENDING);
  program.set_deadline_us(submission.received_at_us() +
                          std::chrono::duration_cast<microseconds>(manifest.deadline).count());
  program.set_request_id(
      adapters::RequestId{application_id, submission.number(), manifest.id}.to_string());

  v1::DeterminationRequest request;
  request.set_request_id(program.request_id());
  request.set_application_id(application_id);
  request.set_submission(submission.number());
  request.set_program(manifest.id);
  request.set_program_version(manifest.version);
  request.set_effective_date(submission.application().effective_date());
  request.set_requested_at_us(submission.received_at_us());
  request.set_deadline_us(program.deadline_us());
  *request.mutable_facts() = facts_for(manifest.needs, submission.application());
  return {.topic = topics::requests(manifest.id),
          .key = application_id,
          .id = program.request_id(),
          .kind = v1::KIND_DETERMINATION_REQUEST,
          .payload = request.SerializeAsString()};
}

}  // namespace

std::size_t count_programs(const rules::Catalogue& catalogue, const v1::Application& application) {
  return chosen(catalogue, application).size();
}

std::vector<eventlog::Output> ask_programs(const rules::Catalogue& catalogue,
                                           const std::string& application_id,
                                           v1::Submission& submission) {
  const v1::Application& application = submission.application();
  std::vector<eventlog::Output> requests;
  for (const std::string& id : chosen(catalogue, application)) {
    v1::ProgramCase& program = *submission.add_programs();
    program.set_program(id);
    const auto known = catalogue.find(id);
    if (known) describe(known->manifest(), application, program);
    if (!known) describe_unknown(program);
    if (!known || !known->manifest().offered_where(application.residence().province())) {
      answer_without_asking(submission, program, not_offered_line);
    } else if (!has_consent(application, id, kEligibility)) {
      answer_without_asking(submission, program, [&](const std::string& beneficiary) {
        return no_consent_line(program, beneficiary);
      });
    } else {
      requests.push_back(ask(known->manifest(), application_id, submission, program));
    }
  }
  return requests;
}

}  // namespace guichet::cases
