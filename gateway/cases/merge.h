#pragma once

#include <string>
#include <vector>

#include "guichet/v1/case.pb.h"
#include "schemas/values/dates.h"
#include "schemas/values/money.h"

namespace guichet::cases {

/// One line of a case as people see it: a program, or a program for one adult.
struct CaseLine {
  const v1::ProgramCase* program = nullptr;
  const v1::DeterminationLine* line = nullptr;  // null while pending, or unavailable
  std::string status;                           // pending, eligible, …, unavailable, failed
  std::string beneficiary;                      // household, applicant, spouse
};

struct PaymentPart {
  std::string program;
  std::string government;
  std::string beneficiary;
  Money amount;
};

/// What comes on one day, from every program.
struct CombinedPayment {
  Day date;
  Money amount;
  std::vector<PaymentPart> parts;  // ordered by program, then beneficiary
};

/// Everything a submission's determinations come to.
struct MergedCase {
  std::vector<CaseLine> lines;            // ordered by program, then applicant before spouse
  Money annual_total;                     // of eligible lines
  std::vector<CombinedPayment> payments;  // due from the effective date on, ordered by date
};

/// Merges a submission's last answers. The result points into the submission. Pure; the one merge
/// that the processor, the API and the views use.
MergedCase merge(const v1::Submission& submission);

/// received, determining, complete, partial, held, withdrawn, superseded
std::string to_string(v1::CaseStatus status);

}  // namespace guichet::cases
