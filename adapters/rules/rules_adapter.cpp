#include "adapters/rules/rules_adapter.h"

#include <exception>
#include <utility>

#include "adapters/answer.h"
#include "adapters/request.h"
#include "eventlog/dead_letter.h"

namespace guichet::adapters {
namespace {

constexpr const char* kPlace = "adapters/rules";

v1::Determination answer_to(const v1::DeterminationRequest& request) {
  v1::Determination answer;
  answer.set_id(answer_id(request.request_id()));
  answer.set_request_id(request.request_id());
  answer.set_application_id(request.application_id());
  answer.set_submission(request.submission());
  answer.set_program(request.program());
  answer.set_program_version(request.program_version());
  // The request's own time, for handling it again must make the same bytes.
  answer.set_determined_at_us(request.requested_at_us());
  return answer;
}

}  // namespace

Result<v1::Determination> determine_by_rules(const rules::Catalogue& catalogue,
                                             const v1::DeterminationRequest& request) {
  const auto program = catalogue.find(request.program(), request.program_version());
  if (!program) return Failure{"this version of the program is not in the catalogue"};
  v1::Determination answer = answer_to(request);
  try {
    const auto lines = program->determine(request.facts(), from_days(request.effective_date()));
    if (!lines) return lines.error();
    answer.mutable_lines()->Assign(lines->begin(), lines->end());
  } catch (const std::exception& error) {
    return Failure{std::string("the rules threw: ") + error.what()};
  }
  if (const auto usable = check_determination(answer); !usable)
    return Failure{"the rules made an answer that is not usable: " + usable.error().message};
  return answer;
}

RulesAdapter::RulesAdapter(std::shared_ptr<const rules::Catalogue> catalogue)
    : catalogue_(std::move(catalogue)) {}

std::vector<eventlog::Output> RulesAdapter::determine(const eventlog::Record& record) {
  const auto request = read_request(record);
  if (!request)
    return {eventlog::dead_letter(record, {.failure_class = "undecodable",
                                           .place = kPlace,
                                           .text = request.error().message,
                                           .program = {}})};
  const auto answer = determine_by_rules(*catalogue_, *request);
  if (answer) return {answer_record(*answer)};
  v1::Determination failed = answer_to(*request);
  *failed.add_lines() = failed_line("household");
  failed.set_dead_letter_id(eventlog::dead_letter_id(record, kPlace));
  return {eventlog::dead_letter(record, {.failure_class = "rule_error",
                                         .place = kPlace,
                                         .text = answer.error().message,
                                         .program = request->program()}),
          answer_record(failed)};
}

std::vector<eventlog::Output> RulesAdapter::pay(const eventlog::Record& instruction) {
  return {eventlog::dead_letter(instruction, {.failure_class = "not_paid_here",
                                              .place = kPlace,
                                              .text = "our own rules determine, but pay nobody",
                                              .program = {}})};
}

}  // namespace guichet::adapters
