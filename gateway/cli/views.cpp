// guichet views rebuild: makes what lists are read from anew, out of the log of a stopped server.

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "eventlog/sqlite/projection.h"
#include "eventlog/sqlite/sqlite_log.h"
#include "gateway/cli/command.h"
#include "gateway/views/sqlite_views.h"

namespace guichet::cli {
namespace {

int rebuild(const std::string& data) {
  const auto projection = views::case_projection();
  const auto rebuilt = eventlog::rebuild_projection(data, *projection);
  if (!rebuilt) throw CommandError(kRefused, "guichet: " + rebuilt.error().message);
  std::cout << "the views of " << data << " were made anew from its log\n";
  return kDone;
}

}  // namespace

void add_views(CLI::App& app, Run& run) {
  CLI::App* views = app.add_subcommand("views", "What lists are read from");
  views->require_subcommand(1);
  auto data = std::make_shared<std::string>("guichet-data");
  CLI::App* command =
      views->add_subcommand("rebuild", "Make them anew from the log, on a stopped server");
  command->add_option("--data", *data, "the data folder")
      ->envname("GUICHET_DATA")
      ->capture_default_str();
  command->footer("Example:\n  guichet views rebuild --data /var/lib/guichet");
  command->callback([data, &run] { run = [data] { return rebuild(*data); }; });
}

}  // namespace guichet::cli
