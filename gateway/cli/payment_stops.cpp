// guichet payments stop | resume | stops: what keeps payments back until a person lifts it.

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <iostream>
#include <memory>

#include "gateway/cli/client_session.h"
#include "gateway/cli/json_access.h"
#include "gateway/cli/payment_commands.h"
#include "gateway/cli/payment_words.h"
#include "gateway/cli/table.h"
#include "gateway/cli/terminal.h"

namespace guichet::cli {
namespace {

namespace json = boost::json;

constexpr std::string_view kStops = "/v1/payment-stops";

struct StopOptions {
  ClientOptions client;
  std::string actor;
  std::string of_client, of_account, of_program;
  bool all = false;
  std::string reason;
  std::string id;
};

HttpRequest request(const StopOptions& options, std::string method, std::string target,
                    std::string body = {}) {
  HttpRequest made{std::move(method), std::move(target), {}, std::move(body)};
  if (!options.actor.empty()) made.headers.emplace_back("Guichet-Actor", options.actor);
  if (!made.body.empty()) made.headers.emplace_back("Content-Type", "application/json");
  return made;
}

void print(const StopOptions& options, const json::array& stops) {
  const PaymentWords& words = payment_words(options.client.language);
  if (stops.empty()) {
    std::cout << words.no_stops << '\n';
    return;
  }
  Table table({{std::string(words.stop)},
               {std::string(words.account)},
               {std::string(words.why), Table::left, true},
               {std::string(words.laid_by)},
               {std::string(words.since)}});
  for (const json::value& stop : stops)
    table.row({text_at(stop, "id"),
               text_at(stop, "scope") == "account" ? text_at(stop, "value") : std::string(),
               text_at(stop, "reason"), text_at(stop, "laid_by"),
               text_at(stop, "laid_at").substr(0, 10)});
  table.print(std::cout, terminal_width());
}

int stop(const StopOptions& options) {
  json::object body;
  const auto of = [&](const char* scope, const std::string& value) {
    if (value.empty()) return;
    body["scope"] = scope;
    body["value"] = value;
  };
  of("client", options.of_client);
  of("account", options.of_account);
  of("program", options.of_program);
  if (options.all) body["scope"] = "all";
  body["reason"] = options.reason;
  ClientSession session(options.client);
  const HttpResponse answer =
      session.call(request(options, "POST", std::string(kStops), json::serialize(body)));
  if (options.client.json)
    std::cout << answer.body << '\n';
  else
    print(options, {json::parse(answer.body)});
  return kDone;
}

int resume(const StopOptions& options) {
  ClientSession session(options.client);
  session.call(request(options, "DELETE", std::string(kStops) + "/" + percent_encoded(options.id)));
  if (!options.client.json) std::cout << payment_words(options.client.language).lifted << '\n';
  return kDone;
}

int list(const StopOptions& options) {
  ClientSession session(options.client);
  json::array all;
  for (std::string after;;) {
    const std::string query = after.empty() ? "" : "?after=" + percent_encoded(after);
    const HttpResponse answer = session.call(request(options, "GET", std::string(kStops) + query));
    const json::value page = json::parse(answer.body);
    for (const json::value& stop : items(at(page, "items"))) all.push_back(stop);
    after = text_at(page, "next");
    if (after.empty()) break;
  }
  if (options.client.json)
    std::cout << json::serialize(json::object{{"items", all}}) << '\n';
  else
    print(options, all);
  return kDone;
}

}  // namespace

void add_payment_stops(CLI::App& payments, Run& run) {
  const auto add = [&](const char* name, const char* meaning, int (*call)(const StopOptions&)) {
    auto options = std::make_shared<StopOptions>();
    CLI::App* command = payments.add_subcommand(name, meaning);
    command->add_option("--actor", options->actor,
                        "who you are, on a server without an identity provider: name=a.cormier");
    add_client_options(*command, options->client);
    command->callback([options, call, &run] { run = [options, call] { return call(*options); }; });
    return std::pair(command, options);
  };
  const auto [stopped, of] =
      add("stop", "Keep back payments of a client, to an account, of a program, or all", stop);
  CLI::Option_group* what = stopped->add_option_group("what is stopped");
  what->add_option("--client", of->of_client, "a client's id, as cases show it");
  what->add_option("--account", of->of_account, "an account: 001-00011-1234567");
  what->add_option("--program", of->of_program, "a program's id");
  what->add_flag("--all", of->all, "all payments");
  what->require_option(1);
  stopped->add_option("--reason", of->reason, "why, without naming a person")->required();
  const auto resumed = add("resume", "Lift a stop: the next run pays what it kept back", resume);
  resumed.first
      ->add_option("STOP", resumed.second->id, "the stop's id, as `payments stops` shows it")
      ->required();
  add("stops", "List what payments are stopped by", list);
}

}  // namespace guichet::cli
