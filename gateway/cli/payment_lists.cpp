// guichet payments files | rejected: a run's files for the bank, and what the bank rejected.

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <fstream>
#include <iostream>
#include <memory>

#include "gateway/cli/client_session.h"
#include "gateway/cli/json_access.h"
#include "gateway/cli/payment_commands.h"
#include "gateway/cli/payment_words.h"
#include "gateway/cli/table.h"
#include "gateway/cli/terminal.h"
#include "schemas/values/money.h"

namespace guichet::cli {
namespace {

namespace json = boost::json;

struct ListOptions {
  ClientOptions client;
  std::string actor;
  std::string run;
  unsigned number = 0;
  std::string output;
};

std::string dollars(const json::value& of, std::string_view language) {
  const auto money = Money::parse(text_at(of, "amount"));
  return money ? money->for_people(language == "fr" ? "fr" : "en") : std::string();
}

HttpResponse get(ClientSession& session, const ListOptions& options, std::string target) {
  HttpRequest made{"GET", std::move(target), {}, {}};
  if (!options.actor.empty()) made.headers.emplace_back("Guichet-Actor", options.actor);
  return session.call(std::move(made));
}

int save(const HttpResponse& file, const std::string& output) {
  if (output.empty()) {
    std::cout << file.body;
    return kDone;
  }
  std::ofstream out(output, std::ios::binary);
  if (!(out << file.body).flush())
    throw CommandError(kRefused, "guichet: " + output + " cannot be written");
  return kDone;
}

int files(const ListOptions& options) {
  ClientSession session(options.client);
  const std::string target = "/v1/payment-runs/" + percent_encoded(options.run) + "/files";
  if (options.number > 0)
    return save(get(session, options, target + "/" + std::to_string(options.number)),
                options.output);
  const HttpResponse answer = get(session, options, target);
  const PaymentWords& words = payment_words(options.client.language);
  const json::value listed = json::parse(answer.body);
  if (options.client.json) {
    std::cout << answer.body << '\n';
    return kDone;
  }
  if (items(at(listed, "files")).empty()) {
    std::cout << words.no_files << '\n';
    return kDone;
  }
  Table table({{std::string(words.file), Table::left, true},
               {std::string(words.payments), Table::right},
               {std::string(words.amount), Table::right},
               {"SHA-256", Table::left, true}});
  for (const json::value& file : items(at(listed, "files")))
    table.row({text_at(file, "name"), std::to_string(number_at(file, "payments")),
               dollars(file, options.client.language), text_at(file, "sha256")});
  table.print(std::cout, terminal_width());
  return kDone;
}

int rejected(const ListOptions& options) {
  ClientSession session(options.client);
  const PaymentWords& words = payment_words(options.client.language);
  std::string target = "/v1/payments?status=rejected&limit=200";
  if (!options.run.empty()) target += "&run=" + percent_encoded(options.run);
  json::array all;
  for (std::string cursor;;) {
    const std::string more = cursor.empty() ? "" : "&cursor=" + percent_encoded(cursor);
    const json::value page = json::parse(get(session, options, target + more).body);
    for (const json::value& item : items(at(page, "items"))) all.push_back(item);
    cursor = text_at(page, "next");
    if (cursor.empty()) break;
  }
  if (options.client.json) {
    std::cout << json::serialize(json::object{{"items", all}}) << '\n';
    return kDone;
  }
  if (all.empty()) {
    std::cout << words.no_rejected << '\n';
    return kDone;
  }
  Table table({{std::string(words.date)},
               {std::string(words.client)},
               {std::string(words.amount), Table::right},
               {std::string(words.why), Table::left, true},
               {std::string(words.became), Table::left, true}});
  for (const json::value& item : all) {
    const json::value& became = at(item, "became");
    std::string now = payment_term(text_at(became, "state"), options.client.language);
    if (const std::string run = text_at(became, "run"); !run.empty()) now += " " + run;
    const std::string text = text_at(item, "bank_reason_text");
    table.row({text_at(item, "date"), text_at(item, "client"),
               dollars(item, options.client.language),
               text_at(item, "bank_reason") + (text.empty() ? "" : " " + text), now});
  }
  table.print(std::cout, terminal_width());
  return kDone;
}

}  // namespace

void add_payment_lists(CLI::App& payments, Run& run) {
  const auto add = [&](const char* name, const char* meaning, int (*call)(const ListOptions&)) {
    auto options = std::make_shared<ListOptions>();
    CLI::App* command = payments.add_subcommand(name, meaning);
    command->add_option("--actor", options->actor,
                        "who you are, on a server without an identity provider: name=a.cormier");
    add_client_options(*command, options->client);
    command->callback([options, call, &run] { run = [options, call] { return call(*options); }; });
    return std::pair(command, options);
  };
  const auto listed = add("files", "List a run's files for the bank, or fetch one", files);
  listed.first->add_option("RUN", listed.second->run, "the run's id")->required();
  CLI::Option* number =
      listed.first->add_option("--number", listed.second->number, "fetch this one");
  listed.first->add_option("--output", listed.second->output, "into a file; else it is printed")
      ->needs(number);
  const auto returned =
      add("rejected", "List what the bank rejected, why, and what became of it", rejected);
  returned.first->add_option("--run", returned.second->run, "of this run only");
}

}  // namespace guichet::cli
