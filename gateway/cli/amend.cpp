// guichet amend ID FILE: a new submission of an application.

#include <CLI/CLI.hpp>
#include <memory>

#include "gateway/cli/answer.h"
#include "gateway/cli/client_session.h"
#include "gateway/cli/command.h"

namespace guichet::cli {
namespace {

struct AmendOptions {
  ClientOptions client;
  std::string id;
  std::string file;
  std::string wait = "10s";
  std::string key;
  std::string if_match;
};

int amend(const AmendOptions& options) {
  const auto wait = wait_of(options.wait);
  ClientSession session(options.client);
  const std::string body = read_input(options.file);
  const std::string target = application_target(options.id);
  std::string etag = options.if_match;
  if (etag.empty()) etag = session.call({"GET", target, {}, {}}).header("ETag");
  HttpRequest request{"PUT", target, {}, body};
  request.headers.emplace_back("Content-Type", "application/json");
  request.headers.emplace_back("If-Match", etag);
  request.headers.emplace_back("Idempotency-Key", options.key.empty() ? fresh_key() : options.key);
  print_answer(session, session.call(std::move(request), wait));
  return kDone;
}

}  // namespace

void add_amend(CLI::App& app, Run& run) {
  auto options = std::make_shared<AmendOptions>();
  CLI::App* command =
      app.add_subcommand("amend", "Amend an application: every program decides again");
  command->add_option("ID", options->id, "its id, or its short number")->required();
  command
      ->add_option("FILE", options->file,
                   "the whole application as it should be; - for standard input")
      ->required();
  command->add_option("--wait", options->wait, "how long to wait for every program, at most 60s")
      ->capture_default_str();
  command->add_option("--key", options->key,
                      "Idempotency-Key: the same key and file amend it once");
  command->add_option("--if-match", options->if_match,
                      "the ETag you saw; fails where another amendment came since");
  add_client_options(*command, options->client);
  command->footer(
      "Examples:\n"
      "  guichet amend K7Q4-2M9XA-C family.json\n"
      "  guichet amend K7Q4-2M9XA-C family.json --if-match '\"1.7\"' --language fr");
  command->callback([options, &run] { run = [options] { return amend(*options); }; });
}

}  // namespace guichet::cli
