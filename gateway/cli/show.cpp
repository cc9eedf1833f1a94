// guichet show ID: one application as it stands.

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <memory>

#include "gateway/cli/answer.h"
#include "gateway/cli/case_text.h"
#include "gateway/cli/client_session.h"
#include "gateway/cli/command.h"

namespace guichet::cli {
namespace {

struct ShowOptions {
  ClientOptions client;
  std::string id;
  std::string wait = "0s";
};

int show(const ShowOptions& options) {
  const auto wait = wait_of(options.wait);
  ClientSession session(options.client);
  const std::string target = application_target(options.id);
  HttpResponse answer = session.call({"GET", target, {}, {}});
  const auto until = std::chrono::steady_clock::now() + wait;
  while (is_undecided(boost::json::parse(answer.body))) {
    const auto left =
        std::chrono::ceil<std::chrono::seconds>(until - std::chrono::steady_clock::now());
    if (left <= std::chrono::seconds{0}) break;
    HttpRequest request{"GET", target, {{"If-None-Match", answer.header("ETag")}}, {}};
    HttpResponse changed = session.call(std::move(request), left);
    if (changed.status == 304) break;
    answer = std::move(changed);
  }
  print_answer(session, answer);
  return kDone;
}

}  // namespace

void add_show(CLI::App& app, Run& run) {
  auto options = std::make_shared<ShowOptions>();
  CLI::App* command = app.add_subcommand("show", "Show one application as it stands");
  command->add_option("ID", options->id, "its id, or its short number")->required();
  command->add_option("--wait", options->wait, "wait for programs that have not answered")
      ->capture_default_str();
  add_client_options(*command, options->client);
  command->footer(
      "Examples:\n"
      "  guichet show K7Q4-2M9XA-C\n"
      "  guichet show 0197a2c4-5d1e-7c3a-9b1f-3f0f6a2f8d11 --language fr --wait 10s");
  command->callback([options, &run] { run = [options] { return show(*options); }; });
}

}  // namespace guichet::cli
