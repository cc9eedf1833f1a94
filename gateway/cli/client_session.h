#pragma once

#include <chrono>
#include <string>

#include "gateway/cli/command.h"
#include "gateway/cli/http_client.h"
#include "gateway/cli/words.h"

namespace CLI {
class App;
}

namespace guichet::cli {

/// What every command that talks to a server can be told.
struct ClientOptions {
  std::string server = "http://127.0.0.1:8080";
  std::string token;
  TlsTrust trust;
  std::string language;  // empty: as the case says
  bool json = false;
};

/// --ca, --certificate, --certificate-key; GUICHET_CA and so on.
void add_trust_options(CLI::App& command, TlsTrust& trust);

/// The server that was named, and how it is trusted. Throws CommandError.
ServerAddress server_of(const std::string& server, const TlsTrust& trust);

/// --server, --token, --language, --json; GUICHET_SERVER, GUICHET_TOKEN. `options` outlives the
/// command line.
void add_client_options(CLI::App& command, ClientOptions& options);

inline constexpr std::chrono::seconds kMaxWait{60};
inline constexpr std::chrono::seconds kAnswerTimeout{15};
inline constexpr int kMaxTries = 4;

/// "10s", "10", "1m" → seconds, from 0 to kMaxWait; for --wait.
Result<std::chrono::seconds> parse_wait(const std::string& text);

/// The server answered, and could not do it now (5xx).
class ServerFailed : public CommandError {
 public:
  using CommandError::CommandError;
};

/// A command's talk with the server. Adds language and token, and tries again what may be repeated
/// when the server has no room now.
class ClientSession {
 public:
  explicit ClientSession(const ClientOptions& options);

  /// The answer where it is 2xx or 304; else throws CommandError with the problem as people read it
  /// (with --json: as the server wrote it). Throws CannotReach.
  HttpResponse call(HttpRequest request, std::chrono::seconds wait = std::chrono::seconds{0});

  /// The language for labels: as asked for, else as the answer is written.
  const Words& words(const HttpResponse& answer) const;

  const ClientOptions& options() const { return options_; }

 private:
  ClientOptions options_;
  HttpClient client_;
};

/// Where an application is, by its id or its short number: K7Q4-2M9XA-C.
std::string application_target(const std::string& id_or_number);

/// A path segment or query value, percent-encoded.
std::string percent_encoded(std::string_view text);

/// The whole of a file, or of standard input for "-". Throws CommandError.
std::string read_input(const std::string& file);

/// A fresh Idempotency-Key (128 random bits): so that a try after a lost answer is the same
/// application.
std::string fresh_key();

}  // namespace guichet::cli
