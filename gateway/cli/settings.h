#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "gateway/cli/kafka_connection.h"
#include "gateway/cli/roles.h"
#include "schemas/values/result.h"

namespace guichet::cli {

/// What `guichet serve` can be told. Each is a key of the configuration file, an environment
/// variable (GUICHET_ and the key in capitals) and a flag (dashes for underscores); the flag counts
/// before the variable, the variable before the file.
struct Settings {
  std::filesystem::path data = "guichet-data";
  std::string listen_host = "127.0.0.1";
  bool listens_beyond_this_machine = false;
  std::uint16_t listen_port = 8080;
  std::vector<std::filesystem::path> programs;
  std::filesystem::path exchange;        // empty: <data>/exchange
  std::string paying_agent;              // who pays, as the bank knows it
  std::string paying_government = "CA";  // of that account, as manifests write it
  std::string paying_account;            // from which account; empty: no files are written
  std::filesystem::path bank_files;      // empty: <data>/bank
  unsigned threads = 0;                  // 0: one per core
  unsigned caller_rate = 0;              // requests a second of one address; 0: any number
  std::vector<std::string> trusted_proxies;
  std::vector<std::string> cors_origins;
  KafkaConnection kafka;  // no brokers: the embedded log, in `data`
  Roles roles;
  std::string tls_certificate;  // empty: plain HTTP, on loopback only
  std::string tls_key;
  std::string tls_client_ca;  // empty: no certificates of clients
  std::string tls_clients;
  std::string auth_ca;    // empty: the system's
  std::string auth_jwks;  // empty: no identity provider, and loopback only
  std::string auth_issuer;
  std::string auth_audience;
  std::string auth_roles_claim;
  std::filesystem::path keys;  // empty: `data`; on Kafka it must be said where it is needed
};

/// A key, for --help, --print-config and messages.
struct SettingKey {
  std::string name;
  std::string meaning;
  std::string allowed;        // what would be right, with an example
  std::string default_value;  // as text; empty: none
  bool is_list = false;
};

const std::vector<SettingKey>& setting_keys();

/// A value as someone wrote it, and where.
struct WrittenSetting {
  std::vector<std::string> values;
  std::string origin;  // "--listen", "GUICHET_LISTEN", "guichet.yaml:3", "default"
};
using WrittenSettings = std::map<std::string, WrittenSetting>;

/// What the environment says; warns of variables that look like settings and are none.
WrittenSettings settings_of_environment(const char* const* environment,
                                        std::vector<std::string>& warnings);
/// What a YAML file says. Fails on an unknown key, a repeated one, or another shape than key:
/// value.
Result<WrittenSettings> settings_of_file(const std::filesystem::path& file);

/// All keys, each from the first layer that has it, defaults where none has.
WrittenSettings merge_settings(const std::vector<WrittenSettings>& strongest_first);

/// Checks every value. The failure names the key, where it stands, its value, and what would be
/// right.
Result<Settings> check_settings(const WrittenSettings& written);

/// A configuration file that gives what is in force, with where each value came from.
std::string print_settings(const WrittenSettings& written);

}  // namespace guichet::cli
