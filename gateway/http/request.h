#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/container/small_vector.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "guichet/v1/envelope.pb.h"

namespace guichet::identity {
struct Certificate;
}

namespace guichet::http {

enum class Method { get, head, post, put, options, remove, patch, other };

/// A request whose framing was checked. The views lead into the connection's buffer, and hold until
/// the response is written.
struct Request {
  struct Field {
    std::string_view name;
    std::string_view value;
  };

  Method method = Method::other;
  std::string_view target;
  boost::container::small_vector<Field, 24> fields;
  std::string_view body;
  boost::asio::ip::address peer;                       // who connected
  const identity::Certificate* certificate = nullptr;  // that they showed; null: none

  /// The value of a header field, by name in any case; empty where it is not there.
  std::string_view field(std::string_view name) const;
  /// Values of a list field sent several times, joined by ", ".
  std::string list_field(std::string_view name) const;
};

/// A body that is written piece by piece, as it comes. Used on the connection's thread.
class BodyStream {
 public:
  virtual ~BodyStream() = default;
  /// The next piece; empty at the end. Called again only when the piece before is on its way to
  /// the reader: what comes meanwhile has to wait, or give way to what is newer.
  virtual boost::asio::awaitable<std::string> next() = 0;
};

/// Of whom a response tells, or whose affairs it changed: ids, for the audit.
struct About {
  std::vector<std::string> applications = {};
  std::vector<std::string> clients = {};
  std::vector<std::string> runs = {};
  bool is_noted = false;  // though it names none of them
  bool is_empty() const {
    return !is_noted && applications.empty() && clients.empty() && runs.empty();
  }
};

struct Response {
  unsigned status = 200;
  std::string body;
  std::string_view content_type = "application/json";  // a literal
  /// Names are literals; values are made here, never taken over from a request.
  boost::container::small_vector<std::pair<std::string_view, std::string>, 8> headers;
  /// In place of `body`, where it is not null; the connection is closed after it.
  std::shared_ptr<BodyStream> stream;
  bool close = false;
  About about = {};

  /// Adds a field to Vary.
  void vary(std::string_view name);
  void set(std::string_view name, std::string value) {
    headers.emplace_back(name, std::move(value));
  }
};

/// Same letters, upper or lower case (ASCII).
bool same_name(std::string_view a, std::string_view b);
/// Without spaces and tabs at its ends.
std::string_view trimmed(std::string_view text);

}  // namespace guichet::http
