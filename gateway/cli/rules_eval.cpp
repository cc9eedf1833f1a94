// guichet rules eval MODEL INPUT: one evaluation with its trace.

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <iostream>
#include <memory>

#include "gateway/cli/client_session.h"
#include "gateway/cli/command.h"
#include "gateway/cli/json_access.h"
#include "gateway/cli/table.h"
#include "rules/dmn/eval.h"

namespace guichet::cli {
namespace {

struct EvalOptions {
  std::string model;
  std::string input;
  bool json = false;
};

std::string shown(const boost::json::value& value) {
  return value.is_string() ? text_of(value) : printable(boost::json::serialize(value));
}

void print_evaluation(const boost::json::value& evaluation) {
  Table decisions({{"Decision", Table::left, true}, {"Value", Table::left, true}});
  if (const auto* values = at(evaluation, "decisions").if_object())
    for (const auto& decision : *values)
      decisions.row({printable(decision.key()), shown(decision.value())});
  decisions.print(std::cout, terminal_width());
  if (!items(at(evaluation, "rules")).empty()) {
    std::cout << '\n';
    Table rules({{"Rule that fired", Table::left, true}, {"Output", Table::left, true}});
    for (const auto& rule : items(at(evaluation, "rules")))
      rules.row({text_at(rule, "table") + ", rule " + std::to_string(number_at(rule, "rule")),
                 shown(at(rule, "output"))});
    rules.print(std::cout, terminal_width());
  }
  if (items(at(evaluation, "notes")).empty()) return;
  std::cout << '\n';
  Table notes({{"Null in", Table::left, true}, {"because", Table::left, true}});
  for (const auto& note : items(at(evaluation, "notes")))
    notes.row({text_at(note, "decision"), text_at(note, "text")});
  notes.print(std::cout, terminal_width());
}

int eval(const EvalOptions& options) {
  const auto result = dmn::evaluate_file(options.model, read_input(options.input));
  if (!result) throw CommandError(kRefused, "guichet: " + result.error().message);
  if (options.json)
    std::cout << *result << '\n';
  else
    print_evaluation(boost::json::parse(*result));
  return kDone;
}

}  // namespace

void add_rules_eval(CLI::App& rules, Run& run) {
  auto options = std::make_shared<EvalOptions>();
  CLI::App* command =
      rules.add_subcommand("eval", "Evaluate a DMN model once, and show how it came about");
  command->add_option("MODEL", options->model, "a DMN file")->required();
  command
      ->add_option("INPUT", options->input,
                   "a JSON object by the names of the model's input data; - for standard input")
      ->required();
  command->add_flag("--json", options->json, "print decisions, rules and notes as JSON");
  command->footer(
      "Examples:\n"
      "  guichet rules eval model.dmn facts.json\n"
      "  echo '{\"Age\": 66}' | guichet rules eval model.dmn - --json");
  command->callback([options, &run] { run = [options] { return eval(*options); }; });
}

}  // namespace guichet::cli
