#include "gateway/cli/client_session.h"

#include <sys/random.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <iostream>
#include <iterator>
#include <thread>

#include "gateway/cli/command.h"
#include "gateway/cli/json_access.h"
#include "gateway/cli/problem_text.h"

namespace guichet::cli {
namespace {

using std::chrono::seconds;

seconds retry_after(const HttpResponse& answer) {
  const std::string text = answer.header("Retry-After");
  unsigned wait = 1;
  std::from_chars(text.data(), text.data() + text.size(), wait);
  return std::clamp(seconds{wait}, seconds{1}, seconds{10});
}

}  // namespace

void add_trust_options(CLI::App& command, TlsTrust& trust) {
  command
      .add_option("--ca", trust.ca,
                  "whom an https server is trusted by (PEM); the system's where not said")
      ->envname("GUICHET_CA");
  CLI::Option* certificate =
      command.add_option("--certificate", trust.certificate, "a client certificate to show (PEM)");
  CLI::Option* key = command.add_option("--certificate-key", trust.key, "and its key (PEM)");
  certificate->envname("GUICHET_CERTIFICATE")->needs(key);
  key->envname("GUICHET_CERTIFICATE_KEY")->needs(certificate);
}

ServerAddress server_of(const std::string& server, const TlsTrust& trust) {
  auto address = parse_server_address(server);
  if (!address) throw CommandError(kUsage, "guichet: " + address.error().message);
  address->trust = trust;
  return *address;
}

void add_client_options(CLI::App& command, ClientOptions& options) {
  command.add_option("--server", options.server, "where the server answers")
      ->envname("GUICHET_SERVER")
      ->capture_default_str();
  command.add_option("--token", options.token, "an access token of your identity provider")
      ->envname("GUICHET_TOKEN");
  add_trust_options(command, options.trust);
  command.add_option("--language", options.language, "of every text: en or fr")
      ->check(CLI::IsMember({"en", "fr"}));
  command.add_flag("--json", options.json, "print the server's JSON");
}

Result<seconds> parse_wait(const std::string& text) {
  const Failure bad{"--wait " + text + ": not a wait; write seconds from 0 to 60, such as 10s"};
  unsigned number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string unit(end, text.data() + text.size());
  if (failed != std::errc{} || number > 60) return bad;
  if (unit != "" && unit != "s" && unit != "m") return bad;
  const seconds wait{unit == "m" ? number * 60 : number};
  if (wait > kMaxWait) return bad;
  return wait;
}

ClientSession::ClientSession(const ClientOptions& options)
    : options_(options), client_(server_of(options.server, options.trust)) {}

HttpResponse ClientSession::call(HttpRequest request, seconds wait) {
  if (!options_.language.empty())
    request.headers.emplace_back("Accept-Language", options_.language);
  if (!options_.token.empty())
    request.headers.emplace_back("Authorization", "Bearer " + options_.token);
  if (wait > seconds{0})
    request.headers.emplace_back("Prefer", "wait=" + std::to_string(wait.count()));
  HttpResponse answer;
  for (int tries = 1;; ++tries) {
    answer = client_.send(request, kAnswerTimeout + wait);
    if (answer.status != 503 || tries == kMaxTries || !harmless_to_repeat(request)) break;
    std::this_thread::sleep_for(retry_after(answer));
  }
  if (answer.status / 100 == 2) return answer;
  if (options_.json) {
    std::cout << answer.body << '\n';
    throw CommandError(kRefused, "");
  }
  const std::string problem = problem_text(answer.status, answer.body, words(answer));
  if (answer.status / 100 == 5) throw ServerFailed(kRefused, problem);
  throw CommandError(kRefused, problem);
}

const Words& ClientSession::words(const HttpResponse& answer) const {
  return cli::words(options_.language.empty() ? answer.header("Content-Language").substr(0, 2)
                                              : options_.language);
}

std::string application_target(const std::string& id_or_number) {
  return "/v1/applications/" + percent_encoded(id_or_number);
}

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((std::isalnum(byte) != 0 && byte < 0x80) || c == '-' || c == '_' || c == '.' || c == '~') {
      out += c;
    } else {
      out += '%';
      out += kDigits[byte >> 4];
      out += kDigits[byte & 15];
    }
  }
  return out;
}

std::string read_input(const std::string& file) {
  if (file == "-") return {std::istreambuf_iterator<char>(std::cin), {}};
  std::ifstream in(file, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  if (!in.is_open() || in.bad())
    throw CommandError(
        kUsage, "guichet: cannot read " + file + "; give a JSON file, or - for standard input\n");
  return text;
}

std::string fresh_key() {
  std::array<unsigned char, 16> bytes{};
  if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
    throw std::runtime_error("no random numbers from the system");
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string key;
  for (const unsigned char byte : bytes) {
    key += kDigits[byte >> 4];
    key += kDigits[byte & 15];
  }
  return key;
}

}  // namespace guichet::cli
