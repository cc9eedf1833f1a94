// guichet health: does the server answer, and may it be given work? For probes and scripts on the
// same machine, where nothing else can reach it.

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <chrono>
#include <iostream>
#include <memory>

#include "gateway/cli/client_session.h"
#include "gateway/cli/command.h"
#include "gateway/cli/json_access.h"
#include "gateway/cli/terminal.h"

namespace guichet::cli {
namespace {

/// A probe asks again soon: an answer that takes longer is none.
constexpr std::chrono::seconds kProbeTime{3};

struct HealthOptions {
  ClientOptions client;
  bool ready = false;
};

int health(const HealthOptions& options) {
  HttpClient client(server_of(options.client.server, options.client.trust));
  // Not by a ClientSession: a probe wants this moment's answer, not that of a later try.
  const HttpResponse answer =
      client.send({"GET", options.ready ? "/readyz" : "/healthz", {}, {}}, kProbeTime);
  const bool well = answer.status == 200;
  if (options.client.json) {
    std::cout << answer.body << '\n';
    return well ? kDone : kRefused;
  }
  const Words& say = words(options.client.language);
  if (well) {
    std::cout << (options.ready ? say.is_ready : say.is_alive) << '\n';
    return kDone;
  }
  boost::system::error_code failed;
  const auto body = boost::json::parse(answer.body, failed);
  std::string why = failed ? "" : text_at(body, "status");
  if (why.empty()) why = std::to_string(answer.status);
  throw CommandError(kRefused, std::string(say.is_not_ready) + printable(why));
}

}  // namespace

void add_health(CLI::App& app, Run& run) {
  auto options = std::make_shared<HealthOptions>();
  CLI::App* command =
      app.add_subcommand("health",
                         "Say whether a server is alive, or ready; exit code 1 or 3 if "
                         "not");
  command->add_flag("--ready", options->ready,
                    "whether it may be given work, not only whether it lives");
  add_client_options(*command, options->client);
  command->footer(
      "Examples:\n"
      "  guichet health\n"
      "  guichet health --ready --server http://127.0.0.1:8081");
  command->callback([options, &run] { run = [options] { return health(*options); }; });
}

}  // namespace guichet::cli
