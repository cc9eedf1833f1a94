#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <variant>

#include "gateway/http/problem.h"

// The check between header and body. Beast 1.81 lets many ambiguous requests through, and whoever
// stands before us (a proxy, a firewall) may read them in another way: so every request that two
// readers could take apart differently is refused, and its connection closed.

namespace guichet::http {

/// What a checked header says about the rest of the request.
struct Framing {
  std::size_t body_bytes = 0;
  bool expects_continue = false;
  bool close = false;
};

struct FramingRefusal {
  ProblemKind problem = ProblemKind::bad_request;
  /// Which rule it breaks, in both languages; literals.
  std::string_view en;
  std::string_view fr;
};

/// Checks a raw header, from the first byte of the request line to the empty line that ends it
/// (RFC 9112, as strictly as it can be read). Pure.
///
///   any Transfer-Encoding                                    411
///   more than one Content-Length, or not 1 to 9 digits       400
///   not exactly one Host, or a Host that is none             400
///   not HTTP/1.1, a target that does not start with '/'      400
///   folded lines, bare CR or LF, anything but printed ASCII  400
///   a name that is no token, or a space before the colon     400
///   a field that must stand once standing twice              400
///   CONNECT, Upgrade, a body on a method that has none       400
///   Content_Length, which some read as Content-Length        400
///   Expect other than 100-continue                           417
///   more fields than `most_fields`                           431
std::variant<Framing, FramingRefusal> check_framing(std::string_view header,
                                                    std::size_t most_fields);

/// The value of a field in a raw header that may be refused; empty where it is not there.
std::string_view raw_field(std::string_view header, std::string_view name);

}  // namespace guichet::http
