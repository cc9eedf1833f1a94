#pragma once

#include <boost/json/fwd.hpp>
#include <iosfwd>

#include "gateway/cli/words.h"

namespace guichet::cli {

/// The catalogue as a table. `value` is the server's JSON.
void print_programs(std::ostream& out, const boost::json::value& value, const Words& words,
                    std::size_t width);

/// One program, with its figures in force.
void print_program(std::ostream& out, const boost::json::value& value, const Words& words,
                   std::size_t width);

}  // namespace guichet::cli
