#include "adapters/answer.h"

#include <algorithm>
#include <set>

#include "adapters/request.h"
#include "schemas/topics.h"

namespace guichet::adapters {
namespace {

// The largest amount that interface allows: twelve digits of dollars.
constexpr std::int64_t kMaxCents = 99'999'999'999'999;
// Days of 1800-01-01 and 2199-12-31, as schemas/values/dates.h reads them.
constexpr std::int32_t kFirstDay = -62'091;
constexpr std::int32_t kLastDay = 84'005;

bool is_printable(const std::string& text) {
  return std::none_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\n') || byte == 0x7F;
  });
}

bool is_text(const std::string& text, std::size_t most) {
  return text.size() <= most && is_printable(text);
}

/// Why a line cannot be used; empty where it can.
std::string fault_of_entitlements(const v1::DeterminationLine& line) {
  if (line.entitlements_size() > kMaxEntitlementsPerLine) return "too many entitlements";
  std::int64_t sum = 0;
  std::int32_t after = kFirstDay - 1;
  for (const v1::Entitlement& part : line.entitlements()) {
    if (part.amount_cents() < 0 || part.amount_cents() > kMaxCents)
      return "an entitlement's amount is out of range";
    if (part.from() <= after) return "periods overlap or are not in order";
    if (part.to() < part.from() || part.to() > kLastDay) return "a period ends before it begins";
    if (part.due() < kFirstDay || part.due() > kLastDay) return "a due date is out of range";
    after = part.to();
    sum += part.amount_cents();
  }
  if (sum != line.annual_amount_cents())
    return "the entitlements do not add up to the annual amount";
  return {};
}

std::string fault_of_reasons(const v1::DeterminationLine& line) {
  if (line.reasons_size() > kMaxReasonsPerLine) return "too many reasons";
  for (const v1::Reason& reason : line.reasons()) {
    if (reason.text().en().empty() || reason.text().fr().empty())
      return "a reason's text is not there in both languages";
    if (!is_text(reason.text().en(), kMaxTextBytes) ||
        !is_text(reason.text().fr(), kMaxTextBytes) || !is_text(reason.rule(), kMaxTextBytes) ||
        !is_text(reason.citation(), kMaxTextBytes))
      return "a reason is too long or has control characters in it";
  }
  if (line.missing_fields_size() > kMaxMissingFieldsPerLine) return "too many missing fields";
  for (const std::string& field : line.missing_fields())
    if (!is_text(field, kMaxIdBytes)) return "a missing field is no name of a field";
  return {};
}

std::string fault_of_line(const v1::DeterminationLine& line) {
  if (std::string fault = fault_of_reasons(line); !fault.empty()) return fault;
  switch (line.status()) {
    case v1::ELIGIBLE:
      if (line.annual_amount_cents() <= 0 || line.annual_amount_cents() > kMaxCents)
        return "eligible without an amount above zero, or with one out of range";
      return fault_of_entitlements(line);
    case v1::INELIGIBLE:
    case v1::NEEDS_INFORMATION:
    case v1::REFERRED:
    case v1::FAILED:
      if (line.annual_amount_cents() != 0 || line.entitlements_size() != 0)
        return "an amount or entitlements on a line that is not eligible";
      // A referral may come before anyone can say why.
      if (line.reasons_size() == 0 && line.status() != v1::REFERRED)
        return "no reason; a person who is told no is told why";
      return {};
    default:
      return "its status is not one of ELIGIBLE, INELIGIBLE, NEEDS_INFORMATION, REFERRED";
  }
}

Result<void> check_ids(const v1::Determination& determination) {
  const auto request = RequestId::parse(determination.request_id());
  if (!request) return request.error();
  if (request->application != determination.application_id() ||
      request->submission != determination.submission() ||
      request->program != determination.program())
    return Failure{"application_id, submission or program is not that of the request"};
  const std::string prefix = answer_id(determination.request_id());
  const std::string& id = determination.id();
  if (id != prefix && !(id.starts_with(prefix + "/") && id.size() > prefix.size() + 1))
    return Failure{"the id is not <request>/answer or <request>/answer/<own id>"};
  if (!is_text(id, kMaxIdBytes) || !is_text(determination.supersedes(), kMaxIdBytes) ||
      !is_text(determination.program_version(), kMaxIdBytes) ||
      !is_text(determination.dead_letter_id(), kMaxIdBytes))
    return Failure{"an id is too long or has control characters in it"};
  return {};
}

}  // namespace

Result<void> check_determination(const v1::Determination& determination) {
  if (determination.ByteSizeLong() > kMaxAnswerBytes)
    return Failure{"the answer is larger than " + std::to_string(kMaxAnswerBytes) + " bytes"};
  if (auto ids = check_ids(determination); !ids) return ids;
  if (determination.lines_size() == 0) return Failure{"there is no line"};
  if (determination.determined_at_us() < 0) return Failure{"determined_at_us is before 1970"};
  std::set<std::string> beneficiaries;
  for (int i = 0; i < determination.lines_size(); ++i) {
    const v1::DeterminationLine& line = determination.lines(i);
    const std::string where = "lines[" + std::to_string(i) + "]: ";
    const std::string& who = line.beneficiary();
    if (who != "household" && who != "applicant" && who != "spouse")
      return Failure{where + "its beneficiary is not household, applicant or spouse"};
    if (!beneficiaries.insert(who).second)
      return Failure{where + "a second line for a beneficiary"};
    if (std::string fault = fault_of_line(line); !fault.empty()) return Failure{where + fault};
  }
  if (beneficiaries.size() > 1 && beneficiaries.contains("household"))
    return Failure{"a line for the household beside one for an adult"};
  return {};
}

std::string answer_id(std::string_view request_id, std::string_view own) {
  std::string id = std::string(request_id) + "/answer";
  if (!own.empty()) id.append("/").append(own);
  return id;
}

eventlog::Output answer_record(const v1::Determination& determination) {
  return {.topic = std::string(topics::kCasesInbox),
          .key = determination.application_id(),
          .id = determination.id(),
          .kind = v1::KIND_DETERMINATION,
          .payload = determination.SerializeAsString()};
}

v1::DeterminationLine failed_line(std::string_view beneficiary) {
  v1::DeterminationLine line;
  line.set_beneficiary(std::string(beneficiary));
  line.set_status(v1::FAILED);
  v1::Reason& reason = *line.add_reasons();
  reason.mutable_text()->set_en(
      "We could not use this program's answer. We are looking into it; you do not need to do "
      "anything.");
  reason.mutable_text()->set_fr(
      "Nous n'avons pas pu utiliser la réponse de ce programme. Nous examinons la situation; vous "
      "n'avez rien à faire.");
  return line;
}

}  // namespace guichet::adapters
