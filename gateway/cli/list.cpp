// guichet list: applications, newest first.

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <iostream>
#include <memory>

#include "gateway/cli/case_text.h"
#include "gateway/cli/client_session.h"
#include "gateway/cli/command.h"
#include "gateway/cli/json_access.h"

namespace guichet::cli {
namespace {

struct Filter {
  const char* name;  // of the option and of the query
  const char* meaning;
  std::string value;
};

struct ListOptions {
  ClientOptions client;
  std::vector<Filter> filters = {
      {"number", "the short number", ""},
      {"client", "a client's id, as cases show it", ""},
      {"status", "received, determining, complete, partial, held or withdrawn", ""},
      {"program", "applications that asked this program", ""},
      {"desk", "the desk that took them", ""},
      {"from", "received on this day or after: 2026-01-31", ""},
      {"to", "received before this day", ""},
      {"limit", "how many, 1 to 200", ""},
      {"cursor", "where the page before ended", ""},
  };
};

int list(const ListOptions& options) {
  ClientSession session(options.client);
  std::string query;
  std::string same_again = "guichet list";
  for (const Filter& filter : options.filters) {
    if (filter.value.empty()) continue;
    query += (query.empty() ? "?" : "&") + std::string(filter.name) + "=" +
             percent_encoded(filter.value);
    if (std::string_view(filter.name) != "cursor")
      same_again += " --" + std::string(filter.name) + " " + filter.value;
  }
  const HttpResponse answer = session.call({"GET", "/v1/applications" + query, {}, {}});
  if (options.client.json) {
    std::cout << answer.body << '\n';
    return kDone;
  }
  const auto page = boost::json::parse(answer.body);
  const Words& words = session.words(answer);
  print_cases(std::cout, page, words, terminal_width());
  const std::string next = text_at(page, "next");
  if (!next.empty())
    std::cout << '\n' << words.more_cases << "\n  " << same_again << " --cursor " << next << '\n';
  return kDone;
}

}  // namespace

void add_list(CLI::App& app, Run& run) {
  auto options = std::make_shared<ListOptions>();
  CLI::App* command = app.add_subcommand("list", "List applications, newest first");
  for (Filter& filter : options->filters)
    command->add_option(std::string("--") + filter.name, filter.value, filter.meaning);
  add_client_options(*command, options->client);
  command->footer(
      "Examples:\n"
      "  guichet list --status partial --program nb-ctb\n"
      "  guichet list --desk snb-grand-manan --from 2026-01-01 --json");
  command->callback([options, &run] { run = [options] { return list(*options); }; });
}

}  // namespace guichet::cli
