#include "gateway/cli/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace guichet::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class ConfigurationFile {
 public:
  explicit ConfigurationFile(const std::string& text)
      : path_(std::filesystem::temp_directory_path() /
              ("guichet-settings-" + std::to_string(getpid()) + ".yaml")) {
    std::ofstream(path_) << text;
  }
  ~ConfigurationFile() { std::filesystem::remove(path_); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

std::string failure_of(const std::string& text) {
  const ConfigurationFile file(text);
  const auto read = settings_of_file(file.path());
  if (!read) return read.error().message;
  const auto checked = check_settings(merge_settings({*read}));
  return checked ? "" : checked.error().message;
}

TEST(Settings, TheFlagCountsBeforeTheVariableBeforeTheFileBeforeTheDefault) {
  const ConfigurationFile file("listen: 127.0.0.1:1\ndata: /file\nthreads: 3\n");
  std::vector<std::string> warnings;
  const char* environment[] = {"GUICHET_LISTEN=127.0.0.1:2", "GUICHET_DATA=/variable", "HOME=/root",
                               nullptr};
  const WrittenSettings written = merge_settings({{{"listen", {{"127.0.0.1:3"}, "--listen"}}},
                                                  settings_of_environment(environment, warnings),
                                                  settings_of_file(file.path()).value()});
  const Settings settings = check_settings(written).value();
  EXPECT_EQ(settings.listen_port, 3);
  EXPECT_EQ(settings.data, "/variable");
  EXPECT_EQ(settings.threads, 3U);
  EXPECT_EQ(settings.exchange, "/variable/exchange");
  EXPECT_THAT(warnings, IsEmpty());
  EXPECT_THAT(print_settings(written),
              testing::AllOf(HasSubstr("listen: 127.0.0.1:3  # --listen"),
                             HasSubstr("data: /variable  # GUICHET_DATA"),
                             HasSubstr("threads: 3  # " + file.path().string() + ":3"),
                             HasSubstr("programs: []  # default")));
}

TEST(Settings, WhatIsPrintedCanBeReadAgain) {
  const auto written = merge_settings({{{"programs", {{"/tmp", "/"}, "--programs"}}}});
  const ConfigurationFile file(print_settings(written));
  const auto again = settings_of_file(file.path());
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_THAT(check_settings(merge_settings({*again}))->programs, ElementsAre("/tmp", "/"));
}

TEST(Settings, AnUnknownKeyIsRefusedWithItsValueAndWhatThereIs) {
  EXPECT_THAT(failure_of("data: x\nlisen: 127.0.0.1:80\n"),
              testing::AllOf(HasSubstr(":2: unknown key lisen (with value \"127.0.0.1:80\")"),
                             HasSubstr("data, listen, programs")));
}

TEST(Settings, ABadValueIsRefusedWithWhatWouldBeRight) {
  for (const char* bad :
       {"8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:99999", "nowhere:80", ":80"})
    EXPECT_THAT(failure_of("listen: \"" + std::string(bad) + "\"\n"),
                testing::AllOf(HasSubstr("listen cannot be \"" + std::string(bad) + "\""),
                               HasSubstr("such as 127.0.0.1:8080")))
        << bad;
  EXPECT_THAT(failure_of("threads: many\n"), HasSubstr("whole number from 0 to 256"));
  EXPECT_THAT(failure_of("threads: 257\n"), HasSubstr("whole number from 0 to 256"));
  EXPECT_THAT(failure_of("programs: [/no/such/folder]\n"), HasSubstr("/no/such/folder"));
  EXPECT_THAT(failure_of("data: [a, b]\n"), HasSubstr("data cannot be \"a b\""));
  EXPECT_THAT(failure_of("data: \"\"\n"), HasSubstr("data cannot be \"\""));
  EXPECT_THAT(failure_of("data: a\ndata: b\n"), HasSubstr("twice"));
  EXPECT_THAT(failure_of("- data\n"), HasSubstr("key: value"));
  EXPECT_THAT(failure_of("data: {a\n"), HasSubstr("not YAML"));
}

TEST(Settings, OnlyThisMachineIsListenedOn) {
  EXPECT_THAT(failure_of("listen: 0.0.0.0:8080\n"), HasSubstr("this machine only"));
  EXPECT_THAT(failure_of("listen: 192.168.1.4:8080\n"), HasSubstr("this machine only"));
  EXPECT_EQ(failure_of("listen: \"[::1]:8080\"\n"), "");
  EXPECT_EQ(failure_of("listen: localhost:0\n"), "");
}

TEST(Settings, OthersReachItOnceItKnowsWhoCalls) {
  const std::string jwks =
      "auth_jwks: " + std::string(GUICHET_SOURCE_DIR) + "/schemas/access.json\n";
  const std::string known = jwks + "auth_issuer: https://id.example.ca\nauth_audience: guichet\n";
  EXPECT_EQ(failure_of(known), "");
  const std::string file = std::string(GUICHET_SOURCE_DIR) + "/schemas/access.json\n";
  const std::string tls = "tls_certificate: " + file + "tls_key: " + file;
  EXPECT_EQ(failure_of(known + tls + "listen: 0.0.0.0:8080\n"), "");
  EXPECT_THAT(failure_of(known + "listen: 0.0.0.0:8080\n"), HasSubstr("without TLS"));
  EXPECT_THAT(failure_of(tls + "listen: 0.0.0.0:8080\n"), HasSubstr("auth_jwks"));
  const std::string clients = "tls_client_ca: " + file + "tls_clients: " + file;
  EXPECT_EQ(failure_of(tls + clients + "listen: 0.0.0.0:8080\n"), "");
  EXPECT_THAT(failure_of(clients), HasSubstr("needs tls_certificate"));
  EXPECT_THAT(failure_of("tls_key: " + file), HasSubstr("belong together"));
  EXPECT_THAT(failure_of(tls + "tls_clients: " + file), HasSubstr("belong together"));
  EXPECT_THAT(failure_of("tls_certificate: /no/such\ntls_key: " + file), HasSubstr("PEM"));
  EXPECT_THAT(failure_of(jwks), HasSubstr("belong together"));
  EXPECT_THAT(failure_of("auth_issuer: x\nlisten: 0.0.0.0:8080\n"), HasSubstr("belong together"));
  EXPECT_THAT(failure_of("listen: 0.0.0.0:8080\n"), HasSubstr("auth_jwks"));
  EXPECT_THAT(failure_of("auth_jwks: /no/such/file\n"), HasSubstr("JWK set"));
}

TEST(Settings, OnKafkaEachProcessHasItsRolesAndAGatewayItsKeys) {
  const auto refused = [](const std::string& text) { return failure_of(text); };
  EXPECT_EQ(refused("kafka: a:9092\nkeys: /keys\n"), "");
  EXPECT_EQ(refused("kafka: a:9092\nroles: cases,adapters:ca-*\n"), "");
  EXPECT_THAT(refused("kafka: a:9092\n"), HasSubstr("guichet keys create"));
  EXPECT_THAT(refused("roles: cases\n"), HasSubstr("roles are for Kafka"));
  EXPECT_THAT(refused("kafka: a:9092\nroles: desk\n"), HasSubstr("\"desk\" is no role"));
  EXPECT_THAT(refused("kafka: nowhere\n"), HasSubstr("kafka cannot be \"nowhere\""));
  EXPECT_THAT(refused("partitions: 0\n"), HasSubstr("from 1 to 1024"));
  EXPECT_THAT(refused("topic_prefix: a/b\n"), HasSubstr("letters, digits"));
  EXPECT_THAT(refused("kafka_properties: /no/such/file\n"), HasSubstr("cannot be read"));
}

TEST(Settings, AVariableThatIsNoSettingIsPointedOut) {
  std::vector<std::string> warnings;
  const char* environment[] = {"GUICHET_LISTN=127.0.0.1:2", "GUICHET_SERVER=http://x",
                               "GUICHET_PROGRAMS=/a:/b", nullptr};
  const auto written = settings_of_environment(environment, warnings);
  EXPECT_THAT(warnings, ElementsAre(HasSubstr("GUICHET_LISTN is no setting")));
  EXPECT_THAT(written.at("programs").values, ElementsAre("/a", "/b"));
}

}  // namespace
}  // namespace guichet::cli
