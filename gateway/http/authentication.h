#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <memory>
#include <variant>

#include "gateway/http/key_source.h"
#include "gateway/http/problem.h"
#include "gateway/http/request.h"
#include "gateway/identity/token.h"

namespace guichet::http {

/// How long a request waits for the key of its token to be read.
inline constexpr std::chrono::milliseconds kKeyWait{2'000};

/// Who sends a request, where an identity provider is configured: by the bearer token of its
/// Authorization (RFC 6750), and by nothing else. Any thread.
class Authentication {
 public:
  /// Why a request is of nobody: the problem, and what WWW-Authenticate says.
  struct Refused {
    ProblemKind kind;
    std::string challenge;
  };

  Authentication(std::unique_ptr<KeySource> keys, identity::Expected expected)
      : keys_(std::move(keys)), expected_(std::move(expected)) {}

  boost::asio::awaitable<std::variant<identity::Principal, Refused>> caller(
      const Request& request) const;

 private:
  std::unique_ptr<KeySource> keys_;
  identity::Expected expected_;
};

}  // namespace guichet::http
