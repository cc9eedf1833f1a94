#pragma once

#include <boost/json/fwd.hpp>
#include <iosfwd>
#include <string>

#include "gateway/cli/words.h"

namespace guichet::cli {

/// A case as a clerk reads it to the client: each program, who pays it, how much and how often,
/// why; then what comes on which day, with its parts. `value` is the server's JSON.
void print_case(std::ostream& out, const boost::json::value& value, const Words& words,
                std::size_t width);

/// What a screening comes to, in the same tables.
void print_screening(std::ostream& out, const boost::json::value& value, const Words& words,
                     std::size_t width);

/// Whether programs are still to answer.
bool is_undecided(const boost::json::value& value);

/// A page of cases as a table.
void print_cases(std::ostream& out, const boost::json::value& page, const Words& words,
                 std::size_t width);

}  // namespace guichet::cli
