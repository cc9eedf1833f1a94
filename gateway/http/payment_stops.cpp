#include "gateway/http/payment_stops.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "eventlog/partition.h"
#include "gateway/http/body_texts.h"
#include "gateway/http/command_record.h"
#include "gateway/http/elsewhere.h"
#include "gateway/http/ids.h"
#include "gateway/http/json_out.h"
#include "gateway/http/tell_owner.h"
#include "gateway/views/views.h"
#include "payments/account_processor.h"
#include "schemas/topics.h"
#include "schemas/values/dates.h"

namespace guichet::http {

using boost::asio::awaitable;
using Stop = v1::PaymentStop;

namespace {

constexpr std::size_t kMaxStopReason = 200;
constexpr std::size_t kShownDigits = 3;
constexpr unsigned kStopsAPage = 200;
constexpr std::array<std::string_view, 1> kListParameters = {"after"};

struct Scope {
  Stop::Scope scope;
  std::string_view name;
};
constexpr std::array kScopes = {Scope{Stop::CLIENT, "client"}, Scope{Stop::ACCOUNT, "account"},
                                Scope{Stop::PROGRAM, "program"}, Scope{Stop::ALL, "all"}};

std::string_view name_of(Stop::Scope scope) {
  return std::ranges::find(kScopes, scope, &Scope::scope)->name;
}

bool is_hex(std::string_view text) {
  return std::ranges::all_of(
      text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool is_client(std::string_view text) {
  return text.size() == 34 && text.starts_with("c_") && is_hex(text.substr(2));
}

/// 001-00011-1234567
bool is_account(std::string_view text) {
  if (text.size() < 15 || text.size() > 22 || text[3] != '-' || text[9] != '-') return false;
  return std::ranges::all_of(text.substr(0, 3), [](char c) { return c >= '0' && c <= '9'; }) &&
         std::ranges::all_of(text.substr(4, 5), [](char c) { return c >= '0' && c <= '9'; }) &&
         std::ranges::all_of(text.substr(10), [](char c) { return c >= '0' && c <= '9'; });
}

/// What people see of an account: its bank, and its last digits.
std::string shown(const Stop& stop) {
  if (stop.scope() != Stop::ACCOUNT) return stop.value();
  const std::string& value = stop.value();
  if (value.size() < kShownDigits + 10) return "?";
  return value.substr(0, 10) + "..." + value.substr(value.size() - kShownDigits);
}

bool is_same(const Stop& a, const Stop& b) {
  return a.scope() == b.scope() && a.value() == b.value();
}

v1::AccountState account_in(const std::optional<eventlog::Record>& record) {
  v1::KeyState stored;
  v1::AccountState state;
  if (record && stored.ParseFromString(record->payload)) state.ParseFromString(stored.state());
  return state;
}

void write_stop(JsonOut& out, const Stop& stop, const std::string& id) {
  out.begin_object().field("id", id).field("scope", name_of(stop.scope()));
  if (stop.scope() != Stop::ALL) out.field("value", shown(stop));
  if (!stop.reason().empty()) out.field("reason", stop.reason());
  out.field("laid_by", stop.laid_by().subject());
  out.field("laid_at", guichet::to_string(from_micros(stop.at_us())));
  out.key("links").begin_object().field("self", "/v1/payment-stops/" + id).end_object();
  out.end_object();
}

}  // namespace

std::string PaymentStops::id_of(const Stop& stop) const {
  const std::string scope(name_of(stop.scope()));
  if (stop.scope() == Stop::ALL) return scope;
  if (stop.scope() != Stop::ACCOUNT) return scope + ":" + stop.value();
  // The number itself stands in no address, which logs of others may keep.
  const std::string digest =
      keyed_digest(parts_.secrets.ids, {parts_.tenant, "payment-stop", stop.value()});
  std::string text = scope + ":";
  constexpr std::string_view kHex = "0123456789abcdef";
  for (const char c : digest.substr(0, 16)) {
    text += kHex[static_cast<unsigned char>(c) >> 4];
    text += kHex[static_cast<unsigned char>(c) & 15];
  }
  return text;
}

PaymentStops::Stops PaymentStops::of_client(const std::string& client) const {
  const v1::AccountState state = account_in(parts_.log.latest(topics::kAccounts, client));
  return {state.client().stops().begin(), state.client().stops().end()};
}

PaymentStops::Stops PaymentStops::of_partition(std::uint32_t partition) const {
  const v1::AccountState state = account_in(parts_.log.latest(
      topics::kAccounts, eventlog::key_of_partition(partition, parts_.log.partitions())));
  return {state.partition().stops().begin(), state.partition().stops().end()};
}

std::optional<Stop> PaymentStops::find(const std::string& id) const {
  const auto among = [&](const Stops& stops) -> std::optional<Stop> {
    const auto found =
        std::ranges::find_if(stops, [&](const Stop& stop) { return id_of(stop) == id; });
    return found == stops.end() ? std::nullopt : std::optional(*found);
  };
  if (constexpr std::string_view kClient = "client:"; id.starts_with(kClient)) {
    const std::string client = id.substr(kClient.size());
    return is_client(client) ? among(of_client(client)) : std::nullopt;
  }
  for (std::uint32_t partition = 0; partition < parts_.log.partitions(); ++partition)
    if (auto found = among(of_partition(partition))) return found;
  return std::nullopt;
}

bool PaymentStops::is_everywhere(const Stop& stop, bool laid) const {
  const auto has = [&](const Stops& stops) {
    return std::ranges::any_of(stops, [&](const Stop& known) { return is_same(known, stop); });
  };
  if (stop.scope() == Stop::CLIENT) return has(of_client(stop.value())) == laid;
  for (std::uint32_t partition = 0; partition < parts_.log.partitions(); ++partition)
    if (has(of_partition(partition)) != laid) return false;
  return true;
}

bool PaymentStops::is_full(const Stop& stop) const {
  if (stop.scope() == Stop::CLIENT) return false;  // one at most
  for (std::uint32_t partition = 0; partition < parts_.log.partitions(); ++partition)
    if (of_partition(partition).size() >= payments::kMaxStops) return true;
  return false;
}

awaitable<std::optional<ProblemKind>> PaymentStops::send(const Exchange& exchange, Stop stop) {
  std::vector<eventlog::Record> records;
  if (stop.scope() == Stop::CLIENT) {
    records.push_back(command_record(parts_, exchange, topics::kPaymentsInbox,
                                     v1::KIND_PAYMENT_STOP, stop.value(),
                                     stop.SerializeAsString()));
  } else {
    v1::PartitionMessage message;
    *message.mutable_stop() = stop;
    const std::uint32_t partitions = parts_.log.partitions();
    for (std::uint32_t partition = 0; partition < partitions; ++partition)
      records.push_back(command_record(parts_, exchange, topics::kPaymentsInbox, v1::KIND_CONTROL,
                                       eventlog::key_of_partition(partition, partitions),
                                       message.SerializeAsString()));
  }
  const auto seen = [&] { return is_everywhere(stop, !stop.lift()); };
  co_return co_await tell_owner(parts_.log, std::move(records), limits_.verdict_time, seen);
}

namespace {

About about_stop(const Stop& stop) {
  About about{.is_noted = true};
  if (stop.scope() == v1::PaymentStop::CLIENT) about.clients = {stop.value()};
  return about;
}

}  // namespace

Response PaymentStops::stop_response(const Stop& stop, unsigned status) const {
  JsonOut out;
  const std::string id = id_of(stop);
  write_stop(out, stop, id);
  Response response;
  response.status = status;
  response.body = std::move(out).take();
  response.about = about_stop(stop);
  if (status == 201) response.set("Location", "/v1/payment-stops/" + id);
  return response;
}

std::variant<Stop, Problem> PaymentStops::read_body(const Exchange& exchange) const {
  auto body = read_texts(exchange.request.body, {"scope", "value", "reason"});
  if (Problem* problem = std::get_if<Problem>(&body)) return std::move(*problem);
  auto& texts = std::get<0>(body);
  std::vector<FieldError> errors;
  Stop stop;
  const auto scope = std::ranges::find(kScopes, std::string_view(texts["scope"]), &Scope::name);
  if (scope == kScopes.end())
    errors.push_back(
        {"#/scope",
         {"must be client, account, program or all", "doit être client, account, program ou all"}});
  else
    stop.set_scope(scope->scope);
  stop.set_value(texts["value"]);
  const auto wrong = [&](bool right, Words words) {
    if (!right) errors.push_back({"#/value", std::move(words)});
  };
  if (stop.scope() == Stop::CLIENT)
    wrong(is_client(stop.value()),
          {"must be a client's id, as a case shows it: c_ and 32 digits from 0 to f",
           "doit être l’identifiant d’un client, comme un dossier le montre : c_ et 32 chiffres de "
           "0 à f"});
  if (stop.scope() == Stop::ACCOUNT)
    wrong(is_account(stop.value()),
          {"must be institution, transit and account, such as 001-00011-1234567",
           "doit être l’institution, la succursale et le compte, comme 001-00011-1234567"});
  if (stop.scope() == Stop::PROGRAM)
    wrong(parts_.catalogue->find(stop.value()) != nullptr,
          {"must be a program that is offered", "doit être un programme offert"});
  if (stop.scope() == Stop::ALL)
    wrong(stop.value().empty(),
          {"is not said where all is stopped", "n’est pas dit quand tout est arrêté"});
  stop.set_reason(texts["reason"]);
  if (stop.reason().empty() || stop.reason().size() > kMaxStopReason)
    errors.push_back({"#/reason",
                      {"say why, in at most 200 bytes, without naming a person",
                       "dites pourquoi, en au plus 200 octets, sans nommer personne"}});
  if (!errors.empty()) return Problem{ProblemKind::bad_fields, std::nullopt, std::move(errors)};
  return stop;
}

awaitable<Response> PaymentStops::lay(const Exchange& exchange) {
  if (!authorize(exchange.caller, Call::stop_payments, {}))
    co_return exchange.problem(ProblemKind::not_allowed);
  auto body = read_body(exchange);
  if (Problem* problem = std::get_if<Problem>(&body)) co_return exchange.problem(*problem);
  const Stop& stop = std::get<Stop>(body);
  if (!is_everywhere(stop, true)) {
    if (is_full(stop))
      co_return exchange.problem(
          Problem{ProblemKind::too_many_stops, std::nullopt, std::vector<FieldError>()});
    if (const auto problem = co_await send(exchange, stop)) co_return exchange.problem(*problem);
    const auto laid = find(id_of(stop));
    co_return laid ? stop_response(*laid, 201) : exchange.problem(ProblemKind::no_verdict);
  }
  const auto known = find(id_of(stop));
  co_return known ? stop_response(*known, 200) : exchange.problem(ProblemKind::no_verdict);
}

awaitable<Response> PaymentStops::read(const Exchange& exchange) {
  if (!authorize(exchange.caller, Call::read_payments, {}))
    co_return exchange.problem(ProblemKind::not_allowed);
  const auto stop = find(exchange.id);
  co_return stop ? stop_response(*stop, 200) : exchange.problem(ProblemKind::not_found);
}

awaitable<Response> PaymentStops::lift(const Exchange& exchange) {
  if (!authorize(exchange.caller, Call::resume_payments, {}))
    co_return exchange.problem(ProblemKind::not_allowed);
  auto stop = find(exchange.id);
  if (!stop) co_return exchange.problem(ProblemKind::not_found);
  stop->set_lift(true);
  if (const auto problem = co_await send(exchange, *stop)) co_return exchange.problem(*problem);
  Response response;
  response.status = 204;
  response.about = about_stop(*stop);
  co_return response;
}

awaitable<Response> PaymentStops::list(const Exchange& exchange) {
  if (!authorize(exchange.caller, Call::read_payments, {}))
    co_return exchange.problem(ProblemKind::not_allowed);
  std::vector<FieldError> errors;
  exchange.query.refuse_others(kListParameters, errors);
  const std::string after = exchange.query.value("after").value_or(std::string());
  if (!after.empty() && !is_client(after))
    errors.push_back(
        {"after",
         {"must be what a page gave as next", "doit être ce qu’une page a donné comme next"}});
  if (!errors.empty())
    co_return exchange.problem(Problem{ProblemKind::bad_parameters, std::nullopt, errors});
  const auto make = [&] {
    JsonOut out;
    out.begin_object().key("items").begin_array();
    if (after.empty()) {
      std::map<std::string, Stop> shared;  // laid at every partition
      for (std::uint32_t partition = 0; partition < parts_.log.partitions(); ++partition)
        for (Stop& stop : of_partition(partition)) shared.emplace(id_of(stop), std::move(stop));
      for (const auto& [id, stop] : shared) write_stop(out, stop, id);
    }
    std::vector<std::string> clients = parts_.views->stopped_clients(after, kStopsAPage);
    for (const std::string& client : clients)
      for (const Stop& stop : of_client(client)) write_stop(out, stop, id_of(stop));
    out.end_array();
    if (clients.size() == kStopsAPage)
      out.field("next", clients.back());
    else
      out.key("next").null();
    out.end_object();
    Response response;
    response.body = std::move(out).take();
    response.about.clients = std::move(clients);
    return response;
  };
  co_return co_await elsewhere(readers_, make);
}

}  // namespace guichet::http
