#include "gateway/http/cors.h"

#include <algorithm>

namespace guichet::http {
namespace {

constexpr const char* kHeaders =
    "Accept-Language, Authorization, Content-Type, Guichet-Actor, Guichet-After, Idempotency-Key, "
    "If-Match, "
    "If-None-Match, Last-Event-ID, Prefer, traceparent";
constexpr const char* kExposed =
    "Content-Language, ETag, Guichet-Position, Location, Preference-Applied, RateLimit, "
    "RateLimit-Policy, Retry-After";
constexpr const char* kPreflightSeconds = "600";

}  // namespace

const std::string* Cors::find(std::string_view origin) const {
  const auto at = std::find(origins_.begin(), origins_.end(), origin);
  return at == origins_.end() ? nullptr : &*at;
}

void Cors::complete(Response& response, const Request& request, std::string_view methods) const {
  if (origins_.empty()) return;
  response.vary("Origin");
  const std::string* origin = find(request.field("Origin"));
  if (origin == nullptr) return;
  response.set("Access-Control-Allow-Origin", *origin);
  if (request.method == Method::options &&
      !request.field("Access-Control-Request-Method").empty()) {
    response.set("Access-Control-Allow-Methods", std::string(methods));
    response.set("Access-Control-Allow-Headers", kHeaders);
    response.set("Access-Control-Max-Age", kPreflightSeconds);
  } else {
    response.set("Access-Control-Expose-Headers", kExposed);
  }
}

}  // namespace guichet::http
