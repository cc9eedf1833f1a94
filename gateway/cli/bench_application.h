#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace guichet::cli {

inline constexpr std::uint64_t kDistinctSins = 99'999'999;  // nine zeros are none

/// The n-th application of a bench: valid, another person (another SIN, with its check digit), a
/// household of varied size, income and province, at `desk` where one is named. The same n gives
/// the same bytes.
std::string bench_application(std::uint64_t n, const std::vector<std::string>& programs,
                              const std::string& desk = {});

/// Nine digits, not all zero, the last by Luhn; distinct for n < kDistinctSins.
std::string bench_sin(std::uint64_t n);

}  // namespace guichet::cli
