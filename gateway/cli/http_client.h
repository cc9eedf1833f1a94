#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "schemas/values/result.h"

namespace guichet::cli {

/// Whom a client of TLS trusts, and what it shows of itself: PEM files.
struct TlsTrust {
  std::string ca = {};           // the only ones whose signature counts; empty: the system's
  std::string certificate = {};  // its own; empty: none
  std::string key = {};
};

/// Where a server answers: "http://127.0.0.1:8080".
struct ServerAddress {
  std::string host;
  std::string port;
  bool tls = false;
  TlsTrust trust = {};
  std::string to_string() const;
};

/// Reads http://HOST[:PORT] or https://HOST[:PORT]; the failure says what would be right.
Result<ServerAddress> parse_server_address(const std::string& text);

struct HttpRequest {
  std::string method = "GET";
  std::string target = "/";
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

/// A GET, or a call with an Idempotency-Key: sending it twice is as good as once.
bool harmless_to_repeat(const HttpRequest& request);

struct HttpResponse {
  unsigned status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  /// The value of a header, its name in any case; empty where there is none.
  std::string header(const std::string& name) const;
};

/// The server could not be reached, or went away before it answered.
class CannotReach : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

inline constexpr std::chrono::milliseconds kConnectTimeout{5'000};
inline constexpr std::uint64_t kMaxResponseBytes = 64 * 1024 * 1024;

/// One connection to a server, kept open between calls. One thread at a time.
///
///   HttpClient client(parse_server_address("http://127.0.0.1:8080").value());
///   HttpResponse answer = client.send({"GET", "/v1/programs", {}, {}}, 10s);
class HttpClient {
 public:
  /// An answer with a larger body is none.
  explicit HttpClient(ServerAddress address, std::uint64_t most_bytes = kMaxResponseBytes);
  ~HttpClient();
  HttpClient(HttpClient&&) noexcept;
  HttpClient& operator=(HttpClient&&) noexcept;

  /// Throws CannotReach. Where the server closed a connection that was kept open, a call that is
  /// harmless to repeat is sent once more over a new one.
  HttpResponse send(const HttpRequest& request, std::chrono::milliseconds timeout);

  const ServerAddress& address() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace guichet::cli
