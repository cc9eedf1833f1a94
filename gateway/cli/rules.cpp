// guichet rules: programs and the engine that determines them.

#include <CLI/CLI.hpp>

#include "gateway/cli/command.h"

namespace guichet::cli {

void add_rules(CLI::App& app, Run& run) {
  CLI::App* rules = app.add_subcommand("rules", "Programs and the engine that determines them");
  rules->require_subcommand(1);
  rules->footer(
      "Examples:\n"
      "  guichet rules check rules/programs\n"
      "  guichet rules eval rules/programs/ca-ccb/model.dmn facts.json\n"
      "  guichet rules tck ~/dmn-tck/TestCases");
  add_rules_check(*rules, run);
  add_rules_eval(*rules, run);
  add_rules_tck(*rules, run);
}

}  // namespace guichet::cli
