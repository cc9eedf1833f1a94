#pragma once

#include <boost/asio/ssl/context.hpp>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>

#include "gateway/http/file_watch.h"
#include "gateway/http/server.h"
#include "gateway/identity/certificate_table.h"

// Included by connection.h, server.cpp and tls.cpp alone: OpenSSL stays in them.

namespace guichet::http {

/// What connections shake hands with: TLS 1.2 and 1.3, suites with forward secrecy and
/// authenticated encryption (Mozilla's "intermediate" of 5.7), no renegotiation. Certificate, key
/// and CA are read again when their files change; connections that are open keep what they began
/// with. Any thread.
class Tls {
 public:
  /// Throws std::runtime_error that says what is wrong with the files.
  explicit Tls(const TlsFiles& files);

  std::shared_ptr<boost::asio::ssl::context> now() const;

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<boost::asio::ssl::context> context_;
  FileWatch watch_;  // last: it calls back
};

/// Of a connection whose handshake is over; none where the client showed none.
std::optional<identity::Certificate> certificate_of(SSL* connection);

}  // namespace guichet::http
