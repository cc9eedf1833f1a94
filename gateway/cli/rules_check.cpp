// guichet rules check: a program's folder, read and checked.

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <filesystem>
#include <iostream>
#include <memory>

#include "gateway/cli/command.h"
#include "gateway/cli/table.h"
#include "gateway/cli/terminal.h"
#include "rules/program/load.h"

namespace guichet::cli {
namespace {

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

int check(const CheckOptions& options) {
  Table table({{"Program", Table::left}, {"Name", Table::left, true}, {"Version", Table::left}});
  boost::json::array report;
  std::string wrong;
  for (const auto& folder : program_folders(options.folder)) {
    const auto program = rules::load_program(folder);
    if (!program) {
      wrong += (wrong.empty() ? "" : "\n") + program.error().message;
      report.push_back(
          boost::json::object{{"folder", folder.string()}, {"wrong", program.error().message}});
      continue;
    }
    const rules::Manifest& manifest = (*program)->manifest();
    table.row({manifest.id, manifest.name.en, manifest.version.substr(0, 19)});
    report.push_back(boost::json::object{
        {"folder", folder.string()}, {"program", manifest.id}, {"version", manifest.version}});
  }
  if (options.json)
    std::cout << boost::json::serialize(report) << '\n';
  else if (report.size() > 0 && wrong.empty())
    table.print(std::cout, terminal_width());
  if (!wrong.empty()) throw CommandError(kRefused, options.json ? "" : wrong);
  return kDone;
}

}  // namespace

void add_rules_check(CLI::App& rules, Run& run) {
  auto options = std::make_shared<CheckOptions>();
  CLI::App* command = rules.add_subcommand("check", "Read and check a program's folder");
  command->add_option("DIR", options->folder, "a program's folder, or a folder of such folders")
      ->required();
  command->add_flag("--json", options->json, "print the report as JSON");
  command->footer("Example:\n  guichet rules check rules/programs/ca-ccb");
  command->callback([options, &run] { run = [options] { return check(*options); }; });
}

}  // namespace guichet::cli
