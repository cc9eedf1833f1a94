#pragma once

#include "rules/feel/limits.h"

namespace guichet::feel {

/// Smaller than a server's, so that many inputs are tried in a second; the same code keeps them.
inline Limits fuzz_limits() {
  Limits limits;
  limits.steps = 50'000;
  limits.list_size = 5'000;
  limits.string_size = 50'000;
  limits.regex_steps = 50;
  return limits;
}

}  // namespace guichet::feel
