// guichet apply FILE: sends an application and prints the merged answer.

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "gateway/cli/answer.h"
#include "gateway/cli/client_session.h"
#include "gateway/cli/command.h"

namespace guichet::cli {
namespace {

struct ApplyOptions {
  ClientOptions client;
  std::string file;
  std::string wait = "10s";
  std::string key;
};

int apply(const ApplyOptions& options) {
  const auto wait = wait_of(options.wait);
  ClientSession session(options.client);
  HttpRequest request{"POST", "/v1/applications", {}, read_input(options.file)};
  request.headers.emplace_back("Content-Type", "application/json");
  request.headers.emplace_back("Idempotency-Key", options.key.empty() ? fresh_key() : options.key);
  print_answer(session, session.call(std::move(request), wait));
  return kDone;
}

}  // namespace

void add_apply(CLI::App& app, Run& run) {
  auto options = std::make_shared<ApplyOptions>();
  CLI::App* command = app.add_subcommand("apply", "Send an application, print the merged answer");
  command->add_option("FILE", options->file, "the application as JSON; - for standard input")
      ->required();
  command->add_option("--wait", options->wait, "how long to wait for every program, at most 60s")
      ->capture_default_str();
  command->add_option("--key", options->key,
                      "Idempotency-Key: the same key and file give the same application");
  add_client_options(*command, options->client);
  command->footer(
      "Examples:\n"
      "  guichet apply family.json\n"
      "  guichet apply family.json --language fr --wait 30s\n"
      "  guichet apply - --key visit-1042 --json < family.json");
  command->callback([options, &run] { run = [options] { return apply(*options); }; });
}

}  // namespace guichet::cli
