#pragma once

#include <cstddef>
#include <functional>

#include "gateway/cli/http_client.h"

namespace guichet::end_to_end {

/// The households of tests/data/reference-households.jsonl.
inline constexpr std::size_t kReferenceHouseholds = 400;

/// Applies for the first `households` of them over several connections, each made by `connect`, and
/// expects every figure that the reference has for the programs that come with Guichet. How many
/// figures were compared.
int expect_reference_figures(const std::function<cli::HttpClient()>& connect,
                             std::size_t households);

}  // namespace guichet::end_to_end
