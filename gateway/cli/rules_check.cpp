// guichet rules check: a program's folder, read and checked, and its examples run.

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <filesystem>
#include <iostream>
#include <memory>

#include "gateway/cli/command.h"
#include "gateway/cli/table.h"
#include "gateway/cli/terminal.h"
#include "rules/program/examples.h"
#include "rules/program/load.h"

namespace guichet::cli {
namespace {

constexpr std::size_t kShortVersion = 19;  // sha256: and twelve digits

struct CheckOptions {
  std::string folder;
  bool json = false;
};

std::vector<std::filesystem::path> program_folders(const std::filesystem::path& folder) {
  if (!std::filesystem::is_directory(folder))
    throw CommandError(kUsage, "guichet: " + folder.string() +
                                   " is no folder; give a program's folder, or one that holds "
                                   "programs' folders");
  if (std::filesystem::exists(folder / "program.yaml")) return {folder};
  std::vector<std::filesystem::path> found;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (std::filesystem::exists(entry.path() / "program.yaml")) found.push_back(entry.path());
  std::sort(found.begin(), found.end());
  if (found.empty())
    throw CommandError(
        kUsage, "guichet: no program.yaml in " + folder.string() + " or in a folder within it");
  return found;
}

struct Checked {
  std::shared_ptr<const rules::Program> program;  // null where the folder cannot be read
  std::size_t examples = 0;
  std::vector<std::string> wrong;
};

Checked check_folder(const std::filesystem::path& folder) {
  Checked checked;
  const auto program = rules::load_program(folder);
  if (!program) {
    checked.wrong.push_back(program.error().message);
    return checked;
  }
  checked.program = *program;
  const auto examples = rules::load_examples(folder);
  if (!examples) {
    checked.wrong.push_back(examples.error().message);
    return checked;
  }
  checked.examples = examples->size();
  for (const std::string& difference : rules::differences(*checked.program, *examples))
    checked.wrong.push_back(checked.program->manifest().id + ": " + difference);
  return checked;
}

boost::json::object report_of(const std::filesystem::path& folder, const Checked& checked) {
  boost::json::object report{{"folder", folder.string()}};
  if (checked.program != nullptr) {
    report["program"] = checked.program->manifest().id;
    report["version"] = checked.program->manifest().version;
    report["examples"] = checked.examples;
  }
  if (!checked.wrong.empty())
    report["wrong"] = boost::json::array(checked.wrong.begin(), checked.wrong.end());
  return report;
}

int check(const CheckOptions& options) {
  Table table({{"Program", Table::left},
               {"Name", Table::left, true},
               {"Version", Table::left},
               {"Examples", Table::right}});
  boost::json::array report;
  std::string wrong;
  for (const auto& folder : program_folders(options.folder)) {
    const Checked checked = check_folder(folder);
    report.push_back(report_of(folder, checked));
    for (const std::string& text : checked.wrong) wrong += (wrong.empty() ? "" : "\n") + text;
    if (checked.program == nullptr) continue;
    const rules::Manifest& manifest = checked.program->manifest();
    table.row({manifest.id, manifest.name.en, manifest.version.substr(0, kShortVersion),
               std::to_string(checked.examples) + " agree"});
  }
  if (options.json)
    std::cout << boost::json::serialize(report) << '\n';
  else if (wrong.empty())
    table.print(std::cout, terminal_width());
  if (!wrong.empty()) throw CommandError(kRefused, options.json ? "" : wrong);
  return kDone;
}

}  // namespace

void add_rules_check(CLI::App& rules, Run& run) {
  auto options = std::make_shared<CheckOptions>();
  CLI::App* command =
      rules.add_subcommand("check", "Read and check a program's folder, and run its examples");
  command->add_option("DIR", options->folder, "a program's folder, or a folder of such folders")
      ->required();
  command->add_flag("--json", options->json, "print the report as JSON");
  command->footer("Example:\n  guichet rules check rules/programs/ca-ccb");
  command->callback([options, &run] { run = [options] { return check(*options); }; });
}

}  // namespace guichet::cli
