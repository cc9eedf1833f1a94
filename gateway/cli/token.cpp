// guichet token: keys and access tokens of one's own, for trying out and for tests.

#include <fcntl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>

#include "gateway/cli/client_session.h"
#include "gateway/cli/command.h"
#include "gateway/cli/data_folder.h"
#include "gateway/identity/sign.h"

namespace guichet::cli {
namespace {

namespace json = boost::json;

constexpr std::int64_t kMostMinutes = 24 * 60;

struct TokenOptions {
  std::string key;
  std::string issuer = "http://localhost/guichet-token";
  std::string audience = "guichet";
  std::string subject;
  std::vector<std::string> roles;
  std::string desk;
  std::vector<std::string> programs;
  std::vector<std::string> governments;
  std::int64_t minutes = 60;
};

struct KeysOptions {
  std::string folder;
  std::string algorithm = "ES256";
};

void write_private(const std::filesystem::path& file, const std::string& text) {
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0)
    throw CommandError(kRefused, "guichet: cannot make " + file.string() +
                                     "; where it is there already, name another folder");
  const bool written = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  if (::close(fd) != 0 || !written)
    throw CommandError(kRefused, "guichet: cannot write " + file.string());
}

int make_keys(const KeysOptions& options) {
  if (const auto made = make_data_folder(options.folder); !made)
    throw CommandError(kRefused, "guichet: " + made.error().message);
  const auto key = identity::make_signing_key(
      options.algorithm == "RS256" ? identity::Algorithm::rs256 : identity::Algorithm::es256,
      fresh_key());
  const std::filesystem::path folder = options.folder;
  write_private(folder / "signing-key.json", key.private_jwk + "\n");
  std::ofstream set(folder / "jwks.json");
  set << identity::jwk_set_of({key}) << "\n";
  set.close();
  if (!set)
    throw CommandError(kRefused, "guichet: cannot write " + (folder / "jwks.json").string());
  std::cout << (folder / "signing-key.json").string() << '\n'
            << (folder / "jwks.json").string() << '\n';
  return kDone;
}

json::array texts(const std::vector<std::string>& list) {
  json::array array;
  for (const std::string& text : list) array.emplace_back(text);
  return array;
}

int make_token(const TokenOptions& options) {
  const std::int64_t now = std::chrono::duration_cast<std::chrono::seconds>(
                               std::chrono::system_clock::now().time_since_epoch())
                               .count();
  json::object claims = {{"iss", options.issuer},
                         {"aud", options.audience},
                         {"sub", options.subject},
                         {"iat", now},
                         {"exp", now + options.minutes * 60},
                         {"jti", fresh_key()},
                         {"roles", texts(options.roles)}};
  if (!options.desk.empty()) claims["desk"] = options.desk;
  if (!options.programs.empty()) claims["programs"] = texts(options.programs);
  if (!options.governments.empty()) claims["governments"] = texts(options.governments);
  const auto token = identity::sign_token(read_input(options.key), json::serialize(claims));
  if (!token)
    throw CommandError(kRefused, "guichet: " + options.key + ": " + token.error().message);
  std::cout << *token << '\n';
  return kDone;
}

void add_make(CLI::App& command, Run& run) {
  auto options = std::make_shared<TokenOptions>();
  CLI::App* make = command.add_subcommand("make", "Print an access token");
  make->add_option("--key", options->key, "the signing-key.json that guichet token keys made")
      ->required();
  make->add_option("--subject", options->subject, "who calls")->required();
  make->add_option("--issuer", options->issuer, "as serve --auth-issuer says")
      ->capture_default_str();
  make->add_option("--audience", options->audience, "as serve --auth-audience says")
      ->capture_default_str();
  make->add_option("--roles", options->roles, "what they are, with commas: clerk,auditor")
      ->delimiter(',');
  make->add_option("--desk", options->desk, "of a clerk");
  make->add_option("--programs", options->programs, "their own, with commas: ca-ccb,ca-gst")
      ->delimiter(',');
  make->add_option("--governments", options->governments, "their own, with commas: CA,NB")
      ->delimiter(',');
  make->add_option("--minutes", options->minutes, "how long it lasts")
      ->check(CLI::Range(std::int64_t{1}, kMostMinutes))
      ->capture_default_str();
  make->footer(
      "Example:\n  GUICHET_TOKEN=$(guichet token make --key try/signing-key.json --subject "
      "a.cormier --roles clerk --desk snb-grand-manan) guichet list");
  make->callback([options, &run] { run = [options] { return make_token(*options); }; });
}

void add_make_keys(CLI::App& command, Run& run) {
  auto options = std::make_shared<KeysOptions>();
  CLI::App* keys = command.add_subcommand("keys", "Make a key that signs, and the set that checks");
  keys->add_option("DIR", options->folder, "where signing-key.json and jwks.json are put")
      ->required();
  keys->add_option("--algorithm", options->algorithm, "ES256 or RS256")
      ->check(CLI::IsMember({"ES256", "RS256"}))
      ->capture_default_str();
  keys->footer(
      "Example:\n  guichet token keys ./try\n  guichet serve --auth-jwks try/jwks.json "
      "--auth-issuer http://localhost/guichet-token --auth-audience guichet");
  keys->callback([options, &run] { run = [options] { return make_keys(*options); }; });
}

}  // namespace

void add_token(CLI::App& app, Run& run) {
  CLI::App* command = app.add_subcommand(
      "token", "Keys and access tokens for trying out; a real deployment has an identity provider");
  command->require_subcommand(1);
  add_make_keys(*command, run);
  add_make(*command, run);
}

}  // namespace guichet::cli
