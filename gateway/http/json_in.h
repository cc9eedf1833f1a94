#pragma once

#include <boost/json/value.hpp>
#include <string_view>
#include <variant>
#include <vector>

#include "gateway/http/problem.h"

namespace guichet::http {

inline constexpr std::size_t kMaxJsonDepth = 32;
inline constexpr std::size_t kMaxJsonNodes = 10'000;
/// More bad fields than this are not listed one by one.
inline constexpr std::size_t kMaxFieldErrors = 100;

/// A JSON text that could be read. `errors` names what is wrong in single places: a name that
/// stands twice in an object, U+0000 or a control of text direction in a string, a number out of
/// range.
struct JsonDocument {
  boost::json::value value;
  std::vector<FieldError> errors;
};

/// Reads one JSON document in UTF-8. The failure says what it is and at which byte.
std::variant<JsonDocument, Words> read_json(std::string_view text);

/// A step of a pointer for a name that a caller made up: names that look like names are shown, any
/// other (it could be a person's number) is not.
bool is_showable_name(std::string_view name);

}  // namespace guichet::http
