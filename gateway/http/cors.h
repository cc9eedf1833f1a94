#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/http/request.h"

namespace guichet::http {

/// Which pages of other sites may call from a browser (the Fetch standard's CORS protocol): those
/// of the origins that are named, and of none where none is. Cookies are no part of it, for there
/// are none here. Any thread.
class Cors {
 public:
  /// Such as "https://desk.example.ca"; compared letter by letter, as browsers write them.
  explicit Cors(std::vector<std::string> origins) : origins_(std::move(origins)) {}

  bool allows(std::string_view origin) const { return find(origin) != nullptr; }

  /// Adds what lets a browser hand the response on, or go on after a preflight.
  void complete(Response& response, const Request& request, std::string_view methods) const;

 private:
  const std::string* find(std::string_view origin) const;

  std::vector<std::string> origins_;
};

}  // namespace guichet::http
