#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "gateway/cli/http_client.h"

namespace guichet::end_to_end {

/// The households of tests/data/reference-households.jsonl.
inline constexpr std::size_t kReferenceHouseholds = 400;

/// The lines of the file: id, as_of, household, expected_annual.
std::vector<boost::json::value> reference_households();

/// The application of a line's household on a day, for these programs. Everybody has a birthday on
/// that very day; `n` makes the SIN.
boost::json::object reference_application(const boost::json::value& household,
                                          const std::string& as_of,
                                          const std::vector<std::string>& programs,
                                          std::uint64_t n);

/// Applies for the first `households` of them over several connections, each made by `connect`, and
/// expects every figure that the reference has for the programs that come with Guichet. How many
/// figures were compared.
int expect_reference_figures(const std::function<cli::HttpClient()>& connect,
                             std::size_t households);

}  // namespace guichet::end_to_end
