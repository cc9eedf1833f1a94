#pragma once

#include <cstdio>
#include <cstdlib>

/// A property that a fuzz target holds its input against; ends the process where it does not hold,
/// and libFuzzer keeps the input.
#define FUZZ_CHECK(condition)                                                                  \
  ((condition) ? void(0)                                                                       \
               : (std::fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition), \
                  std::abort()))
