#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "schemas/values/result.h"

namespace guichet::cli {

/// What a process does of the whole. On Kafka any number of processes may have each role; on the
/// embedded log one process has them all.
struct Roles {
  bool gateway = true;
  bool cases = true;
  bool payments = true;
  /// Patterns of ids of programs, such as ca-*, that the process adapts; empty: none.
  std::vector<std::string> adapters = {"*"};

  bool adapts(const std::string& program) const;
  bool are_all() const;
};

/// "gateway,cases,payments,adapters:ca-*,adapters:nb-*"; `adapters` alone is adapters:*. The
/// failure says what is wrong.
Result<Roles> parse_roles(std::string_view text);

}  // namespace guichet::cli
