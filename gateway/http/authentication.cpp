#include "gateway/http/authentication.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "gateway/identity/access.h"

namespace guichet::http {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::milliseconds kKeyPoll{20};
constexpr std::string_view kScheme = "Bearer ";

constexpr std::string_view kChallenge = R"(Bearer realm="guichet")";

Instant now() {
  return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

bool is_authorization(const Request::Field& field) {
  return same_name(field.name, "Authorization");
}

/// The token of the one Authorization field; empty where there is none of that scheme.
std::string_view bearer_token(const Request& request) {
  if (std::ranges::count_if(request.fields, is_authorization) != 1) return {};
  const std::string_view value = request.field("Authorization");
  if (value.size() <= kScheme.size() || !same_name(value.substr(0, kScheme.size()), kScheme))
    return {};
  return value.substr(kScheme.size());
}

}  // namespace

asio::awaitable<std::variant<identity::Principal, Authentication::Refused>> Authentication::caller(
    const Request& request) const {
  const std::string_view token = bearer_token(request);
  if (!token.empty()) co_return co_await of_token(token);
  const bool says_something = std::ranges::any_of(request.fields, is_authorization);
  if (certificates_ && request.certificate != nullptr && !says_something)
    co_return of_certificate(*request.certificate);
  co_return Refused{ProblemKind::not_authenticated, std::string(kChallenge)};
}

Authentication::Known Authentication::of_certificate(
    const identity::Certificate& certificate) const {
  // A connection may outlive the certificate that it began with.
  auto principal = certificates_->find(certificate);
  if (principal && certificate.until > now()) return std::move(*principal);
  spdlog::info("certificate refused: {}", principal ? "expired" : "unknown");
  return Refused{ProblemKind::certificate_refused, std::string(kChallenge)};
}

asio::awaitable<Authentication::Known> Authentication::of_token(std::string_view token) const {
  if (!keys_) co_return Refused{ProblemKind::token_refused, std::string(kChallenge)};
  const std::uint64_t readings = keys_->readings();
  auto keys = keys_->keys();
  std::variant<identity::Principal, identity::Refusal> read = identity::Refusal::unknown_key;
  if (keys) read = identity::read_token(token, *keys, expected_, now());

  const auto* refusal = std::get_if<identity::Refusal>(&read);
  if (refusal != nullptr && *refusal == identity::Refusal::unknown_key && keys_->ask()) {
    // It may be new: worth one reading, which all who wait share.
    asio::steady_timer timer(co_await asio::this_coro::executor);
    const auto deadline = std::chrono::steady_clock::now() + kKeyWait;
    while (keys_->readings() == readings && std::chrono::steady_clock::now() < deadline) {
      timer.expires_after(kKeyPoll);
      co_await timer.async_wait(asio::use_awaitable);
    }
    keys = keys_->keys();
    if (keys) read = identity::read_token(token, *keys, expected_, now());
  }
  if (!keys) co_return Refused{ProblemKind::identity_unavailable, {}};

  if (const auto* refused = std::get_if<identity::Refusal>(&read)) {
    spdlog::info("token refused: {}", identity::to_string(*refused));
    std::string challenge = R"(Bearer realm="guichet", error="invalid_token", error_description=")";
    challenge += identity::to_string(*refused);
    challenge += '"';
    co_return Refused{ProblemKind::token_refused, std::move(challenge)};
  }
  // What is no role of ours gives nothing, and stands in no record.
  auto principal = std::get<identity::Principal>(std::move(read));
  std::erase_if(principal.roles, [](const std::string& role) { return !identity::is_role(role); });
  co_return principal;
}

}  // namespace guichet::http
