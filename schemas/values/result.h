#pragma once

#include <boost/system/result.hpp>
#include <stdexcept>
#include <string>

namespace guichet {

/// Why an expected failure happened, in English, for operators and developers. It names the thing
/// and what is allowed, and never repeats what a person typed about themself.
struct Failure {
  std::string message;
};

/// A value, or why there is none. For what is expected to fail (input, configuration, a file's
/// content); a broken disk or broker is an exception, a broken invariant ends the process.
template <class T, class E = Failure>
using Result = boost::system::result<T, E>;

[[noreturn]] inline void throw_exception_from_error(const Failure& failure,
                                                    const boost::source_location&) {
  throw std::runtime_error(failure.message);
}

}  // namespace guichet
