#pragma once

#include <functional>
#include <stdexcept>
#include <string>

namespace CLI {
class App;
}

namespace guichet::cli {

// Every command is one file with one function that adds it to the command line. What it does when
// it was chosen it puts into `run`, which gives the exit code.

enum ExitCode : int { kDone = 0, kRefused = 1, kUsage = 2, kUnreachable = 3 };

using Run = std::function<int()>;

/// Ends a command: the text goes to standard error as it stands.
class CommandError : public std::runtime_error {
 public:
  CommandError(ExitCode code, const std::string& text) : std::runtime_error(text), code_(code) {}
  ExitCode code() const { return code_; }

 private:
  ExitCode code_;
};

void add_serve(CLI::App& app, Run& run);
void add_apply(CLI::App& app, Run& run);
void add_screen(CLI::App& app, Run& run);
void add_show(CLI::App& app, Run& run);
void add_find(CLI::App& app, Run& run);
void add_list(CLI::App& app, Run& run);
void add_amend(CLI::App& app, Run& run);
void add_withdraw(CLI::App& app, Run& run);
void add_payments(CLI::App& app, Run& run);
void add_ledger(CLI::App& app, Run& run);
void add_audit(CLI::App& app, Run& run);
void add_programs(CLI::App& app, Run& run);
void add_verify(CLI::App& app, Run& run);
void add_views(CLI::App& app, Run& run);
void add_rules(CLI::App& app, Run& run);
void add_rules_check(CLI::App& rules, Run& run);
void add_rules_eval(CLI::App& rules, Run& run);
void add_rules_tck(CLI::App& rules, Run& run);
void add_events(CLI::App& app, Run& run);
void add_topics(CLI::App& app, Run& run);
void add_migrate(CLI::App& app, Run& run);
void add_keys(CLI::App& app, Run& run);
void add_token(CLI::App& app, Run& run);
void add_health(CLI::App& app, Run& run);
void add_bench(CLI::App& app, Run& run);

/// The whole command line: parses, runs one command, prints what went wrong. The exit code.
int run_command_line(int argc, const char* const* argv);

}  // namespace guichet::cli
