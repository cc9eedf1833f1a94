#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/http/problem.h"
#include "schemas/values/dates.h"

namespace guichet::http {

/// The path and parameters of a target, decoded.
struct Query {
  std::vector<std::pair<std::string, std::string>> parameters;

  /// The value of a parameter; none where it is absent or empty.
  std::optional<std::string> value(std::string_view name) const;
  /// Notes parameters that are not among these, those that stand twice, and those without a value.
  void refuse_others(std::span<const std::string_view> known,
                     std::vector<FieldError>& errors) const;
};

struct Target {
  std::string path;
  Query query;
};

/// Takes a target apart (RFC 3986); none where its percent signs or characters are not right.
std::optional<Target> parse_target(std::string_view target);

/// A day (its beginning in UTC) or an instant in RFC 3339, in UTC.
struct Moment {
  Instant instant;
  bool whole_day = false;
};
std::optional<Moment> parse_moment(std::string_view text);

}  // namespace guichet::http
