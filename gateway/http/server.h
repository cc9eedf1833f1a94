#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "eventlog/host.h"
#include "eventlog/log.h"
#include "gateway/http/secrets.h"
#include "gateway/views/views.h"
#include "rules/program/program.h"

namespace guichet::http {

class Authentication;

/// What one server takes on. Each has a test that reaches it.
struct Limits {
  std::size_t header_bytes = 16 * 1024;
  std::size_t header_fields = 64;
  std::size_t body_bytes = 256 * 1024;
  std::size_t all_bodies_bytes = 256 * 1024 * 1024;
  std::size_t unsent_bytes = 64 * 1024;  // of answers that the system keeps for one connection
  std::size_t connections = 4096;
  std::size_t caller_connections = 2048;  // of one address
  std::size_t caller_bodies_bytes = 128 * 1024 * 1024;
  std::size_t event_waits = 1024;                    // requests that wait for events
  std::chrono::milliseconds handshake_time{10'000};  // of TLS, from the connection
  std::chrono::milliseconds header_time{10'000};     // from the first byte of a request
  std::chrono::milliseconds body_time{30'000};       // at most; and at least 1 KiB a second
  std::chrono::milliseconds write_time{30'000};
  std::chrono::milliseconds drop_time{2'000};  // what still comes, after an answer that closes
  std::chrono::milliseconds idle_time{30'000};
  std::chrono::milliseconds verdict_time{2'000};  // how long a write waits for its verdict
  std::chrono::milliseconds after_time{2'000};    // how long a read waits for Guichet-After
  std::chrono::milliseconds audit_time{2'000};    // how long an answer waits for its audit entry
  std::chrono::milliseconds drain_time{7'000};    // of the ten seconds in which it stops
  unsigned caller_requests = 1'000;               // of one address in caller_window; 0: any number
  std::chrono::seconds caller_window{10};
  std::chrono::milliseconds queue_age{1'500};  // of writes without a verdict; then no more
  std::size_t streams = 1024;                  // of server-sent events
  std::chrono::milliseconds stream_heartbeat{15'000};
  std::chrono::milliseconds stream_time{30 * 60'000};  // then its reader comes back
};

/// PEM files. They are read again when they change.
struct TlsFiles {
  std::filesystem::path certificate;  // with those that lead to its CA
  std::filesystem::path key;
  std::filesystem::path client_ca = {};  // empty: clients are asked for no certificate
  std::chrono::milliseconds look_every{2'000};
};

struct ServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8080;         // 0 picks one
  unsigned threads = 0;              // 0: one per core
  std::optional<TlsFiles> tls = {};  // none: plain HTTP
  Limits limits = {};
  /// Addresses and networks whose word on where a request comes from is taken.
  std::vector<std::string> trusted_proxies = {};
  /// Of pages of other sites that may call from a browser.
  std::vector<std::string> cors_origins = {};
};

/// What the gateway works with. All of it outlives the server.
struct GatewayParts {
  eventlog::Log& log;
  /// Null: the process is no gateway, and serves programs, health and metrics only.
  const views::Views* views;
  std::shared_ptr<const rules::Catalogue> catalogue;
  Secrets secrets;
  eventlog::Clock clock;
  std::string tenant = "default";
  /// Where files for the bank are written; empty: this process has none to show.
  std::filesystem::path bank_files = {};
  /// Whose account pays for all, as manifests write governments: to it the others owe.
  std::string paying_government = "CA";
  /// What is missing until requests can be answered as they should; empty: nothing. Any thread.
  std::function<std::string()> not_ready = [] { return std::string(); };
  /// Null: no identity provider is configured, and every caller is the local owner.
  std::shared_ptr<const Authentication> authentication = nullptr;
};

/// The gateway's HTTP server: one thread per core, each with its own connections.
///
///   Server server({.port = 0}, {log, views, catalogue, secrets, wall_clock});
///   std::printf("listening on http://127.0.0.1:%u\n", server.port());
///   ...                       // until SIGTERM
///   server.drain();           // before the host of the processors stops
class Server {
 public:
  /// Listens and serves. Throws std::runtime_error that says what is wrong with the address.
  Server(ServerOptions options, GatewayParts parts);
  /// Drains, where that was not done.
  ~Server();

  std::uint16_t port() const;

  /// Not ready any more; no new connections; answers what is in flight, waits cut short; closes
  /// what is idle. Returns when every connection is closed, after drain_time at the latest. Any
  /// thread but the server's own; once done, does nothing.
  void drain();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace guichet::http
