#include "gateway/cases/merge.h"

#include <algorithm>
#include <map>

namespace guichet::cases {
namespace {

std::string to_string(v1::DeterminationStatus status) {
  switch (status) {
    case v1::ELIGIBLE:
      return "eligible";
    case v1::INELIGIBLE:
      return "ineligible";
    case v1::NEEDS_INFORMATION:
      return "needs_information";
    case v1::REFERRED:
      return "referred";
    default:
      return "failed";
  }
}

// Alphabetical order is the order wanted: applicant, household, spouse.
bool comes_first(const CaseLine& a, const CaseLine& b) {
  if (a.program->program() != b.program->program())
    return a.program->program() < b.program->program();
  return a.beneficiary < b.beneficiary;
}

void add_lines(const v1::ProgramCase& program, std::vector<CaseLine>& lines) {
  if (program.status() == v1::PROGRAM_ANSWERED && program.answers_size() > 0) {
    const v1::Determination& answer = program.answers(program.answers_size() - 1);
    for (const v1::DeterminationLine& line : answer.lines())
      lines.push_back({&program, &line, to_string(line.status()), line.beneficiary()});
    return;
  }
  const char* status = program.status() == v1::PROGRAM_UNAVAILABLE ? "unavailable" : "pending";
  for (const std::string& beneficiary : program.beneficiaries())
    lines.push_back({&program, nullptr, status, beneficiary});
}

bool pays(const CaseLine& line) {
  return line.line != nullptr && line.line->status() == v1::ELIGIBLE;
}

/// A line's entitlements come one after the other, so that those of one day are one part.
void add_part(CombinedPayment& payment, const CaseLine& line, Money amount) {
  const std::string& program = line.program->program();
  if (!payment.parts.empty()) {
    PaymentPart& last = payment.parts.back();
    if (last.program == program && last.beneficiary == line.beneficiary) {
      last.amount += amount;
      return;
    }
  }
  payment.parts.push_back({program, line.program->government(), line.beneficiary, amount});
}

}  // namespace

MergedCase merge(const v1::Submission& submission) {
  MergedCase merged;
  for (const v1::ProgramCase& program : submission.programs()) add_lines(program, merged.lines);
  std::sort(merged.lines.begin(), merged.lines.end(), comes_first);

  std::map<Day, CombinedPayment> by_date;
  for (const CaseLine& line : merged.lines) {
    if (!pays(line)) continue;
    merged.annual_total += Money::of_cents(line.line->annual_amount_cents());
    for (const v1::Entitlement& part : line.line->entitlements()) {
      if (part.due() < submission.application().effective_date() || part.amount_cents() == 0)
        continue;
      const Day due = from_days(part.due());
      const Money amount = Money::of_cents(part.amount_cents());
      CombinedPayment& payment = by_date[due];
      payment.date = due;
      payment.amount += amount;
      add_part(payment, line, amount);
    }
  }
  for (auto& [date, payment] : by_date) merged.payments.push_back(std::move(payment));
  return merged;
}

std::string to_string(v1::CaseStatus status) {
  switch (status) {
    case v1::CASE_RECEIVED:
      return "received";
    case v1::CASE_COMPLETE:
      return "complete";
    case v1::CASE_PARTIAL:
      return "partial";
    case v1::CASE_HELD:
      return "held";
    case v1::CASE_WITHDRAWN:
      return "withdrawn";
    case v1::CASE_SUPERSEDED:
      return "superseded";
    default:
      return "determining";
  }
}

}  // namespace guichet::cases
