// guichet verify: checks every checksum and chain of a stopped server's data.

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <iostream>
#include <memory>

#include "eventlog/sqlite/sqlite_log.h"
#include "gateway/cli/command.h"

namespace guichet::cli {
namespace {

struct VerifyOptions {
  std::string data = "guichet-data";
  bool json = false;
};

int verify(const VerifyOptions& options) {
  const auto report = eventlog::verify_sqlite_log(options.data);
  if (!report) throw CommandError(kRefused, "guichet: " + report.error().message);
  const bool whole = report->damage.empty();
  if (options.json) {
    std::cout << boost::json::serialize(boost::json::object{{"whole", whole},
                                                            {"damage", report->damage},
                                                            {"segments", report->segments},
                                                            {"records", report->records},
                                                            {"states", report->states}})
              << '\n';
  } else if (whole) {
    std::cout << options.data << " is whole: " << report->records << " records in "
              << report->segments << " segments, " << report->states << " states\n";
  }
  if (whole) return kDone;
  throw CommandError(kRefused, "guichet: " + options.data + " is damaged: " + report->damage +
                                   "\nRestore a backup. What stands before this place is whole.");
}

}  // namespace

void add_verify(CLI::App& app, Run& run) {
  auto options = std::make_shared<VerifyOptions>();
  CLI::App* command =
      app.add_subcommand("verify", "Check every checksum and chain of a stopped server's data");
  command->add_option("--data", options->data, "the data folder")
      ->envname("GUICHET_DATA")
      ->capture_default_str();
  command->add_flag("--json", options->json, "print the report as JSON");
  command->footer("Example:\n  guichet verify --data /var/lib/guichet");
  command->callback([options, &run] { run = [options] { return verify(*options); }; });
}

}  // namespace guichet::cli
