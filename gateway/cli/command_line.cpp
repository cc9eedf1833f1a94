#include <CLI/CLI.hpp>
#include <csignal>
#include <iostream>

#include "eventlog/log.h"
#include "gateway/cli/command.h"
#include "gateway/cli/http_client.h"
#include "gateway/cli/version.h"

namespace guichet::cli {
namespace {

void say(const std::string& text) {
  if (!text.empty()) std::cerr << text << (text.ends_with('\n') ? "" : "\n");
}

std::string unknown_command(const CLI::App& app, const std::string& written) {
  std::string names;
  for (const CLI::App* command : app.get_subcommands({}))
    names += (names.empty() ? "" : ", ") + command->get_name();
  return "guichet: " + (written.empty() ? "say what to do" : written + " is no command") +
         "; there are: " + names + "\nguichet COMMAND --help tells more.";
}

}  // namespace

int run_command_line(int argc, const char* const* argv) {
  std::signal(SIGPIPE, SIG_IGN);
  CLI::App app{"Guichet: one application, every program of every government, one answer."};
  app.name("guichet");
  app.set_version_flag("--version", std::string("guichet ") + kVersion);
  app.require_subcommand(1);
  app.footer(
      "Examples:\n"
      "  guichet serve\n"
      "  guichet apply family.json --language fr\n"
      "  guichet show K7Q4-2M9XA-C\n"
      "Every command has --help. Exit codes: 0 done, 1 refused or not found, 2 wrong usage, 3 "
      "cannot "
      "reach the server.");
  Run run;
  for (auto* add : {add_serve,  add_apply,    add_screen,   add_show,   add_find,  add_list,
                    add_amend,  add_withdraw, add_payments, add_ledger, add_audit, add_programs,
                    add_events, add_topics,   add_migrate,  add_keys,   add_token, add_health,
                    add_verify, add_views,    add_rules,    add_bench})
    add(app, run);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& wrong) {
    if (wrong.get_exit_code() != 0 && app.get_subcommands().empty()) {
      say(unknown_command(app, argc > 1 ? argv[1] : ""));
      return kUsage;
    }
    return app.exit(wrong, std::cout, std::cerr) == 0 ? kDone : kUsage;
  }
  try {
    return run();
  } catch (const CommandError& error) {
    say(error.what());
    return error.code();
  } catch (const CannotReach& away) {
    say(std::string("guichet: ") + away.what());
    say("Is it running? Start one with `guichet serve`, or say where it is with --server URL or "
        "GUICHET_SERVER.");
    return kUnreachable;
  } catch (const eventlog::LogUnavailable& away) {
    say(std::string("guichet: ") + away.what());
    say("Is Kafka running, and is its address right? It is said with --kafka HOST:PORT or "
        "GUICHET_KAFKA.");
    return kUnreachable;
  } catch (const std::exception& error) {
    say(std::string("guichet: ") + error.what());
    return kRefused;
  }
}

}  // namespace guichet::cli
