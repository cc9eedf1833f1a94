// guichet serve: runs the server until SIGTERM or SIGINT.

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <iostream>
#include <memory>

#include "gateway/cli/command.h"
#include "gateway/cli/composition.h"
#include "gateway/cli/settings.h"
#include "gateway/cli/stop_signals.h"

namespace guichet::cli {
namespace {

struct ServeOptions {
  std::map<std::string, std::vector<std::string>> flags;  // by key
  std::string config;
  bool print_config = false;
};

std::string flag_of(const SettingKey& key) {
  std::string flag = "--" + key.name;
  std::replace(flag.begin(), flag.end(), '_', '-');
  return flag;
}

std::string type_of(const SettingKey& key) {
  if (key.name == "listen") return "HOST:PORT";
  if (key.name == "threads" || key.name == "partitions" || key.name == "caller_rate") return "N";
  if (key.name == "trusted_proxies") return "ADDRESS,…";
  if (key.name == "cors_origins") return "ORIGIN,…";
  if (key.name == "kafka") return "HOST:PORT,…";
  if (key.name == "kafka_properties") return "FILE";
  if (key.name == "roles") return "ROLE,…";
  if (key.name == "auth_ca" || key.name.starts_with("tls_")) return "FILE";
  if (key.name == "auth_jwks") return "FILE|URL";
  if (key.name.starts_with("auth_")) return "TEXT";
  if (key.name == "topic_prefix") return "TEXT";
  return "DIR";
}

WrittenSettings written_settings(const ServeOptions& options) {
  WrittenSettings flags;
  for (const SettingKey& key : setting_keys())
    if (const auto given = options.flags.find(key.name);
        given != options.flags.end() && !given->second.empty())
      flags[key.name] = {given->second, flag_of(key)};
  std::vector<std::string> warnings;
  const WrittenSettings environment = settings_of_environment(environ, warnings);
  for (const std::string& warning : warnings) std::cerr << "guichet: " << warning << '\n';
  WrittenSettings file;
  if (!options.config.empty()) {
    auto read = settings_of_file(options.config);
    if (!read) throw CommandError(kUsage, "guichet: " + read.error().message);
    file = std::move(*read);
  }
  return merge_settings({flags, environment, file});
}

int serve(const ServeOptions& options) {
  const WrittenSettings written = written_settings(options);
  const auto settings = check_settings(written);
  if (!settings) throw CommandError(kUsage, "guichet: " + settings.error().message);
  if (options.print_config) {
    std::cout << print_settings(written);
    return kDone;
  }

  const StopSignals stops;
  auto started = Composition::start(*settings);
  if (!started) throw CommandError(kRefused, "guichet: " + started.error().message);
  std::cout << "listening on " << (*started)->url() << std::endl;
  stops.wait();
  (*started)->stop();
  return kDone;
}

}  // namespace

void add_serve(CLI::App& app, Run& run) {
  auto options = std::make_shared<ServeOptions>();
  CLI::App* command = app.add_subcommand("serve", "Run the server");
  for (const SettingKey& key : setting_keys()) {
    auto* option = command->add_option(flag_of(key), options->flags[key.name], key.meaning);
    option->type_name(type_of(key));
    // One value each time it is given: `--programs A --programs B`.
    option->expected(1);
    option->multi_option_policy(key.is_list ? CLI::MultiOptionPolicy::TakeAll
                                            : CLI::MultiOptionPolicy::TakeLast);
    if (!key.default_value.empty()) option->default_str(key.default_value);
  }
  command->add_option("--config", options->config, "a YAML file with these settings")
      ->envname("GUICHET_CONFIG");
  command->add_flag("--print-config", options->print_config,
                    "print what is in force and where each value came from, and end");
  command->footer(
      "Every setting is also an environment variable (GUICHET_LISTEN, …) and a key of the file "
      "(listen: …).\nThe flag counts before the variable, the variable before the file.\n"
      "Examples:\n"
      "  guichet serve\n"
      "  guichet serve --data /var/lib/guichet --listen 127.0.0.1:9000\n"
      "  guichet serve --kafka 127.0.0.1:9092 --keys ./keys --roles gateway,cases\n"
      "  guichet serve --kafka 127.0.0.1:9092 --data ./federal --listen 127.0.0.1:0 --roles "
      "'adapters:ca-*'\n"
      "  GUICHET_PROGRAMS=./programs guichet serve --config guichet.yaml --print-config");
  command->callback([options, &run] { run = [options] { return serve(*options); }; });
}

}  // namespace guichet::cli
