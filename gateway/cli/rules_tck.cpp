// guichet rules tck DIR: the DMN kit's cases, counted.

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <iostream>
#include <memory>
#include <sstream>

#include "gateway/cli/command.h"
#include "rules/dmn/tck.h"

namespace guichet::cli {
namespace {

struct TckOptions {
  std::string folder;
  bool json = false;
};

int tck_as_json(const std::string& folder) {
  std::ostringstream failing;
  const dmn::TckTally tally = dmn::run_tck_cases(folder, failing);
  boost::json::object levels;
  for (const auto& [level, count] : tally.by_level)
    levels[level] = boost::json::object{{"passed", count.passed}, {"total", count.total}};
  boost::json::array failed;
  std::istringstream lines(failing.str());
  for (std::string line; std::getline(lines, line);) failed.emplace_back(line);
  std::cout << boost::json::serialize(boost::json::object{{"passed", tally.passed},
                                                          {"total", tally.total},
                                                          {"by_level", std::move(levels)},
                                                          {"failed", std::move(failed)}})
            << '\n';
  if (tally.total == 0) return kUsage;
  return tally.passed == tally.total ? kDone : kRefused;
}

int tck(const TckOptions& options) {
  if (!std::filesystem::is_directory(options.folder))
    throw CommandError(kUsage, "guichet: " + options.folder +
                                   " is no folder; give the kit's TestCases, or a folder in it");
  return options.json ? tck_as_json(options.folder) : dmn::run_tck(options.folder, std::cout);
}

}  // namespace

void add_rules_tck(CLI::App& rules, Run& run) {
  auto options = std::make_shared<TckOptions>();
  CLI::App* command =
      rules.add_subcommand("tck", "Run a folder of the DMN kit's cases, and count what passes");
  command->add_option("DIR", options->folder, "the kit's TestCases, or a folder in it")->required();
  command->add_flag("--json", options->json, "print the counts as JSON");
  command->footer("Example:\n  guichet rules tck ~/dmn-tck/TestCases/compliance-level-2");
  command->callback([options, &run] { run = [options] { return tck(*options); }; });
}

}  // namespace guichet::cli
