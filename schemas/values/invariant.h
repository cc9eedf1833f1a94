#pragma once

#include <cstdio>
#include <cstdlib>

namespace guichet {

[[noreturn]] inline void invariant_broken(const char* what, const char* file, int line) {
  std::fprintf(stderr, "guichet: broken invariant: %s (%s:%d); stopping before harm is done\n",
               what, file, line);
  std::abort();
}

}  // namespace guichet

/// Ends the process where the condition does not hold; in every build. Never for input.
#define GUICHET_INVARIANT(condition) \
  ((condition) ? void(0) : ::guichet::invariant_broken(#condition, __FILE__, __LINE__))
