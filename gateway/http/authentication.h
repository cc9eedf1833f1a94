#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <memory>
#include <variant>

#include "gateway/http/certificates.h"
#include "gateway/http/key_source.h"
#include "gateway/http/problem.h"
#include "gateway/http/request.h"
#include "gateway/identity/token.h"

namespace guichet::http {

/// How long a request waits for the key of its token to be read.
inline constexpr std::chrono::milliseconds kKeyWait{2'000};

/// Who sends a request, where that is to be known: by the bearer token of its Authorization
/// (RFC 6750); where it has none, by the client certificate of its connection; and by nothing else.
/// Any thread.
class Authentication {
 public:
  /// Why a request is of nobody: the problem, and what WWW-Authenticate says.
  struct Refused {
    ProblemKind kind;
    std::string challenge;
  };

  /// Without `keys` no token is taken, without `certificates` no certificate.
  Authentication(std::unique_ptr<KeySource> keys, identity::Expected expected,
                 std::unique_ptr<Certificates> certificates = nullptr)
      : keys_(std::move(keys)),
        expected_(std::move(expected)),
        certificates_(std::move(certificates)) {}

  boost::asio::awaitable<std::variant<identity::Principal, Refused>> caller(
      const Request& request) const;

 private:
  using Known = std::variant<identity::Principal, Refused>;
  boost::asio::awaitable<Known> of_token(std::string_view token) const;
  Known of_certificate(const identity::Certificate& certificate) const;

  std::unique_ptr<KeySource> keys_;
  identity::Expected expected_;
  std::unique_ptr<Certificates> certificates_;
};

}  // namespace guichet::http
