#include "gateway/http/ledger.h"

#include <array>
#include <charconv>
#include <utility>

#include "gateway/http/elsewhere.h"
#include "gateway/http/json_out.h"
#include "gateway/http/ledger_reader.h"
#include "gateway/http/ledger_trace.h"
#include "gateway/http/settlement_page.h"
#include "schemas/values/money.h"

namespace guichet::http {

using boost::asio::awaitable;

namespace {

constexpr std::array<std::string_view, 2> kAccountParameters = {"at", "client"};
constexpr std::array<std::string_view, 1> kTraceParameters = {"of"};
constexpr std::array<std::string_view, 3> kSettlementParameters = {"month", "format", "government"};
constexpr std::size_t kMaxDifferences = 1'000;

std::string dollars(std::int64_t cents) {
  return Money::of_cents(cents).to_string();
}

Response json_response(JsonOut out) {
  Response response;
  response.body = std::move(out).take();
  return response;
}

Response bad_parameters(const Exchange& exchange, std::vector<FieldError> errors) {
  return exchange.problem(Problem{ProblemKind::bad_parameters, std::nullopt, std::move(errors)});
}

std::optional<std::chrono::year_month> parse_month(std::string_view text) {
  const auto day = parse_day(std::string(text) + "-01");
  if (!day) return std::nullopt;
  const std::chrono::year_month_day first{*day};
  return first.year() / first.month();
}

/// In the words of the API: instructed_by_postings is in dollars, postings is a number.
void write_difference(JsonOut& out, const payments::Difference& difference) {
  const bool counts = difference.what == "postings";
  const auto value = [&](std::int64_t of) { return counts ? std::to_string(of) : dollars(of); };
  out.begin_object().field("client", difference.client_id).field("what", difference.what);
  if (!difference.program.empty())
    out.field("program", difference.program).field("beneficiary", difference.beneficiary);
  out.field("in_account", value(difference.in_account));
  out.field("by_log", value(difference.by_log)).end_object();
}

void write_balance(JsonOut& out, const payments::TrialBalance& books,
                   const FeedPositions& positions) {
  out.begin_object().field("position", to_string(positions));
  out.key("postings").number(books.postings());
  out.key("accounts").begin_array();
  std::vector<std::string> governments;
  for (const auto& [account, cents] : books.accounts()) {
    out.begin_object().field("government", account.government).field("program", account.program);
    out.field("account", payments::to_string(account.account));
    out.field("balance", dollars(cents)).end_object();
    if (governments.empty() || governments.back() != account.government)
      governments.push_back(account.government);
  }
  out.end_array();
  out.key("governments").begin_array();
  for (const std::string& government : governments) {
    out.begin_object().field("government", government);
    out.field("sum", dollars(books.sum_of(government))).end_object();
  }
  out.end_array();
  out.field("sum", dollars(books.sum())).end_object();
}

}  // namespace

awaitable<Response> Ledger::accounts(const Exchange& exchange) {
  if (!authorize(exchange.caller, Call::read_ledger, {}))
    co_return exchange.problem(ProblemKind::not_allowed);
  std::vector<FieldError> errors;
  exchange.query.refuse_others(kAccountParameters, errors);
  const std::string at = exchange.query.value("at").value_or("");
  const std::string client = exchange.query.value("client").value_or("");
  const auto positions = parse_feed_positions(at, parts_.log.partitions());
  const Result<Day> day = parse_day(at);
  if (!at.empty() && !positions && !day)
    errors.push_back({"at",
                      {"must be a day, or the position of an answer before",
                       "doit être un jour, ou la position d’une réponse précédente"}});
  if (!errors.empty()) co_return bad_parameters(exchange, std::move(errors));
  const auto make = [&] {
    BooksUntil until{.positions = positions ? *positions : end_of_ledger(parts_.log), .day = {}};
    if (day) until.day = *day;
    JsonOut out;
    write_balance(out, trial_balance(parts_.log, until, client), until.positions);
    Response response = json_response(std::move(out));
    response.about = {.clients = {client}, .is_noted = true};
    return response;
  };
  co_return co_await elsewhere(readers_, make);
}

awaitable<Response> Ledger::check(const Exchange& exchange) {
  if (!authorize(exchange.caller, Call::read_ledger, {}))
    co_return exchange.problem(ProblemKind::not_allowed);
  std::vector<FieldError> errors;
  exchange.query.refuse_others({}, errors);
  if (!errors.empty()) co_return bad_parameters(exchange, std::move(errors));
  const auto make = [&] {
    const Recounted counted = recount(parts_.log);
    JsonOut out;
    const bool agrees = counted.differences.empty() && counted.faults.empty();
    out.begin_object().field("result", agrees ? "agrees" : "differs");
    out.key("accounts").number(counted.accounts).key("postings").number(counted.postings);
    out.key("difference_count").number(counted.differences.size());
    out.key("differences").begin_array();
    std::size_t told = 0;
    for (const payments::Difference& difference : counted.differences)
      if (told++ < kMaxDifferences) write_difference(out, difference);
    out.end_array().key("faults").begin_array();
    for (const std::string& fault : counted.faults) out.text(fault);
    out.end_array().end_object();
    Response response = json_response(std::move(out));
    response.about.is_noted = true;
    return response;
  };
  co_return co_await elsewhere(readers_, make);
}

awaitable<Response> Ledger::trace(const Exchange& exchange) {
  if (!authorize(exchange.caller, Call::read_ledger, {}))
    co_return exchange.problem(ProblemKind::not_allowed);
  std::vector<FieldError> errors;
  exchange.query.refuse_others(kTraceParameters, errors);
  const auto asked = parse_traced(exchange.query.value("of").value_or(""));
  if (!asked)
    errors.push_back({"of",
                      {"must be the id of a posting or of a payment",
                       "doit être l’identifiant d’une écriture ou d’un paiement"}});
  if (!errors.empty()) co_return bad_parameters(exchange, std::move(errors));
  const Language language = exchange.error_language();
  const auto make = [&]() -> Response {
    const auto traced = trace_of_books(parts_.log, *asked);
    if (!traced) return exchange.problem(ProblemKind::not_found);
    JsonOut out;
    write_trace(out, *traced, exchange.caller, language);
    Response response = json_response(std::move(out));
    response.about.clients = {asked->client};
    response.set("Content-Language", std::string(to_string(language)));
    response.vary("Accept-Language");
    return response;
  };
  co_return co_await elsewhere(readers_, make);
}

awaitable<Response> Ledger::settlements(const Exchange& exchange) {
  if (!may_at_all(exchange.caller, Call::read_settlements))
    co_return exchange.problem(ProblemKind::not_allowed);
  std::vector<FieldError> errors;
  exchange.query.refuse_others(kSettlementParameters, errors);
  const auto month = parse_month(exchange.query.value("month").value_or(""));
  const std::string format = exchange.query.value("format").value_or("json");
  const std::string government = exchange.query.value("government").value_or("");
  if (!month)
    errors.push_back(
        {"month", {"must be a month such as 2026-07", "doit être un mois comme 2026-07"}});
  if (format != "json" && format != "html" && format != "csv")
    errors.push_back(
        {"format", {"must be one of: json, html, csv", "doit être l’un de : json, html, csv"}});
  if (!errors.empty()) co_return bad_parameters(exchange, std::move(errors));
  const Language language = exchange.error_language();
  const auto may = [&](const std::string& whose) {
    return authorize(exchange.caller, Call::read_settlements, {.government = whose});
  };
  const auto make = [&] {
    Statements all{.month = *month,
                   .paying_government = parts_.paying_government,
                   .position = to_string(end_of_ledger(parts_.log)),
                   .statements = {},
                   .total_cents = 0};
    const bool sees_all = may(parts_.paying_government);
    const payments::Settlement settled = settlement(parts_.log, *month);
    for (const auto& [of, programs] : settled.governments()) {
      if (!(sees_all || may(of)) || !(government.empty() || government == of)) continue;
      Statements::Statement& statement = all.statements.emplace_back();
      statement.government = of;
      for (const auto& [program, amounts] : programs) {
        const auto known = parts_.catalogue->find(program);
        const std::string name = !known                     ? program
                                 : language == Language::fr ? known->manifest().name.fr
                                                            : known->manifest().name.en;
        statement.lines.push_back({program, name, amounts});
        statement.owed_cents += amounts.net_cents();
      }
      all.total_cents += statement.owed_cents;
    }
    Response response;
    response.about.is_noted = true;
    if (format == "html") {
      response.body = settlement_html(all, language);
      response.content_type = "text/html; charset=utf-8";
      response.set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'");
    } else if (format == "csv") {
      response.body = settlement_csv(all, language);
      response.content_type = "text/csv; charset=utf-8";
    } else {
      response.body = settlement_json(all);
    }
    response.set("Content-Language", std::string(to_string(language)));
    response.vary("Accept-Language");
    return response;
  };
  co_return co_await elsewhere(readers_, make);
}

}  // namespace guichet::http
