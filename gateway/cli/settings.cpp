#include "gateway/cli/settings.h"

#include "gateway/cli/key_url.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <charconv>
#include <set>
#include <string_view>

namespace guichet::cli {
namespace {

/// CA, NB: two capital letters.
bool is_government(std::string_view text) {
  return text.size() == 2 && std::ranges::all_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
}

/// 001-00011-1234567
bool is_account(std::string_view text) {
  if (text.size() < 15 || text.size() > 22 || text[3] != '-' || text[9] != '-') return false;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (i != 3 && i != 9 && (text[i] < '0' || text[i] > '9')) return false;
  return true;
}

constexpr std::string_view kPrefix = "GUICHET_";
constexpr unsigned kMaxThreads = 256;
constexpr unsigned kMaxCallerRate = 1'000'000;

/// Variables of the client commands, and the one that names the file.
const std::set<std::string> kOtherVariables = {"GUICHET_SERVER",      "GUICHET_TOKEN",
                                               "GUICHET_CONFIG",      "GUICHET_CA",
                                               "GUICHET_CERTIFICATE", "GUICHET_CERTIFICATE_KEY"};

std::string upper(std::string text) {
  for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return text;
}

const SettingKey* find_key(const std::string& name) {
  for (const SettingKey& key : setting_keys())
    if (key.name == name) return &key;
  return nullptr;
}

std::string known_keys() {
  std::string names;
  for (const SettingKey& key : setting_keys()) names += (names.empty() ? "" : ", ") + key.name;
  return names;
}

/// "a:b" → a, b: as PATH is written; or with another separator.
std::vector<std::string> split(const std::string& text, char separator = ':') {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(separator, at), text.size());
    if (end > at) parts.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

Failure bad(const std::string& name, const WrittenSetting& written) {
  std::string value;
  for (const std::string& part : written.values) value += (value.empty() ? "" : " ") + part;
  const SettingKey* key = find_key(name);
  return {written.origin + ": " + name + " cannot be \"" + value + "\"; write " + key->allowed};
}

template <class Number>
bool parse_number(std::string_view text, Number& number) {
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  return failed == std::errc{} && end == text.data() + text.size();
}

Result<void> check_listen(const WrittenSetting& written, Settings& settings) {
  const std::string& text = written.values.front();
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos) return bad("listen", written);
  std::string host = text.substr(0, colon);
  if (!parse_number(std::string_view(text).substr(colon + 1), settings.listen_port))
    return bad("listen", written);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  if (host == "localhost") host = "127.0.0.1";
  boost::system::error_code failed;
  const auto address = boost::asio::ip::make_address(host, failed);
  if (failed) return bad("listen", written);
  settings.listens_beyond_this_machine = !address.is_loopback();
  settings.listen_host = host;
  return {};
}

/// Files of TLS that belong together.
Result<void> check_tls(const Settings& settings) {
  if (settings.tls_certificate.empty() != settings.tls_key.empty())
    return Failure{
        "tls_certificate and tls_key belong together: PEM files of the server's certificate, with "
        "those that lead to its CA, and of its key; say both, or none"};
  if (settings.tls_client_ca.empty() != settings.tls_clients.empty())
    return Failure{
        "tls_client_ca and tls_clients belong together: the CA that signs certificates of clients, "
        "and the file that says whose they are; say both, or none"};
  if (!settings.tls_client_ca.empty() && settings.tls_certificate.empty())
    return Failure{"tls_client_ca needs tls_certificate and tls_key: certificates come by TLS"};
  return {};
}

/// All that is needed to know who calls, or none of it; and without it this machine only.
Result<void> check_identity(const WrittenSettings& written, const Settings& settings) {
  const std::size_t said = static_cast<std::size_t>(!settings.auth_jwks.empty()) +
                           static_cast<std::size_t>(!settings.auth_issuer.empty()) +
                           static_cast<std::size_t>(!settings.auth_audience.empty());
  if (said != 0 && said != 3)
    return Failure{
        "auth_jwks, auth_issuer and auth_audience belong together: the keys of the identity "
        "provider, its name as tokens write it (iss), and ours as they write it (aud); say all "
        "three, or none"};
  if (!settings.listens_beyond_this_machine) return {};
  const WrittenSetting& listen = written.at("listen");
  if (said == 3 || !settings.tls_clients.empty()) {
    if (!settings.tls_certificate.empty()) return {};
    return Failure{listen.origin + ": listen cannot be \"" + listen.values.front() +
                   "\" without TLS: tokens and cases would travel as they are; say tls_certificate "
                   "and tls_key, or write 127.0.0.1:PORT"};
  }
  return Failure{
      listen.origin + ": listen cannot be \"" + listen.values.front() +
      "\": without an identity provider anyone who reaches the server may do anything, so it "
      "listens on this machine only; write 127.0.0.1:PORT, or say whose tokens are taken with "
      "auth_jwks, auth_issuer and auth_audience, or tls_client_ca and tls_clients"};
}

/// An address, or a network: 10.0.0.0/8.
bool is_network(const std::string& text) {
  const std::size_t slash = text.find('/');
  boost::system::error_code failed;
  const auto address = boost::asio::ip::make_address(text.substr(0, slash), failed);
  if (failed) return false;
  unsigned bits = 0;
  return slash == std::string::npos ||
         (parse_number(std::string_view(text).substr(slash + 1), bits) &&
          bits <= (address.is_v4() ? 32U : 128U));
}

/// As a browser writes it: https://desk.example.ca, http://127.0.0.1:3000.
bool is_origin(const std::string& text) {
  const std::size_t scheme = text.find("://");
  return (text.starts_with("https://") || text.starts_with("http://")) &&
         scheme + 3 < text.size() && text.find_first_of("/?#@ *", scheme + 3) == std::string::npos;
}

}  // namespace

const std::vector<SettingKey>& setting_keys() {
  static const std::vector<SettingKey> kKeys = {
      {"data", "the folder that keeps everything; on Kafka, local copies that may be deleted",
       "a folder, such as ./guichet-data", "guichet-data"},
      {"listen", "where the server answers; port 0 picks one",
       "HOST:PORT with an address of this machine, such as 127.0.0.1:8080", "127.0.0.1:8080"},
      {"programs", "more folders of programs; replaces programs of the same id",
       "folders that hold program folders, such as /etc/guichet/programs", "", true},
      {"paying_agent", "who pays, as the bank knows them",
       "a name of at most 70 letters, such as "
       "Service New Brunswick",
       "Guichet"},
      {"paying_government",
       "whose account pays; to it the other governments owe what it paid for them",
       "a government as programs write it, such as CA or NB", "CA"},
      {"paying_account", "the account from which runs are paid; without it no files are written",
       "institution, transit and account, such as 001-00011-1234567", ""},
      {"bank_files",
       "the folder of files for the bank, and of its answers; <data>/bank where not "
       "said",
       "a folder, such as /srv/bank", ""},
      {"exchange", "the folder where programs answer by files; <data>/exchange where not said",
       "a folder, such as /srv/exchange", ""},
      {"threads", "of the HTTP server; 0: one per core", "a whole number from 0 to 256", "0"},
      {"caller_rate",
       "requests a second of one address, over ten seconds; 0: any number; this machine's own are "
       "not limited",
       "a whole number from 0 to 1000000", "100"},
      {"trusted_proxies", "whose Forwarded and X-Forwarded-For are believed",
       "addresses or networks with commas, such as 127.0.0.1,10.0.0.0/8", ""},
      {"cors_origins", "sites whose pages may call from a browser",
       "origins with commas, such as https://desk.example.ca", ""},
      {"kafka", "Kafka's addresses; without, everything is kept in the data folder",
       "HOST:PORT, several with commas, such as kafka-1:9092,kafka-2:9092", ""},
      {"kafka_properties", "librdkafka's properties for TLS and SASL",
       "a file of lines name=value, such as /etc/guichet/kafka.properties", ""},
      {"topic_prefix", "stands before every topic and group on Kafka",
       "letters, digits and . _ - such as guichet.", "guichet."},
      {"partitions", "of every topic on Kafka, declared once and never changed",
       "a whole number from 1 to 1024", "8"},
      {"roles", "what this process does, on Kafka",
       "gateway, cases, payments and adapters:PATTERN, with commas, such as "
       "gateway,cases,adapters:ca-*",
       "gateway,cases,payments,adapters"},
      {"auth_jwks",
       "the keys of the identity provider whose tokens are taken, read again from time to time",
       "a file with a JWK set, such as /etc/guichet/jwks.json, or its address, by https (http on "
       "this "
       "machine only), such as https://id.example.ca/jwks",
       ""},
      {"auth_ca", "whom the provider's address is trusted by; the system's where not said",
       "a PEM file", ""},
      {"auth_issuer", "its name, as `iss` of tokens writes it",
       "a text such as https://id.example.ca", ""},
      {"auth_audience", "the name of this deployment, as `aud` of tokens writes it",
       "a text such as guichet", ""},
      {"auth_roles_claim", "the claim of tokens that holds the roles", "a name such as roles",
       "roles"},
      {"tls_certificate",
       "the server's certificate, with those that lead to its CA; read again when it changes",
       "a PEM file", ""},
      {"tls_key", "the key of the certificate", "a PEM file without a passphrase", ""},
      {"tls_client_ca", "the CA that signs certificates of clients", "a PEM file", ""},
      {"tls_clients", "whose certificate is whose; read again when it changes",
       "a JSON file, as docs/access.md shows", ""},
      {"keys",
       "the folder of ids.key and clients.key; the data folder where not said, except on "
       "Kafka",
       "a folder that guichet keys create made", ""},
  };
  return kKeys;
}

WrittenSettings settings_of_environment(const char* const* environment,
                                        std::vector<std::string>& warnings) {
  WrittenSettings written;
  for (; environment && *environment; ++environment) {
    const std::string_view entry = *environment;
    const std::size_t equals = entry.find('=');
    if (!entry.starts_with(kPrefix) || equals == std::string_view::npos) continue;
    const std::string variable(entry.substr(0, equals));
    const std::string value(entry.substr(equals + 1));
    const auto key = std::find_if(
        setting_keys().begin(), setting_keys().end(),
        [&](const SettingKey& key) { return upper(std::string(kPrefix) + key.name) == variable; });
    if (key != setting_keys().end()) {
      written[key->name] = {key->is_list ? split(value) : std::vector{value}, variable};
    } else if (!kOtherVariables.contains(variable)) {
      warnings.push_back(variable + " is no setting and is not read; there are: " + known_keys());
    }
  }
  return written;
}

Result<WrittenSettings> settings_of_file(const std::filesystem::path& file) {
  YAML::Node root;
  try {
    root = YAML::LoadFile(file.string());
  } catch (const YAML::BadFile&) {
    return Failure{file.string() + ": cannot be read; --config takes a YAML file"};
  } catch (const YAML::Exception& wrong) {
    return Failure{file.string() + ": not YAML: " + wrong.what()};
  }
  WrittenSettings written;
  if (root.IsNull()) return written;
  if (!root.IsMap())
    return Failure{file.string() +
                   ": not settings; write lines of key: value, such as "
                   "listen: 127.0.0.1:8080"};
  for (const auto& entry : root) {
    const std::string name = entry.first.IsScalar() ? entry.first.Scalar() : "?";
    const std::string origin = file.string() + ":" + std::to_string(entry.first.Mark().line + 1);
    const SettingKey* key = find_key(name);
    std::vector<std::string> values;
    if (entry.second.IsScalar()) values.push_back(entry.second.Scalar());
    if (entry.second.IsSequence())
      for (const auto& item : entry.second) values.push_back(item.IsScalar() ? item.Scalar() : "?");
    if (!key) {
      std::string value;
      for (const std::string& part : values) value += (value.empty() ? "" : " ") + part;
      return Failure{origin + ": unknown key " + name + " (with value \"" + value +
                     "\"); there are: " + known_keys()};
    }
    const bool right_shape = key->is_list ? entry.second.IsSequence() || entry.second.IsScalar()
                                          : entry.second.IsScalar();
    if (!right_shape) return bad(name, {values, origin});
    if (!written.emplace(name, WrittenSetting{values, origin}).second)
      return Failure{origin + ": " + name + " stands twice; write it once"};
  }
  return written;
}

WrittenSettings merge_settings(const std::vector<WrittenSettings>& strongest_first) {
  WrittenSettings merged;
  for (const WrittenSettings& layer : strongest_first) merged.insert(layer.begin(), layer.end());
  for (const SettingKey& key : setting_keys()) {
    std::vector<std::string> values;
    if (!key.default_value.empty()) values.push_back(key.default_value);
    merged.emplace(key.name, WrittenSetting{values, "default"});
  }
  return merged;
}

Result<Settings> check_settings(const WrittenSettings& written) {
  Settings settings;
  for (const auto& [name, setting] : written) {
    if (setting.values.empty()) continue;
    const std::string& value = setting.values.front();
    if (std::any_of(setting.values.begin(), setting.values.end(),
                    [](const std::string& part) { return part.empty(); }))
      return bad(name, setting);
    if (name == "data") settings.data = value;
    if (name == "exchange") settings.exchange = value;
    if (name == "paying_agent") settings.paying_agent = value;
    if (name == "bank_files") settings.bank_files = value;
    if (name == "paying_government") {
      if (!is_government(value)) return bad(name, setting);
      settings.paying_government = value;
    }
    if (name == "paying_account") {
      if (!value.empty() && !is_account(value)) return bad(name, setting);
      settings.paying_account = value;
    }
    if (name == "listen") {
      if (const auto listen = check_listen(setting, settings); !listen) return listen.error();
    }
    if (name == "threads" && (!parse_number(std::string_view(value), settings.threads) ||
                              settings.threads > kMaxThreads))
      return bad(name, setting);
    if (name == "caller_rate" && (!parse_number(std::string_view(value), settings.caller_rate) ||
                                  settings.caller_rate > kMaxCallerRate))
      return bad(name, setting);
    if (name == "trusted_proxies") {
      settings.trusted_proxies = split(value, ',');
      if (!std::ranges::all_of(settings.trusted_proxies, is_network)) return bad(name, setting);
    }
    if (name == "cors_origins") {
      settings.cors_origins = split(value, ',');
      if (!std::ranges::all_of(settings.cors_origins, is_origin)) return bad(name, setting);
    }
    if (name == "kafka") {
      if (!is_broker_list(value)) return bad(name, setting);
      settings.kafka.brokers = value;
    }
    if (name == "kafka_properties") {
      auto properties = read_kafka_properties(value);
      if (!properties) return Failure{setting.origin + ": " + properties.error().message};
      settings.kafka.security = std::move(*properties);
    }
    if (name == "topic_prefix") {
      if (!is_topic_prefix(value)) return bad(name, setting);
      settings.kafka.prefix = value;
    }
    if (name == "partitions" &&
        (!parse_number(std::string_view(value), settings.kafka.partitions) ||
         settings.kafka.partitions == 0 || settings.kafka.partitions > kMaxPartitions))
      return bad(name, setting);
    if (name == "roles") {
      auto roles = parse_roles(value);
      if (!roles) return Failure{setting.origin + ": roles: " + roles.error().message};
      settings.roles = std::move(*roles);
    }
    if (name == "auth_jwks") {
      const bool is_address = value.find("://") != std::string::npos;
      if (is_address ? !parse_key_url(value) : !std::filesystem::is_regular_file(value))
        return bad(name, setting);
      settings.auth_jwks = value;
    }
    for (const auto& [key, file] : {std::pair{"tls_certificate", &settings.tls_certificate},
                                    std::pair{"tls_key", &settings.tls_key},
                                    std::pair{"tls_client_ca", &settings.tls_client_ca},
                                    std::pair{"tls_clients", &settings.tls_clients},
                                    std::pair{"auth_ca", &settings.auth_ca}}) {
      if (name != key) continue;
      if (!std::filesystem::is_regular_file(value)) return bad(name, setting);
      *file = value;
    }
    if (name == "auth_issuer") settings.auth_issuer = value;
    if (name == "auth_audience") settings.auth_audience = value;
    if (name == "auth_roles_claim") settings.auth_roles_claim = value;
    if (name == "keys") settings.keys = value;
    if (name == "programs") {
      for (const std::string& folder : setting.values) {
        if (!std::filesystem::is_directory(folder)) return bad(name, {{folder}, setting.origin});
        settings.programs.emplace_back(folder);
      }
    }
  }
  if (const auto fit = check_tls(settings); !fit) return fit.error();
  if (const auto known = check_identity(written, settings); !known) return known.error();
  if (settings.bank_files.empty()) settings.bank_files = settings.data / "bank";
  if (settings.exchange.empty()) settings.exchange = settings.data / "exchange";
  if (settings.kafka.brokers.empty()) {
    if (settings.keys.empty()) settings.keys = settings.data;
    if (!settings.roles.are_all())
      return Failure{written.at("roles").origin +
                     ": roles are for Kafka; the embedded log has one process that does all; "
                     "leave them out, or say --kafka HOST:PORT"};
  } else if (settings.keys.empty() && settings.roles.gateway) {
    return Failure{
        "keys: on Kafka every gateway must have the same two keys; make them once with `guichet "
        "keys create DIR`, and give that folder to each with --keys DIR"};
  }
  return settings;
}

std::string print_settings(const WrittenSettings& written) {
  std::string text;
  for (const SettingKey& key : setting_keys()) {
    const WrittenSetting& setting = written.at(key.name);
    YAML::Emitter value;
    if (key.is_list) {
      value << YAML::Flow << setting.values;
    } else if (!setting.values.empty()) {
      value << setting.values.front();
    }
    const bool unset = setting.values.empty() && !key.is_list;
    text += (unset ? "# " : "") + key.name + ": " + value.c_str() + "  # " + setting.origin + "; " +
            key.meaning + "\n";
  }
  return text;
}

}  // namespace guichet::cli
