#include "gateway/http/gateway.h"

#include <spdlog/spdlog.h>

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <random>
#include <typeinfo>

#include "gateway/http/authentication.h"
#include "gateway/http/client_search.h"
#include "gateway/http/documents.h"
#include "gateway/http/screenings.h"
#include "gateway/identity/access.h"
#include "schemas/values/invariant.h"

namespace guichet::http {

namespace asio = boost::asio;
using asio::awaitable;

namespace {

std::string random_hex(std::size_t digits) {
  thread_local std::mt19937_64 random{[] {
    std::random_device device;
    return (static_cast<std::uint64_t>(device()) << 32) | device();
  }()};
  constexpr std::string_view hex = "0123456789abcdef";
  std::string text;
  while (text.size() < digits) {
    std::uint64_t bits = random();
    for (int i = 0; i < 16 && text.size() < digits; ++i, bits >>= 4) text += hex[bits & 15];
  }
  return text;
}

std::string_view name_of(Method method) {
  switch (method) {
    case Method::get:
      return "GET";
    case Method::head:
      return "HEAD";
    case Method::post:
      return "POST";
    case Method::put:
      return "PUT";
    case Method::options:
      return "OPTIONS";
    case Method::remove:
      return "DELETE";
    case Method::patch:
      return "PATCH";
    case Method::other:
      return "OTHER";
  }
  return {};
}

bool reads(Method method) {
  return method == Method::get || method == Method::head;
}

bool takes(Route route, Method method) {
  return method != Method::other && method != Method::patch &&
         methods_of(route).find(name_of(method)) != std::string_view::npos;
}

Response plain(std::string body, std::string_view type) {
  Response response;
  response.body = std::move(body);
  response.content_type = type;
  return response;
}

// What a route answers with when all is well; empty: what it has, whatever was asked for.
std::string_view media_type_of(Route route) {
  if (route == Route::metrics || route == Route::settlements) return {};
  if (route == Route::payment_file) return "application/xml";
  return route == Route::case_events ? "text/event-stream" : "application/json";
}

// A page of another site must not act through the browser of someone who may.
bool is_from_other_site(const Request& request) {
  const std::string_view origin = request.field("Origin");
  if (origin.empty() || reads(request.method)) return false;
  const std::size_t scheme = origin.find("://");
  return scheme == std::string_view::npos ||
         !same_name(origin.substr(scheme + 3), request.field("Host"));
}

bool is_of_operations(Route route) {
  return route == Route::healthz || route == Route::readyz || route == Route::metrics;
}

// Asked by probes and by those who learn how to call; nothing in them is of anybody.
bool is_open_to_all(Route route) {
  return route == Route::healthz || route == Route::readyz || route == Route::openapi ||
         route == Route::asyncapi;
}

Call call_of(Route route, Method method) {
  switch (route) {
    case Route::applications:
      return method == Method::post ? Call::submit_application : Call::list_applications;
    case Route::application:
      return method == Method::put ? Call::amend_application : Call::read_application;
    case Route::withdrawal:
      return Call::withdraw_application;
    case Route::case_events:
    case Route::history:
      return Call::read_application;
    case Route::screenings:
      return Call::screen;
    case Route::events:
      return Call::read_events;
    case Route::programs:
    case Route::program:
      return Call::read_programs;
    case Route::client_search:
      return Call::search_clients;
    case Route::payment_runs:
      return method == Method::post ? Call::prepare_payment_run : Call::read_payments;
    case Route::payment_run:
    case Route::payment_files:
    case Route::payments:
      return Call::read_payments;
    case Route::payment_file:
      return Call::read_payment_files;
    case Route::payment_release:
      return Call::release_payment_run;
    case Route::payment_cancel:
      return Call::cancel_payment_run;
    case Route::payment_stops:
      return method == Method::post ? Call::stop_payments : Call::read_payments;
    case Route::payment_stop:
      return method == Method::remove ? Call::resume_payments : Call::read_payments;
    case Route::ledger_accounts:
    case Route::ledger_check:
    case Route::ledger_trace:
      return Call::read_ledger;
    case Route::settlements:
      return Call::read_settlements;
    case Route::audit:
      return Call::read_audit;
    case Route::metrics:
      return Call::read_metrics;
    case Route::healthz:
    case Route::readyz:
    case Route::openapi:
    case Route::asyncapi:
    case Route::none:
      break;
  }
  invariant_broken("a route that everybody may ask is no call", __FILE__, __LINE__);
}

v1::Actor actor_of(const identity::Principal& caller) {
  v1::Actor actor;
  actor.set_subject(caller.subject);
  for (const std::string& role : caller.roles) actor.add_roles(role);
  actor.set_desk(caller.desk);
  actor.set_on_behalf_of(caller.on_behalf_of);
  actor.set_known_by(caller.known_by == identity::KnownBy::certificate ? v1::Actor::CERTIFICATE
                                                                       : v1::Actor::TOKEN);
  return actor;
}

// Writes and streams are the first for whom there is no room.
bool holds_a_place(Route route, Method method) {
  return route == Route::case_events || (!reads(method) && method != Method::options);
}

// Told of people's cases and payments: by a gateway only, and for no cache to keep.
bool is_of_people(Route route) {
  return route == Route::applications || route == Route::application ||
         route == Route::withdrawal || route == Route::case_events || route == Route::history ||
         route == Route::screenings || route == Route::events || route == Route::client_search ||
         route == Route::payment_runs || route == Route::payment_run ||
         route == Route::payment_release || route == Route::payment_cancel ||
         route == Route::payment_files || route == Route::payment_file ||
         route == Route::payments || route == Route::payment_stops ||
         route == Route::payment_stop || route == Route::ledger_accounts ||
         route == Route::ledger_check || route == Route::ledger_trace ||
         route == Route::settlements || route == Route::audit;
}

}  // namespace

Gateway::Gateway(GatewayParts parts, const ServerOptions& options)
    : parts_(std::move(parts)),
      limits_(options.limits),
      proxies_(options.trusted_proxies),
      cors_(options.cors_origins),
      rate_(limits_.caller_requests, limits_.caller_window),
      shares_(proxies_, limits_.caller_connections, limits_.caller_bodies_bytes),
      programs_(parts_.catalogue) {
  if (parts_.views == nullptr) return;
  watches_.emplace(parts_.log);
  applications_.emplace(parts_, limits_, *watches_, readers_, metrics.streams);
  events_.emplace(parts_, limits_);
  payment_runs_.emplace(parts_, limits_, readers_);
  payment_list_.emplace(parts_, readers_);
  ledger_.emplace(parts_, readers_);
  payment_stops_.emplace(parts_, limits_, readers_);
  audits_.emplace(parts_, limits_, readers_);
}

awaitable<Response> Gateway::handle(const Request& request) {
  const auto began = std::chrono::steady_clock::now();
  const std::string traceparent =
      traceparent_for(request.field("traceparent"), random_hex(32), random_hex(16));
  Exchange exchange{request, Route::none, {}, {}, {}, {}, {}, {}, traceparent, {}};
  exchange.language = preferred_language(request.list_field("Accept-Language"));
  Response response = co_await answer_or_fail(exchange);
  if (is_of_people(exchange.route)) response.set("Cache-Control", "no-store");
  if (exchange.allowance) {
    response.set("RateLimit-Policy", rate_.policy());
    response.set("RateLimit", RateLimit::field(*exchange.allowance));
  }
  cors_.complete(response, request, methods_of(exchange.route));

  const auto took = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::steady_clock::now() - began);
  metrics.count(exchange.route, response.status, took);
  spdlog::log(response.status >= 500 ? spdlog::level::warn : spdlog::level::info,
              "{} {} {} {:.1f} ms trace={}", name_of(request.method), template_of(exchange.route),
              response.status, static_cast<double>(took.count()) / 1000, trace_of(traceparent));
  co_return response;
}

awaitable<Response> Gateway::answer_or_fail(Exchange& exchange) {
  // What an exception says may hold what a person sent: only its type is logged, except of the log.
  try {
    co_return co_await answer(exchange);
  } catch (const eventlog::LogUnavailable& away) {
    spdlog::warn("log unavailable: {}", away.what());
    co_return exchange.problem(ProblemKind::log_unavailable);
  } catch (const boost::system::system_error& error) {
    if (error.code() == asio::error::operation_aborted) throw;  // the client is gone
    spdlog::error("fault in {}: {} trace={}", template_of(exchange.route), error.code().message(),
                  trace_of(exchange.traceparent));
  } catch (const std::exception& fault) {
    spdlog::error("fault in {}: {} trace={}", template_of(exchange.route), typeid(fault).name(),
                  trace_of(exchange.traceparent));
  }
  co_return exchange.problem(ProblemKind::fault);
}

awaitable<Response> Gateway::answer(Exchange& exchange) {
  const Request& request = exchange.request;
  auto target = parse_target(request.target);
  if (!target) co_return exchange.problem(ProblemKind::bad_request);
  const Found found = find_route(target->path);
  exchange.route = found.route;
  exchange.id = found.id;
  exchange.number = found.number;
  exchange.query = std::move(target->query);
  if (auto refused = refuse_for_want_of_room(exchange)) co_return std::move(*refused);
  if (found.route == Route::none) co_return exchange.problem(ProblemKind::not_found);
  if (!takes(found.route, request.method)) {
    Response response = exchange.problem(ProblemKind::method_not_allowed);
    response.set("Allow", std::string(methods_of(found.route)));
    co_return response;
  }
  if (request.method == Method::options) {
    Response response;
    response.status = 204;
    response.set("Allow", std::string(methods_of(found.route)));
    co_return response;
  }
  const std::string accept = request.list_field("Accept");
  const bool accepted =
      accepts(accept, media_type_of(found.route)) ||
      (found.route == Route::events && accepts(accept, "application/cloudevents-batch+json"));
  if (!accepted) co_return exchange.problem(ProblemKind::not_acceptable);
  if (!reads(request.method)) {
    const bool may_be_empty =
        (found.route == Route::withdrawal || found.route == Route::payment_cancel ||
         request.method == Method::remove) &&
        request.body.empty();
    const std::string_view encoding = request.field("Content-Encoding");
    if ((!may_be_empty && !is_json(request.field("Content-Type"))) ||
        (!encoding.empty() && !same_name(encoding, "identity")))
      co_return exchange.problem(ProblemKind::unsupported_media_type);
    if (is_from_other_site(request) && !cors_.allows(request.field("Origin")))
      co_return exchange.problem(ProblemKind::not_allowed);
  }
  if (auto refused = co_await identify(exchange)) co_return std::move(*refused);
  if (is_open_to_all(found.route)) co_return co_await dispatch(exchange);
  // Before anything of the request is looked at; to what, the call itself asks.
  const Call call = call_of(found.route, request.method);
  Response response;
  if (may_at_all(exchange.caller, call))
    response = co_await dispatch(exchange);
  else
    response = exchange.problem(ProblemKind::not_allowed);
  if (audits_ && is_of_people(found.route) && is_to_be_noted(response))
    co_return co_await audits_->noted(exchange, call, std::move(response));
  co_return response;
}

awaitable<std::optional<Response>> Gateway::identify(Exchange& exchange) {
  if (is_open_to_all(exchange.route)) co_return std::nullopt;
  if (parts_.authentication == nullptr) {
    auto actor = parse_actor(exchange.request.field("Guichet-Actor"));
    if (!actor)
      co_return exchange.problem(Problem{
          ProblemKind::bad_header,
          std::nullopt,
          {{"Guichet-Actor",
            {"must be name=…; roles=…,…; desk=…, of letters, digits and . _ - @ +",
             "doit être name=…; roles=…,…; desk=…, de lettres, de chiffres et de . _ - @ +"}}}});
    exchange.actor = std::move(*actor);
    exchange.caller.subject = exchange.actor.subject();
    exchange.caller.roles = {std::string(identity::kOwnerRole)};
    co_return std::nullopt;
  }
  auto known = co_await parts_.authentication->caller(exchange.request);
  if (auto* refused = std::get_if<Authentication::Refused>(&known)) {
    Response response = exchange.problem(refused->kind);
    if (!refused->challenge.empty())
      response.set("WWW-Authenticate", std::move(refused->challenge));
    co_return response;
  }
  exchange.caller = std::get<identity::Principal>(std::move(known));
  exchange.actor = actor_of(exchange.caller);
  co_return std::nullopt;
}

bool Gateway::is_crowded() const {
  return metrics.connections.load(std::memory_order_relaxed) >=
         static_cast<std::int64_t>(limits_.connections - limits_.connections / 10);
}

std::optional<Response> Gateway::refuse_for_want_of_room(Exchange& exchange) {
  if (is_of_operations(exchange.route)) return std::nullopt;
  const bool stays_short = !holds_a_place(exchange.route, exchange.request.method);
  if (!stays_short && is_crowded()) {
    Response response = exchange.problem(ProblemKind::no_room);
    response.close = true;
    return response;
  }
  const auto caller = proxies_.caller(exchange.request.peer, exchange.request);
  if (!rate_.applies_to(caller)) return std::nullopt;
  exchange.allowance = rate_.take(caller, std::chrono::steady_clock::now());
  if (exchange.allowance->allowed) return std::nullopt;
  Response response = exchange.problem(ProblemKind::too_many_requests);
  response.set("Retry-After", retry_after(exchange.allowance->retry));
  return response;
}

awaitable<Response> Gateway::dispatch(const Exchange& exchange) {
  const Method method = exchange.request.method;
  if (is_of_people(exchange.route) && !applications_)
    co_return exchange.problem(Problem{
        ProblemKind::not_found,
        Words{"This process is no gateway: it serves health and metrics. Ask one whose roles have "
              "gateway.",
              "Ce processus n’est pas une passerelle : il répond sur son état seulement. "
              "Adressez-vous à un processus dont les rôles comprennent gateway."},
        {}});
  switch (exchange.route) {
    case Route::applications:
      if (method == Method::post) co_return co_await applications_->submit(exchange);
      co_return co_await applications_->list(exchange);
    case Route::application:
      if (method == Method::put) co_return co_await applications_->amend(exchange);
      co_return co_await applications_->read(exchange);
    case Route::withdrawal:
      co_return co_await applications_->withdraw(exchange);
    case Route::events:
      co_return co_await events_->list(exchange);
    case Route::case_events:
      co_return co_await applications_->events(exchange);
    case Route::history:
      co_return co_await applications_->history(exchange);
    case Route::screenings:
      co_return screen(exchange, parts_);
    case Route::client_search:
      co_return co_await search_clients(exchange, parts_, readers_);
    case Route::payment_runs:
      if (method == Method::post) co_return co_await payment_runs_->prepare(exchange);
      co_return co_await payment_runs_->list(exchange);
    case Route::payment_run:
      co_return co_await payment_runs_->read(exchange);
    case Route::payment_release:
      co_return co_await payment_runs_->release(exchange);
    case Route::payment_cancel:
      co_return co_await payment_runs_->cancel(exchange);
    case Route::payment_files:
      co_return co_await payment_runs_->files(exchange);
    case Route::payment_file:
      co_return co_await payment_runs_->file(exchange);
    case Route::payments:
      co_return co_await payment_list_->list(exchange);
    case Route::payment_stops:
      if (method == Method::post) co_return co_await payment_stops_->lay(exchange);
      co_return co_await payment_stops_->list(exchange);
    case Route::payment_stop:
      if (method == Method::remove) co_return co_await payment_stops_->lift(exchange);
      co_return co_await payment_stops_->read(exchange);
    case Route::ledger_accounts:
      co_return co_await ledger_->accounts(exchange);
    case Route::ledger_check:
      co_return co_await ledger_->check(exchange);
    case Route::ledger_trace:
      co_return co_await ledger_->trace(exchange);
    case Route::settlements:
      co_return co_await ledger_->settlements(exchange);
    case Route::audit:
      co_return co_await audits_->list(exchange);
    case Route::programs:
    case Route::program:
      if (!authorize(exchange.caller, Call::read_programs, {.program = exchange.id}))
        co_return exchange.problem(ProblemKind::not_allowed);
      co_return exchange.route == Route::program ? programs_.read(exchange)
                                                 : programs_.list(exchange);
    case Route::healthz:
      co_return plain(R"({"status":"ok"})", "application/json");
    case Route::readyz:
      co_return ready();
    case Route::metrics:
      co_return plain(metrics.text(parts_.log.statistics(), waiting_requests()),
                      "text/plain; version=0.0.4; charset=utf-8");
    case Route::openapi:
      co_return plain(std::string(openapi_json()), "application/json");
    case Route::asyncapi:
      co_return plain(std::string(asyncapi_json()), "application/json");
    case Route::none:
      break;
  }
  co_return exchange.problem(ProblemKind::not_found);
}

std::size_t Gateway::waiting_requests() const {
  return (watches_ ? watches_->open_watches() : 0) + (events_ ? events_->waiting() : 0);
}

Response Gateway::ready() const {
  std::string missing = draining_ ? "draining" : parts_.not_ready();
  if (missing.empty() && parts_.log.statistics().disk_full) missing = "disk full";
  Response response =
      plain(R"({"status":")" + (missing.empty() ? "ready" : missing) + R"("})", "application/json");
  if (!missing.empty()) response.status = 503;
  return response;
}

Response Gateway::refuse(const Problem& problem, std::string_view accept_language) {
  const std::string trace = random_hex(32);
  Response response =
      to_response(problem, preferred_language(accept_language).value_or(Language::en), trace);
  response.close = true;
  if (problem.kind == ProblemKind::too_many_requests)
    response.set("Retry-After", retry_after(std::chrono::seconds(1)));
  metrics.count(Route::none, response.status, {});
  spdlog::info("refused {} {} trace={}", response.status,
               problem.detail ? problem.detail->en : type_of(problem.kind), trace);
  return response;
}

void Gateway::drain() {
  draining_ = true;
  if (watches_) watches_->drain();
  if (events_) events_->drain();
}

void Gateway::stop() {
  if (watches_) watches_->close();
  readers_.join();
  if (events_) events_->stop();
  if (audits_) audits_->stop();
}

}  // namespace guichet::http
