// guichet screen FILE: which programs would pay, without an identity and with nothing stored.

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <iostream>
#include <memory>

#include "gateway/cli/case_text.h"
#include "gateway/cli/client_session.h"
#include "gateway/cli/command.h"
#include "gateway/cli/terminal.h"

namespace guichet::cli {
namespace {

struct ScreenOptions {
  ClientOptions client;
  std::string file;
};

int screen(const ScreenOptions& options) {
  ClientSession session(options.client);
  HttpRequest request{"POST", "/v1/screenings", {}, read_input(options.file)};
  request.headers.emplace_back("Content-Type", "application/json");
  const HttpResponse answer = session.call(std::move(request));
  if (options.client.json)
    std::cout << answer.body << '\n';
  else
    print_screening(std::cout, boost::json::parse(answer.body), session.words(answer),
                    terminal_width());
  return kDone;
}

}  // namespace

void add_screen(CLI::App& app, Run& run) {
  auto options = std::make_shared<ScreenOptions>();
  CLI::App* command =
      app.add_subcommand("screen", "Show which programs would pay; nothing is stored");
  command
      ->add_option("FILE", options->file,
                   "an application as JSON, without its client if you like; - for standard input")
      ->required();
  add_client_options(*command, options->client);
  command->footer(
      "Examples:\n"
      "  guichet screen family.json\n"
      "  guichet screen - --language fr --json < household.json");
  command->callback([options, &run] { run = [options] { return screen(*options); }; });
}

}  // namespace guichet::cli
