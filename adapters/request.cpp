#include "adapters/request.h"

#include <algorithm>
#include <charconv>

namespace guichet::adapters {
namespace {

constexpr std::size_t kMaxName = 64;

bool is_name(std::string_view text) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  };
  return !text.empty() && text.size() <= kMaxName && std::all_of(text.begin(), text.end(), allowed);
}

}  // namespace

Result<RequestId> RequestId::parse(std::string_view id) {
  const Failure bad{"not the id of a request; it is <application>/<submission>/<program>"};
  const std::size_t first = id.find('/');
  if (first == std::string_view::npos) return bad;
  const std::size_t second = id.find('/', first + 1);
  if (second == std::string_view::npos) return bad;
  const std::string_view number = id.substr(first + 1, second - first - 1);
  RequestId request{std::string(id.substr(0, first)), 0, std::string(id.substr(second + 1))};
  const auto [end, error] =
      std::from_chars(number.data(), number.data() + number.size(), request.submission);
  if (error != std::errc{} || !is_name(request.application) || !is_name(request.program))
    return bad;
  if (request.submission == 0 || request.to_string() != id) return bad;
  return request;
}

std::string RequestId::to_string() const {
  return application + "/" + std::to_string(submission) + "/" + program;
}

Result<v1::DeterminationRequest> read_request(const eventlog::Record& record) {
  v1::DeterminationRequest request;
  if (!request.ParseFromString(record.payload))
    return Failure{"the payload is not a determination request"};
  const auto id = RequestId::parse(request.request_id());
  if (!id) return id.error();
  const bool agrees = id->application == request.application_id() &&
                      id->submission == request.submission() && id->program == request.program();
  if (!agrees) return Failure{"request_id differs from what the request says of itself"};
  if (record.header.id() != request.request_id() || record.header.key() != id->application)
    return Failure{"the header's id or key is not that of the request"};
  return request;
}

}  // namespace guichet::adapters
