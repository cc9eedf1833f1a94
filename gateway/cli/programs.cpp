// guichet programs [ID]: what is offered, with figures in force.

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <iostream>
#include <memory>

#include "gateway/cli/client_session.h"
#include "gateway/cli/command.h"
#include "gateway/cli/json_access.h"
#include "gateway/cli/program_text.h"

namespace guichet::cli {
namespace {

struct ProgramsOptions {
  ClientOptions client;
  std::string id;
  std::string as_of;
};

int programs(const ProgramsOptions& options) {
  ClientSession session(options.client);
  std::string target = "/v1/programs";
  if (!options.id.empty()) target += "/" + percent_encoded(options.id);
  if (!options.as_of.empty()) target += "?as_of=" + percent_encoded(options.as_of);
  const HttpResponse answer = session.call({"GET", target, {}, {}});
  if (options.client.json) {
    std::cout << answer.body << '\n';
    return kDone;
  }
  const auto value = boost::json::parse(answer.body);
  if (options.id.empty())
    print_programs(std::cout, value, session.words(answer), terminal_width());
  else
    print_program(std::cout, value, session.words(answer), terminal_width());
  return kDone;
}

}  // namespace

void add_programs(CLI::App& app, Run& run) {
  auto options = std::make_shared<ProgramsOptions>();
  CLI::App* command = app.add_subcommand("programs", "What is offered, with figures in force");
  command->add_option("ID", options->id, "one program, such as ca-ccb");
  command->add_option("--as-of", options->as_of, "the day whose figures are shown: 2026-01-31");
  add_client_options(*command, options->client);
  command->footer(
      "Examples:\n"
      "  guichet programs\n"
      "  guichet programs ca-ccb --as-of 2025-07-01 --language fr");
  command->callback([options, &run] { run = [options] { return programs(*options); }; });
}

}  // namespace guichet::cli
