#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/http/request.h"

// Errors as people and programs get them: RFC 9457. One table has every kind; the last part of its
// `type` never changes.

namespace guichet::http {

enum class Language { en, fr };

inline std::string_view to_string(Language language) {
  return language == Language::fr ? "fr" : "en";
}

/// A text in both languages. It never repeats a value that a person typed.
struct Words {
  std::string en;
  std::string fr;

  const std::string& in(Language language) const { return language == Language::fr ? fr : en; }
};

enum class ProblemKind {
  bad_request,
  length_required,
  expectation_failed,
  header_too_large,
  body_too_large,
  unreadable_json,
  bad_fields,
  bad_parameters,
  bad_header,
  not_found,
  unknown_number,
  method_not_allowed,
  not_acceptable,
  unsupported_media_type,
  key_reused,
  precondition_required,
  submission_mismatch,
  withdrawn,
  number_not_unique,
  not_allowed,
  same_person,
  run_state,
  too_many_stops,
  too_many_requests,
  no_room,
  disk_full,
  no_verdict,
  position_not_reached,
  log_unavailable,
  not_audited,
  not_authenticated,
  token_refused,
  certificate_refused,
  identity_unavailable,
  fault,
};

/// One bad field: a JSON pointer into the body ("#/household/adults/1/net_income"), or the name of
/// a query parameter or a header.
struct FieldError {
  std::string place;
  Words detail;
};

struct Problem {
  ProblemKind kind = ProblemKind::fault;
  std::optional<Words> detail;  // in place of the table's
  std::vector<FieldError> errors;
};

/// The problem as a response: status, type, title and detail in a language, Retry-After with some
/// jitter where trying again helps. `trace` leads an operator to the log.
Response to_response(const Problem& problem, Language language, std::string_view trace);

/// A Retry-After of at least this, and up to three seconds more: callers who were refused together
/// do not all come back together.
std::string retry_after(std::chrono::seconds least);

/// "https://guichet.example/problems/bad-fields": the name by which programs know this kind.
std::string type_of(ProblemKind kind);
unsigned status_of(ProblemKind kind);

}  // namespace guichet::http
