// guichet withdraw ID: the client wants nothing any more.

#include <CLI/CLI.hpp>
#include <memory>

#include "gateway/cli/answer.h"
#include "gateway/cli/client_session.h"
#include "gateway/cli/command.h"

namespace guichet::cli {
namespace {

struct WithdrawOptions {
  ClientOptions client;
  std::string id;
  std::string key;
};

int withdraw(const WithdrawOptions& options) {
  ClientSession session(options.client);
  HttpRequest request{"POST",
                      application_target(options.id) + "/withdrawal",
                      {{"Idempotency-Key", options.key.empty() ? fresh_key() : options.key}},
                      {}};
  print_answer(session, session.call(std::move(request)));
  return kDone;
}

}  // namespace

void add_withdraw(CLI::App& app, Run& run) {
  auto options = std::make_shared<WithdrawOptions>();
  CLI::App* command = app.add_subcommand("withdraw", "Withdraw an application");
  command->add_option("ID", options->id, "its id, or its short number")->required();
  command->add_option("--key", options->key, "Idempotency-Key");
  add_client_options(*command, options->client);
  command->footer("Example:\n  guichet withdraw K7Q4-2M9XA-C");
  command->callback([options, &run] { run = [options] { return withdraw(*options); }; });
}

}  // namespace guichet::cli
