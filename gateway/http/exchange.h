#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gateway/http/header_fields.h"
#include "gateway/http/problem.h"
#include "gateway/http/query.h"
#include "gateway/http/rate_limit.h"
#include "gateway/http/request.h"
#include "gateway/http/routes.h"
#include "gateway/identity/access.h"
#include "gateway/identity/principal.h"

namespace guichet::http {

using identity::Call;

/// A routed request, and what its header fields say of the caller. Lives until it is answered.
struct Exchange {
  const Request& request;
  Route route = Route::none;
  std::string id;      // decoded, of {id}
  std::string number;  // of {number}
  Query query;
  v1::Actor actor;                   // what records say of the caller
  identity::Principal caller;        // what the caller may do follows from this
  std::optional<Language> language;  // of Accept-Language, where it names one of ours
  std::string traceparent;
  std::optional<RateLimit::Allowance> allowance;  // of a caller who has one

  Language error_language() const { return language.value_or(Language::en); }
  Response problem(const Problem& problem) const {
    return to_response(problem, error_language(), trace_of(traceparent));
  }
  Response problem(ProblemKind kind) const { return problem(Problem{kind, std::nullopt, {}}); }
};

}  // namespace guichet::http
