#pragma once

#include <vector>

#include "gateway/http/problem.h"
#include "gateway/http/query.h"
#include "gateway/views/views.h"

namespace guichet::http {

inline constexpr unsigned kMaxPage = 200;

/// What the parameters of GET /v1/applications ask for, and all that is wrong with them.
struct ListQuestion {
  views::CaseFilter filter;
  std::vector<FieldError> errors;
};

ListQuestion read_list_question(const Query& query);

}  // namespace guichet::http
