// guichet ledger balance | check | trace, and guichet settlement: the books.

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <chrono>
#include <iostream>
#include <memory>

#include "gateway/cli/client_session.h"
#include "gateway/cli/command.h"
#include "gateway/cli/json_access.h"
#include "gateway/cli/ledger_words.h"
#include "gateway/cli/table.h"
#include "gateway/cli/terminal.h"
#include "schemas/values/money.h"

namespace guichet::cli {
namespace {

namespace json = boost::json;

/// The server reads the whole log for an answer.
constexpr std::chrono::seconds kLongest{600};

struct LedgerOptions {
  ClientOptions client;
  std::string at;
  std::string of_client;
  std::string of;
  std::string month;
  std::string format;
};

std::string text(std::string_view view) {
  return std::string(view);
}

std::string dollars(const std::string& amount, const LedgerOptions& options) {
  const auto money = Money::parse(amount);
  return money ? money->for_people(options.client.language == "fr" ? "fr" : "en") : amount;
}

json::value ask(const LedgerOptions& options, const std::string& target) {
  ClientSession session(options.client);
  const HttpResponse answer = session.call({"GET", target, {}, {}}, kLongest);
  if (options.client.json) std::cout << answer.body << '\n';
  return json::parse(answer.body);
}

int balance(const LedgerOptions& options) {
  std::string target = "/v1/ledger/accounts";
  if (!options.at.empty()) target += "?at=" + percent_encoded(options.at);
  if (!options.of_client.empty())
    target += (options.at.empty() ? "?client=" : "&client=") + percent_encoded(options.of_client);
  const json::value books = ask(options, target);
  const bool balanced = text_at(books, "sum") == "0.00";
  if (!options.client.json) {
    const LedgerWords& words = ledger_words(options.client.language);
    Table table({{text(words.government)},
                 {text(words.program)},
                 {text(words.account)},
                 {text(words.balance), Table::right}});
    for (const json::value& line : items(at(books, "accounts")))
      table.row({text_at(line, "government"), text_at(line, "program"),
                 ledger_term(text_at(line, "account"), options.client.language),
                 dollars(text_at(line, "balance"), options)});
    for (const json::value& sum : items(at(books, "governments")))
      table.row(
          {text_at(sum, "government"), "", text(words.sum), dollars(text_at(sum, "sum"), options)});
    table.row({text(words.all), "", text(words.sum), dollars(text_at(books, "sum"), options)});
    table.print(std::cout, terminal_width());
    std::cout << '\n'
              << number_at(books, "postings") << ' ' << words.postings << "; " << words.again
              << " --at " << text_at(books, "position") << '\n';
  }
  return balanced ? kDone : kRefused;
}

int check(const LedgerOptions& options) {
  const json::value counted = ask(options, "/v1/ledger/check");
  const bool agrees = text_at(counted, "result") == "agrees";
  if (options.client.json) return agrees ? kDone : kRefused;
  const LedgerWords& words = ledger_words(options.client.language);
  std::cout << (agrees ? words.agrees : words.differs) << ": " << number_at(counted, "accounts")
            << ' ' << words.accounts << ", " << number_at(counted, "postings") << ' '
            << words.postings << '\n';
  if (agrees) return kDone;
  Table table({{text(words.client)},
               {text(words.program)},
               {text(words.what), Table::left, true},
               {text(words.in_account), Table::right},
               {text(words.by_log), Table::right}});
  for (const json::value& line : items(at(counted, "differences")))
    table.row({text_at(line, "client"), text_at(line, "program"),
               ledger_term(text_at(line, "what"), options.client.language),
               text_at(line, "in_account"), text_at(line, "by_log")});
  table.print(std::cout, terminal_width());
  for (const json::value& fault : items(at(counted, "faults")))
    std::cout << std::string(fault.as_string()) << '\n';
  return kRefused;
}

int trace(const LedgerOptions& options) {
  const json::value traced = ask(options, "/v1/ledger/trace?of=" + percent_encoded(options.of));
  if (options.client.json) return kDone;
  const LedgerWords& words = ledger_words(options.client.language);
  for (const json::value& posting : items(at(traced, "postings"))) {
    std::cout << text_at(posting, "id") << "  "
              << ledger_term(text_at(posting, "why"), options.client.language) << "  "
              << text_at(posting, "at") << "\n  " << words.cause << ": "
              << text_at(posting, "cause") << '\n';
    for (const json::value& entry : items(at(posting, "entries")))
      std::cout << "  " << text_at(entry, "government") << "  " << text_at(entry, "program") << "  "
                << ledger_term(text_at(entry, "account"), options.client.language) << "  "
                << dollars(text_at(entry, "amount"), options) << "\n    "
                << text_at(entry, "determination") << '\n';
  }
  if (const json::value& run = at(traced, "run"); run.is_object())
    std::cout << '\n'
              << words.run << ": " << text_at(run, "id") << "  " << text_at(run, "date") << "\n  "
              << words.prepared_by << ": " << text_at(run, "prepared_by") << "\n  "
              << words.released_by << ": " << text_at(run, "released_by") << '\n';
  for (const json::value& made : items(at(traced, "determinations"))) {
    std::cout << '\n'
              << words.determination << ": " << text_at(made, "id") << "  "
              << text_at(made, "determined_at") << "\n  " << words.version << ": "
              << text_at(made, "program_version") << '\n';
    for (const json::value& line : items(at(made, "lines"))) {
      std::cout << "  " << text_at(line, "beneficiary") << "  "
                << dollars(text_at(line, "annual_amount"), options) << ' ' << words.a_year << '\n';
      for (const json::value& reason : items(at(line, "reasons")))
        std::cout << "    " << text_at(reason, "rule") << "  " << text_at(reason, "text") << "  "
                  << text_at(reason, "citation") << '\n';
    }
  }
  return kDone;
}

int settlement(const LedgerOptions& options) {
  ClientSession session(options.client);
  const std::string format = options.client.json ? "json" : options.format;
  const HttpResponse answer =
      session.call({"GET",
                    "/v1/settlements?month=" + percent_encoded(options.month) +
                        "&format=" + (format == "text" ? "json" : format),
                    {},
                    {}},
                   kLongest);
  if (format != "text") {
    std::cout << answer.body << (format == "json" ? "\n" : "");
    return kDone;
  }
  const json::value all = json::parse(answer.body);
  const LedgerWords& words = ledger_words(options.client.language);
  Table table({{text(words.government)},
               {text(words.program), Table::left, true},
               {text(words.paid), Table::right},
               {text(words.returned), Table::right},
               {text(words.net), Table::right}});
  for (const json::value& statement : items(at(all, "items"))) {
    for (const json::value& line : items(at(statement, "programs")))
      table.row({text_at(statement, "from"), text_at(line, "name"),
                 dollars(text_at(line, "paid"), options),
                 dollars(text_at(line, "returned"), options),
                 dollars(text_at(line, "net"), options)});
    const bool own = text_at(statement, "from") == text_at(statement, "to");
    table.row({text_at(statement, "from"),
               own ? text(words.own) : text(words.owes) + " " + text_at(statement, "to"), "", "",
               dollars(text_at(statement, "owed"), options)});
  }
  table.row({text(words.all), "", "", "", dollars(text_at(all, "total"), options)});
  table.print(std::cout, terminal_width());
  return kDone;
}

}  // namespace

void add_ledger(CLI::App& app, Run& run) {
  CLI::App* ledger =
      app.add_subcommand("ledger", "The books: balances, and whether they are right");
  ledger->require_subcommand(1);
  const auto add = [&](CLI::App& to, const char* name, const char* meaning,
                       int (*call)(const LedgerOptions&)) {
    auto options = std::make_shared<LedgerOptions>();
    CLI::App* command = to.add_subcommand(name, meaning);
    add_client_options(*command, options->client);
    command->callback([options, call, &run] { run = [options, call] { return call(*options); }; });
    return std::pair(command, options);
  };
  const auto balanced = add(*ledger, "balance",
                            "The trial balance, by government and program; sums to zero", balance);
  balanced.first->add_option("--at", balanced.second->at,
                             "a day, such as 2026-07-31, or the position of an earlier balance");
  balanced.first->add_option("--client", balanced.second->of_client,
                             "of this client's postings only");
  add(*ledger, "check", "Recompute every account from the log; exit 1 where one differs", check);
  const auto traced =
      add(*ledger, "trace", "Lead a posting or a payment back to the rules that made it", trace);
  traced.first->add_option("ID", traced.second->of, "the id of a posting or of a payment")
      ->required();
  ledger->footer(
      "Examples:\n  guichet ledger balance --at 2026-07-31\n  guichet ledger check\n"
      "  guichet ledger trace c_8f3a…/p17");

  const auto settled =
      add(app, "settlement", "What governments owe the one whose account paid, for a month",
          settlement);
  settled.first->add_option("--month", settled.second->month, "such as 2026-07")->required();
  settled.second->format = "text";
  settled.first->add_option("--format", settled.second->format, "text, html, csv or json")
      ->check(CLI::IsMember({"text", "html", "csv", "json"}))
      ->capture_default_str();
  settled.first->footer(
      "Example:\n  guichet settlement --month 2026-07 --format html --language fr > juillet.html");
}

}  // namespace guichet::cli
