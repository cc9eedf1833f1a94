// guichet payments prepare | show | release | cancel | list | of: payment runs, and what a client
// was paid. Lists stand in payment_lists.cpp, stops in payment_stops.cpp.

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <chrono>
#include <iostream>
#include <memory>
#include <thread>

#include "gateway/cli/client_session.h"
#include "gateway/cli/command.h"
#include "gateway/cli/json_access.h"
#include "gateway/cli/payment_commands.h"
#include "gateway/cli/payment_words.h"
#include "gateway/cli/table.h"
#include "gateway/cli/terminal.h"
#include "schemas/values/money.h"

namespace guichet::cli {
namespace {

namespace json = boost::json;

constexpr std::chrono::milliseconds kPoll{100};
constexpr std::chrono::seconds kPreviewTime{60};

struct PaymentOptions {
  ClientOptions client;
  std::string actor;
  std::string id;
  std::string date;
  std::string key;
  std::string hash;
  std::string reason;
};

/// What prints one answer, in one language.
class Printer {
 public:
  explicit Printer(std::string_view language)
      : language_(language == "fr" ? "fr" : "en"), words_(payment_words(language_)) {}

  void run(const json::value& run) const {
    line(words_.run, text_at(run, "id"));
    line(words_.date, text_at(run, "date"));
    line(words_.state, term(text_at(run, "state")));
    line(words_.prepared_by, text_at(run, "prepared_by"));
    line(words_.released_by, text_at(run, "released_by"));
    line(words_.cancelled_by, text_at(run, "cancelled_by"));
    line(words_.hash, text_at(run, "hash"));
    const bool released = at(run, "outcome").is_object();
    tally(at(run, released ? "outcome" : "preview"));
    files(items(at(run, "files")));
    if (text_at(run, "state") == "prepared")
      std::cout << '\n'
                << words_.next_release << "\n  guichet payments release " << text_at(run, "id")
                << " --hash " << text_at(run, "hash") << '\n';
  }

  void runs(const json::value& page) const {
    if (items(at(page, "items")).empty()) {
      std::cout << words_.no_runs << '\n';
      return;
    }
    Table table({{text(words_.run)},
                 {text(words_.date)},
                 {text(words_.state)},
                 {text(words_.payments), Table::right},
                 {text(words_.amount), Table::right}});
    for (const json::value& run : items(at(page, "items"))) {
      const bool released = at(run, "outcome").is_object();
      const json::value& sum = at(run, released ? "outcome" : "preview");
      table.row({text_at(run, "id"), text_at(run, "date"), term(text_at(run, "state")),
                 std::to_string(number_at(sum, "payments")), dollars(sum)});
    }
    table.print(std::cout, terminal_width());
  }

  void payments(const json::value& page) const {
    if (items(at(page, "items")).empty()) {
      std::cout << words_.no_payments << '\n';
      return;
    }
    Table table({{text(words_.date)},
                 {text(words_.amount), Table::right},
                 {text(words_.status)},
                 {text(words_.program), Table::left, true}});
    for (const json::value& payment : items(at(page, "items"))) {
      std::string parts;
      for (const json::value& part : items(at(payment, "parts")))
        parts += (parts.empty() ? "" : ", ") + text_at(part, "program") + " (" +
                 text_at(part, "government") + ") " + dollars(part);
      std::string status = term(text_at(payment, "status"));
      if (const std::string why = text_at(payment, "bank_reason"); !why.empty())
        status += " (" + why + ")";
      table.row({text_at(payment, "date"), dollars(payment), status, parts});
    }
    table.print(std::cout, terminal_width());
  }

 private:
  static std::string text(std::string_view view) { return std::string(view); }
  std::string term(const std::string& name) const { return payment_term(name, language_); }
  std::string dollars(const json::value& of) const {
    const auto money = Money::parse(text_at(of, "amount"));
    return money ? money->for_people(language_) : std::string();
  }

  void line(std::string_view label, const std::string& value) const {
    if (!value.empty()) std::cout << label << ": " << value << '\n';
  }

  void tally(const json::value& sum) const {
    Table totals({{text(words_.program)},
                  {text(words_.government)},
                  {text(words_.payments), Table::right},
                  {text(words_.amount), Table::right}});
    for (const json::value& total : items(at(sum, "totals")))
      totals.row({text_at(total, "program"), text_at(total, "government"),
                  std::to_string(number_at(total, "payments")), dollars(total)});
    totals.row({text(words_.total), "", std::to_string(number_at(sum, "payments")), dollars(sum)});
    std::cout << '\n';
    totals.print(std::cout, terminal_width());
    reasons(words_.changed, "change", items(at(sum, "changes")));
    reasons(words_.left_out, "reason", items(at(sum, "left_out")));
    if (items(at(sum, "largest")).empty()) return;
    Table largest({{text(words_.largest)}, {text(words_.amount), Table::right}});
    for (const json::value& payment : items(at(sum, "largest")))
      largest.row({text_at(payment, "client"), dollars(payment)});
    std::cout << '\n';
    largest.print(std::cout, terminal_width());
  }

  void reasons(std::string_view heading, const char* name, const json::array& rows) const {
    if (rows.empty()) return;
    Table table({{text(heading), Table::left, true},
                 {text(words_.payments), Table::right},
                 {text(words_.amount), Table::right}});
    for (const json::value& row : rows)
      table.row(
          {term(text_at(row, name)), std::to_string(number_at(row, "payments")), dollars(row)});
    std::cout << '\n';
    table.print(std::cout, terminal_width());
  }

  void files(const json::array& files) const {
    if (files.empty()) return;
    Table table({{text(words_.file), Table::left, true},
                 {text(words_.payments), Table::right},
                 {text(words_.amount), Table::right},
                 {text(words_.accepted), Table::right},
                 {text(words_.rejected), Table::right}});
    for (const json::value& file : files) {
      const bool answered = at(file, "accepted").is_int64();
      table.row({text_at(file, "name"), std::to_string(number_at(file, "payments")), dollars(file),
                 answered ? std::to_string(number_at(file, "accepted")) : "",
                 answered ? std::to_string(number_at(file, "rejected")) : ""});
    }
    std::cout << '\n';
    table.print(std::cout, terminal_width());
  }

  std::string language_;
  const PaymentWords& words_;
};

HttpRequest request(const PaymentOptions& options, std::string method, std::string target,
                    std::string body = {}) {
  HttpRequest made{std::move(method), std::move(target), {}, std::move(body)};
  if (!options.actor.empty()) made.headers.emplace_back("Guichet-Actor", options.actor);
  if (!made.body.empty()) made.headers.emplace_back("Content-Type", "application/json");
  return made;
}

std::string target_of(const PaymentOptions& options) {
  return "/v1/payment-runs/" + percent_encoded(options.id);
}

/// Reads the run until it is no longer in one of these states.
HttpResponse settled_from(ClientSession& session, const PaymentOptions& options,
                          HttpResponse answer, std::initializer_list<std::string_view> passing) {
  const auto until = std::chrono::steady_clock::now() + kPreviewTime;
  for (;;) {
    const json::value run = json::parse(answer.body);
    const std::string state = text_at(run, "state");
    if (std::find(passing.begin(), passing.end(), state) == passing.end() ||
        std::chrono::steady_clock::now() > until)
      return answer;
    std::this_thread::sleep_for(kPoll);
    answer = session.call(
        request(options, "GET", "/v1/payment-runs/" + percent_encoded(text_at(run, "id"))));
  }
}

int print_run(const PaymentOptions& options, const HttpResponse& answer) {
  if (options.client.json)
    std::cout << answer.body << '\n';
  else
    Printer(options.client.language).run(json::parse(answer.body));
  return kDone;
}

int prepare(const PaymentOptions& options) {
  ClientSession session(options.client);
  HttpRequest made = request(options, "POST", "/v1/payment-runs",
                             json::serialize(json::object{{"date", options.date}}));
  made.headers.emplace_back("Idempotency-Key", options.key.empty() ? fresh_key() : options.key);
  HttpResponse answer = session.call(std::move(made));
  return print_run(options, settled_from(session, options, std::move(answer), {"preparing"}));
}

int show(const PaymentOptions& options) {
  ClientSession session(options.client);
  return print_run(options, session.call(request(options, "GET", target_of(options))));
}

int release(const PaymentOptions& options) {
  ClientSession session(options.client);
  HttpResponse answer =
      session.call(request(options, "POST", target_of(options) + "/release",
                           json::serialize(json::object{{"hash", options.hash}})));
  return print_run(options, settled_from(session, options, std::move(answer), {"releasing"}));
}

int cancel(const PaymentOptions& options) {
  ClientSession session(options.client);
  HttpResponse answer =
      session.call(request(options, "POST", target_of(options) + "/cancel",
                           json::serialize(json::object{{"reason", options.reason}})));
  return print_run(options, settled_from(session, options, std::move(answer), {"cancelling"}));
}

int list(const PaymentOptions& options) {
  ClientSession session(options.client);
  const HttpResponse answer = session.call(request(options, "GET", "/v1/payment-runs"));
  if (options.client.json)
    std::cout << answer.body << '\n';
  else
    Printer(options.client.language).runs(json::parse(answer.body));
  return kDone;
}

int of_client(const PaymentOptions& options) {
  ClientSession session(options.client);
  const HttpResponse answer =
      session.call(request(options, "GET", "/v1/payments?client=" + percent_encoded(options.id)));
  if (options.client.json)
    std::cout << answer.body << '\n';
  else
    Printer(options.client.language).payments(json::parse(answer.body));
  return kDone;
}

}  // namespace

void add_payments(CLI::App& app, Run& run) {
  CLI::App* payments = app.add_subcommand("payments", "Payment runs, and what clients were paid");
  payments->require_subcommand(1);
  const auto add = [&](const char* name, const char* meaning, int (*call)(const PaymentOptions&)) {
    auto options = std::make_shared<PaymentOptions>();
    CLI::App* command = payments->add_subcommand(name, meaning);
    command->add_option("--actor", options->actor,
                        "who you are, on a server without an identity provider: name=a.cormier");
    add_client_options(*command, options->client);
    command->callback([options, call, &run] { run = [options, call] { return call(*options); }; });
    return std::pair(command, options);
  };
  const auto id = [](const auto& added, const char* meaning) {
    added.first->add_option("ID", added.second->id, meaning)->required();
  };

  const auto prepared = add("prepare", "List all that is due on or before a day", prepare);
  prepared.first->add_option("--date", prepared.second->date, "the day: 2026-01-20")->required();
  prepared.first->add_option("--key", prepared.second->key,
                             "Idempotency-Key: the same key is the same run");
  id(add("show", "Show a run: its preview, or what came of it", show), "the run's id");
  const auto released = add("release", "Release a run that another person prepared", release);
  id(released, "the run's id");
  released.first->add_option("--hash", released.second->hash, "of the preview that you looked at")
      ->required();
  const auto cancelled = add("cancel", "Cancel a run that is not released", cancel);
  id(cancelled, "the run's id");
  cancelled.first->add_option("--reason", cancelled.second->reason, "why");
  add("list", "List the runs, newest first", list);
  id(add("of", "List what a client was paid", of_client), "the client's id, as cases show it");
  add_payment_lists(*payments, run);
  add_payment_stops(*payments, run);
  payments->footer(
      "Examples:\n"
      "  guichet payments prepare --date 2026-01-20 --actor name=a.cormier\n"
      "  guichet payments release 0197… --hash sha256:… --actor name=b.leblanc");
}

}  // namespace guichet::cli
