#pragma once

#include <cstddef>
#include <cstdint>

namespace guichet::feel {

/// What one evaluation may use before it ends with a failure that names the limit. Rules come from
/// people; no model and no input may stop a server.
struct Limits {
  std::uint64_t steps = 5'000'000;        // parts of expressions evaluated, elements visited
  std::uint32_t depth = 2'000;            // parts, functions and decisions within one another
  std::uint32_t list_size = 200'000;      // elements of one list
  std::uint32_t string_size = 1'000'000;  // bytes of one string
  std::int32_t regex_steps = 2'000;       // of one match: ICU's units, about a millisecond each
};

// What compiling accepts.
inline constexpr std::size_t kMaxExpressionSize = 200'000;  // bytes of one expression's text
inline constexpr unsigned kMaxNesting = 200;                // brackets, ifs, … in one another
inline constexpr unsigned kMaxExpressionDepth = 1'000;      // operators in a row count too
inline constexpr std::size_t kMaxNumberLiteral = 1'000;     // characters

}  // namespace guichet::feel
