// guichet keys create: the two keys of a deployment on Kafka, made once.

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "gateway/cli/command.h"
#include "gateway/cli/data_folder.h"
#include "gateway/http/secrets.h"

namespace guichet::cli {
namespace {

int create(const std::string& folder) {
  if (const auto made = make_data_folder(folder); !made)
    throw CommandError(kRefused, "guichet: " + made.error().message);
  for (const char* name : {"ids.key", "clients.key"})
    if (std::filesystem::exists(std::filesystem::path(folder) / name))
      throw CommandError(kRefused, "guichet: " + folder + "/" + name +
                                       " is there already; keys are made once, and whoever loses "
                                       "them loses track of who applied");
  const auto made = http::open_secrets(folder, http::FirstStart::yes);
  if (!made) throw CommandError(kRefused, "guichet: " + made.error().message);
  std::cout << folder << "/ids.key\n" << folder << "/clients.key\n";
  std::cerr << "Give this folder to every gateway with --keys, and keep a copy where only those "
               "may read it who may read applications.\n";
  return kDone;
}

}  // namespace

void add_keys(CLI::App& app, Run& run) {
  CLI::App* command = app.add_subcommand("keys", "The two keys of a deployment on Kafka");
  command->require_subcommand(1);
  auto folder = std::make_shared<std::string>();
  CLI::App* make = command->add_subcommand(
      "create", "Make ids.key and clients.key: once for all gateways of a deployment");
  make->add_option("DIR", *folder, "where they are put, readable by this user alone")->required();
  make->footer("Example:\n  guichet keys create ./keys");
  make->callback([folder, &run] { run = [folder] { return create(*folder); }; });
}

}  // namespace guichet::cli
