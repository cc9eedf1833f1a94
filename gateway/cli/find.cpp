// guichet find FILE: a client by SIN, or by name and date of birth. Never on the command line,
// which every program of the machine can see.

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <iostream>
#include <memory>

#include "gateway/cli/client_session.h"
#include "gateway/cli/command.h"
#include "gateway/cli/json_access.h"
#include "gateway/cli/table.h"
#include "gateway/cli/terminal.h"

namespace guichet::cli {
namespace {

namespace json = boost::json;

struct FindOptions {
  ClientOptions client;
  std::string file;
};

/// JSON as it is; a number alone is a SIN, which the server checks.
std::string body_of(const std::string& input) {
  const std::size_t first = input.find_first_not_of(" \t\r\n");
  if (first != std::string::npos && (input[first] == '{' || input[first] == '[')) return input;
  std::string digits;
  for (const char c : input)
    if (c != ' ' && c != '-' && c != '\t' && c != '\r' && c != '\n') digits += c;
  return json::serialize(json::object{{"sin", digits}});
}

void print(const json::value& found, const Words& words) {
  const json::array& people = items(at(found, "items"));
  if (people.empty()) std::cout << words.nobody << '\n';
  for (const json::value& person : people) {
    std::cout << text_at(person, "given_name") << ' ' << text_at(person, "family_name") << ", "
              << text_at(person, "date_of_birth");
    if (const std::string client = text_at(person, "client"); !client.empty())
      std::cout << "  " << client;
    std::cout << '\n';
    Table table(
        {{std::string(words.number)}, {std::string(words.received)}, {std::string(words.status)}});
    for (const json::value& one : items(at(person, "applications")))
      table.row({text_at(one, "number"), text_at(one, "received_at").substr(0, 10),
                 case_status(text_at(one, "status"), words)});
    table.print(std::cout, terminal_width());
  }
}

int find(const FindOptions& options) {
  ClientSession session(options.client);
  HttpRequest request{"POST", "/v1/clients/search", {}, body_of(read_input(options.file))};
  request.headers.emplace_back("Content-Type", "application/json");
  const HttpResponse answer = session.call(std::move(request));
  if (options.client.json)
    std::cout << answer.body << '\n';
  else
    print(json::parse(answer.body), words(options.client.language));
  return kDone;
}

}  // namespace

void add_find(CLI::App& app, Run& run) {
  auto options = std::make_shared<FindOptions>();
  CLI::App* command =
      app.add_subcommand("find", "Find a client by SIN, or by family name and date of birth");
  command
      ->add_option("FILE", options->file,
                   "a SIN, or JSON with sin, or with family_name, date_of_birth and perhaps "
                   "given_name; - for standard input")
      ->required();
  add_client_options(*command, options->client);
  command->footer(
      "Examples:\n"
      "  guichet find -                     then type the SIN, Enter, Ctrl-D\n"
      "  guichet find - < person.json       {\"family_name\": \"…\", \"date_of_birth\": "
      "\"1994-05-02\"}");
  command->callback([options, &run] { run = [options] { return find(*options); }; });
}

}  // namespace guichet::cli
