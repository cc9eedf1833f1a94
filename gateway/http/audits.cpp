#include "gateway/http/audits.h"

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <optional>

#include "gateway/audit/chain.h"
#include "gateway/http/elsewhere.h"
#include "gateway/http/feed_question.h"
#include "gateway/http/ids.h"
#include "gateway/http/json_out.h"
#include "gateway/identity/base64url.h"
#include "schemas/topics.h"

namespace guichet::http {

namespace asio = boost::asio;
using asio::awaitable;

namespace {

constexpr std::array<std::string_view, 7> kParameters = {"application", "client", "run",  "actor",
                                                         "call",        "from",   "limit"};
constexpr unsigned kUsualEntriesAPage = 100;

/// What is empty does not narrow.
struct Wanted {
  std::string application;
  std::string client;
  std::string run;
  std::string actor;
  std::string call;
};

bool has(const google::protobuf::RepeatedPtrField<std::string>& ids, const std::string& wanted) {
  return wanted.empty() || std::ranges::find(ids, wanted) != ids.end();
}

bool fits(const v1::AuditEntry& entry, const Wanted& wanted) {
  return has(entry.applications(), wanted.application) && has(entry.clients(), wanted.client) &&
         has(entry.runs(), wanted.run) &&
         (wanted.actor.empty() || entry.actor().subject() == wanted.actor) &&
         (wanted.call.empty() || entry.call() == wanted.call);
}

template <class Texts>
void write_texts(JsonOut& out, std::string_view name, const Texts& texts) {
  out.key(name).begin_array();
  for (const auto& text : texts) out.text(text);
  out.end_array();
}

std::string_view name_of(v1::Actor::KnownBy known_by) {
  switch (known_by) {
    case v1::Actor::TOKEN:
      return "token";
    case v1::Actor::CERTIFICATE:
      return "certificate";
    default:
      return "local";
  }
}

void write_entry(JsonOut& out, const v1::AuditEntry& entry, const std::string& bytes) {
  out.begin_object();
  out.field("at", guichet::to_string(from_micros(entry.at_us())));
  out.field("call", entry.call());
  out.key("status").number(entry.status());
  out.key("actor").begin_object().field("subject", entry.actor().subject());
  write_texts(out, "roles", entry.actor().roles());
  if (!entry.actor().desk().empty()) out.field("desk", entry.actor().desk());
  if (!entry.actor().on_behalf_of().empty())
    out.field("on_behalf_of", entry.actor().on_behalf_of());
  out.field("known_by", name_of(entry.actor().known_by())).end_object();
  write_texts(out, "applications", entry.applications());
  write_texts(out, "clients", entry.clients());
  write_texts(out, "runs", entry.runs());
  out.field("trace", entry.trace());
  out.field("chain", entry.chain());
  out.key("number").number(entry.number());
  out.field("record", identity::encode_base64url(bytes));
  out.end_object();
}

Response response_to(const FeedPage& page) {
  JsonOut out;
  out.begin_object().key("items").begin_array();
  for (const eventlog::Record& record : page.records) {
    v1::AuditEntry entry;
    // What cannot be read is shown all the same: whoever verifies must see it.
    if (!entry.ParseFromString(record.payload)) entry.Clear();
    write_entry(out, entry, record.payload);
  }
  out.end_array().key("next");
  if (page.at_the_end)
    out.null();
  else
    out.text(to_string(page.next));
  out.end_object();
  Response response;
  response.body = std::move(out).take();
  return response;
}

template <class Ids>
void add_all(const Ids& from, google::protobuf::RepeatedPtrField<std::string>& to) {
  for (const std::string& id : from)
    if (!id.empty()) *to.Add() = id;
}

}  // namespace

bool is_to_be_noted(const Response& response) {
  return !response.about.is_empty() || response.status == 403 || response.status == 404;
}

Audits::Audits(const GatewayParts& parts, const Limits& limits, asio::thread_pool& readers)
    : parts_(parts),
      limits_(limits),
      readers_(readers),
      feed_(parts.log, topics::kAudit),
      trail_(parts.log, parts.clock, parts.tenant,
             [clock = parts.clock] { return fresh_id(clock()); }) {}

awaitable<Response> Audits::noted(const Exchange& exchange, Call call, Response response) {
  v1::AuditEntry entry;
  *entry.mutable_actor() = exchange.actor;
  entry.set_call(std::string(identity::to_string(call)));
  entry.set_status(response.status);
  entry.set_trace(std::string(trace_of(exchange.traceparent)));
  add_all(response.about.applications, *entry.mutable_applications());
  add_all(response.about.clients, *entry.mutable_clients());
  add_all(response.about.runs, *entry.mutable_runs());
  if (response.about.is_empty()) {
    // Only what has the form of an id: anything may have been typed there.
    if (auto id = parse_uuid(exchange.id)) entry.add_applications(std::move(*id));
  }
  if (co_await write(std::move(entry))) co_return response;
  co_return exchange.problem(ProblemKind::not_audited);
}

awaitable<bool> Audits::write(v1::AuditEntry entry) {
  struct Wait {
    explicit Wait(const asio::any_io_executor& executor) : timer(executor) {}
    asio::steady_timer timer;
    std::optional<bool> durable;
  };
  const asio::any_io_executor here = co_await asio::this_coro::executor;
  const auto wait = std::make_shared<Wait>(here);
  wait->timer.expires_after(limits_.audit_time);
  trail_.note(std::move(entry), [wait, here](bool durable) {
    asio::post(here, [wait, durable] {
      wait->durable = durable;
      wait->timer.cancel();
    });
  });
  co_await wait->timer.async_wait(asio::as_tuple(asio::use_awaitable));
  co_return wait->durable.value_or(false);
}

awaitable<Response> Audits::list(const Exchange& exchange) {
  std::vector<FieldError> errors;
  const Query& query = exchange.query;
  query.refuse_others(kParameters, errors);
  const FeedStart from = read_feed_start(query, parts_.log.partitions(), errors);
  const unsigned limit = read_feed_limit(query, kUsualEntriesAPage, kMaxEntriesAPage, errors);
  Wanted wanted{query.value("application").value_or(""), query.value("client").value_or(""),
                query.value("run").value_or(""), query.value("actor").value_or(""),
                query.value("call").value_or("")};
  for (const auto& [name, id] :
       {std::pair{"application", &wanted.application}, std::pair{"run", &wanted.run}}) {
    if (id->empty()) continue;
    if (auto read = parse_uuid(*id))
      *id = std::move(*read);
    else
      errors.push_back({name, {"must be an id (UUID)", "doit être un identifiant (UUID)"}});
  }
  if (!errors.empty())
    co_return exchange.problem(Problem{ProblemKind::bad_parameters, std::nullopt, errors});
  if (!authorize(exchange.caller, Call::read_audit, {}))
    co_return exchange.problem(ProblemKind::not_allowed);

  const auto make = [&] {
    FeedFilter filter;
    filter.fits = [&](const eventlog::Record& record) {
      v1::AuditEntry entry;
      if (!entry.ParseFromString(record.payload)) entry.Clear();
      return fits(entry, wanted);
    };
    return response_to(feed_.page(positions_of(from, feed_), filter, limit));
  };
  Response response = co_await elsewhere(readers_, make);
  response.about = {.applications = {wanted.application},
                    .clients = {wanted.client},
                    .runs = {wanted.run},
                    .is_noted = true};
  co_return response;
}

}  // namespace guichet::http
