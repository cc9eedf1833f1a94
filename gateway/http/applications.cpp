#include "gateway/http/applications.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "eventlog/key_snapshot.h"
#include "gateway/cases/merge.h"
#include "gateway/http/account_json.h"
#include "gateway/http/case_json.h"
#include "gateway/http/case_stream.h"
#include "gateway/http/command_record.h"
#include "gateway/http/elsewhere.h"
#include "gateway/http/history_json.h"
#include "gateway/http/ids.h"
#include "gateway/http/list_question.h"
#include "gateway/http/local_day.h"
#include "gateway/identity/access.h"
#include "schemas/topics.h"

namespace guichet::http {

namespace asio = boost::asio;
using asio::awaitable;
using views::CaseView;

namespace {

constexpr std::chrono::milliseconds kPositionPoll{10};
bool is_final(const CaseView& now) {
  const std::string status = status_of_case(*now.state, now.held);
  return status == "complete" || status == "partial";
}

// Nothing more comes by itself: waiting longer would be in vain.
bool is_stopped(const CaseView& now) {
  const std::string status = status_of_case(*now.state, now.held);
  return status == "held" || status == "withdrawn";
}

void say_language(Response& response, std::string_view language) {
  response.set("Content-Language", std::string(language));
  response.set("Vary", "Accept-Language");
}

ProblemKind problem_of(v1::Verdict::Outcome outcome) {
  switch (outcome) {
    case v1::Verdict::KEY_REUSED:
      return ProblemKind::key_reused;
    case v1::Verdict::SUBMISSION_MISMATCH:
      return ProblemKind::submission_mismatch;
    case v1::Verdict::WITHDRAWN:
      return ProblemKind::withdrawn;
    case v1::Verdict::NOT_FOUND:
      return ProblemKind::not_found;
    case v1::Verdict::NOT_ALLOWED:
      return ProblemKind::not_allowed;
    default:
      return ProblemKind::fault;
  }
}

bool is_good(v1::Verdict::Outcome outcome) {
  return outcome == v1::Verdict::ACCEPTED || outcome == v1::Verdict::REPLAYED;
}

bool is_assisted(const v1::Application& application) {
  const std::string& mode = application.channel().mode();
  return !mode.empty() && mode != "online";
}

// An agent who helps a client acts for them: a record of it names both.
void name_client(eventlog::Record& command, bool assisted, const std::string& client) {
  v1::Actor& actor = *command.header.mutable_actor();
  if (assisted && actor.on_behalf_of().empty()) actor.set_on_behalf_of(client);
}

Response list_response(const views::CasePage& page, std::optional<Language> language,
                       unsigned status) {
  JsonOut out;
  out.begin_object().key("items").begin_array();
  for (const CaseView& item : page.items)
    write_case(out, *item.state, item.held, language.value_or(language_of(*item.state)));
  out.end_array().key("next");
  if (page.next.empty())
    out.null();
  else
    out.text(page.next);
  out.end_object();
  Response response;
  response.status = status;
  response.body = std::move(out).take();
  response.set("Vary", "Accept-Language");
  for (const CaseView& item : page.items)
    response.about.applications.push_back(item.state->application_id());
  return response;
}

Response with(About about, Response response) {
  response.about = std::move(about);
  return response;
}

About about_case(const v1::CaseState& state) {
  About about{.applications = {state.application_id()}};
  if (!state.client_id().empty()) about.clients = {state.client_id()};
  return about;
}

}  // namespace

Applications::Applications(const GatewayParts& parts, const Limits& limits, CaseWatches& watches,
                           asio::thread_pool& readers, std::atomic<std::int64_t>& streams)
    : parts_(parts),
      limits_(limits),
      watches_(watches),
      readers_(readers),
      streams_(streams),
      commands_(parts.log, limits.verdict_time, limits.queue_age),
      terms_of_(payments::terms_of(parts.catalogue)) {}

// ---- writes

awaitable<Response> Applications::submit(const Exchange& exchange) {
  auto body = read_body(exchange);
  if (Response* refused = std::get_if<Response>(&body)) co_return std::move(*refused);
  auto key = idempotency_key(exchange);
  if (Response* refused = std::get_if<Response>(&key)) co_return std::move(*refused);
  const std::string& idempotency_key = std::get<std::string>(key);
  ApplicationIn& in = std::get<ApplicationIn>(body);

  const Secrets& secrets = parts_.secrets;
  Named named;
  named.id = idempotency_key.empty()
                 ? fresh_id(parts_.clock())
                 : application_id_of_key(secrets, parts_.tenant, idempotency_key);
  named.number = short_number(named.id);
  named.client = in.application.client().client_id();
  if (!authorize(exchange.caller, Call::submit_application,
                 {.desk = in.application.channel().desk()}))
    co_return exchange.problem(ProblemKind::not_allowed);

  v1::SubmitApplication submit;
  submit.set_number(named.number);
  submit.set_body_digest(keyed_digest(secrets.ids, {"body", parts_.tenant, in.canonical}));
  const bool assisted = is_assisted(in.application);
  *submit.mutable_application() = std::move(in.application);
  eventlog::Record sent =
      command(exchange, v1::KIND_SUBMIT_APPLICATION, named.id, submit.SerializeAsString());
  name_client(sent, assisted, named.client);
  Response response =
      co_await send(exchange, std::move(sent), named, !idempotency_key.empty(), Wait::if_preferred);
  if (response.status == 200 || response.status == 202)
    response.set("Location", "/v1/applications/" + named.id);
  co_return response;
}

awaitable<Response> Applications::amend(const Exchange& exchange) {
  const std::string_view if_match = exchange.request.field("If-Match");
  if (if_match.empty()) co_return exchange.problem(ProblemKind::precondition_required);
  auto body = read_body(exchange);
  if (Response* refused = std::get_if<Response>(&body)) co_return std::move(*refused);
  auto key = idempotency_key(exchange);
  if (Response* refused = std::get_if<Response>(&key)) co_return std::move(*refused);
  const std::string& idempotency_key = std::get<std::string>(key);
  if (auto not_yet = co_await wait_for_position(exchange)) co_return std::move(*not_yet);
  auto resolved = resolve(exchange, Call::amend_application);
  if (Response* refused = std::get_if<Response>(&resolved)) co_return std::move(*refused);
  const std::string& id = std::get<std::string>(resolved);
  const auto seen = submission_of_etag(if_match);
  if (!seen) co_return exchange.problem(ProblemKind::submission_mismatch);
  ApplicationIn& in = std::get<ApplicationIn>(body);
  // Nor may it be given to another desk.
  if (!authorize(exchange.caller, Call::amend_application,
                 {.desk = in.application.channel().desk()}))
    co_return exchange.problem(ProblemKind::not_allowed);

  const Secrets& secrets = parts_.secrets;
  const Named named{id, short_number(id), in.application.client().client_id()};
  v1::AmendApplication amend;
  amend.set_body_digest(keyed_digest(secrets.ids, {"body", parts_.tenant, in.canonical}));
  const bool assisted = is_assisted(in.application);
  *amend.mutable_application() = std::move(in.application);
  amend.set_if_submission(*seen);
  if (!idempotency_key.empty())
    amend.set_key_digest(keyed_digest(secrets.ids, {"key", parts_.tenant, id, idempotency_key}));
  eventlog::Record sent =
      command(exchange, v1::KIND_AMEND_APPLICATION, id, amend.SerializeAsString());
  name_client(sent, assisted, named.client);
  co_return co_await send(exchange, std::move(sent), named, !idempotency_key.empty(),
                          Wait::if_preferred);
}

awaitable<Response> Applications::withdraw(const Exchange& exchange) {
  if (auto problem = refuse_unless_empty(exchange.request.body))
    co_return exchange.problem(*problem);
  auto key = idempotency_key(exchange);
  if (Response* refused = std::get_if<Response>(&key)) co_return std::move(*refused);
  const std::string& idempotency_key = std::get<std::string>(key);
  if (auto not_yet = co_await wait_for_position(exchange)) co_return std::move(*not_yet);
  auto resolved = resolve(exchange, Call::withdraw_application);
  if (Response* refused = std::get_if<Response>(&resolved)) co_return std::move(*refused);
  const std::string& id = std::get<std::string>(resolved);

  v1::WithdrawApplication withdraw;
  const std::string_view if_match = exchange.request.field("If-Match");
  if (!if_match.empty()) {
    const auto seen = submission_of_etag(if_match);
    if (!seen) co_return exchange.problem(ProblemKind::submission_mismatch);
    withdraw.set_if_submission(*seen);
  }
  if (!idempotency_key.empty())
    withdraw.set_key_digest(
        keyed_digest(parts_.secrets.ids, {"key", parts_.tenant, id, idempotency_key}));
  const Named named{id, short_number(id), {}};
  co_return co_await send(
      exchange, command(exchange, v1::KIND_WITHDRAW_APPLICATION, id, withdraw.SerializeAsString()),
      named, !idempotency_key.empty(), Wait::no);
}

awaitable<Response> Applications::send(const Exchange& exchange, eventlog::Record command,
                                       Named named, bool has_key, Wait wait) {
  const SteadyTime arrived = std::chrono::steady_clock::now();
  const bool withdrawal = command.header.kind() == v1::KIND_WITHDRAW_APPLICATION;
  // Open before the command is in the log: no state that follows it can be missed.
  const std::unique_ptr<Watch> watch = watches_.open(named.id, co_await asio::this_coro::executor);
  if (!watch) co_return exchange.problem(ProblemKind::no_room);
  CommandAnswer answer = co_await commands_.send(std::move(command), *watch);

  if (std::holds_alternative<NoRoom>(answer))
    co_return exchange.problem(parts_.log.statistics().disk_full ? ProblemKind::disk_full
                                                                 : ProblemKind::no_room);
  if (const NoVerdict* none = std::get_if<NoVerdict>(&answer)) {
    // It may have been done.
    const About about{.applications = {named.id}};
    if (has_key) co_return with(about, exchange.problem(ProblemKind::no_verdict));
    if (!none->durable)
      co_return with(
          about,
          exchange.problem(Problem{
              ProblemKind::no_verdict,
              Words{
                  "Whether the request was taken is not known yet. Look for it before you send it "
                  "again; with an Idempotency-Key, sending again is safe.",
                  "On ne sait pas encore si la requête a été prise. Cherchez-la avant de la "
                  "renvoyer; "
                  "avec une Idempotency-Key, la renvoyer est sans risque."},
              {}}));
    Response response;
    response.about = about;
    response.status = 202;
    response.body = received_json(named.id, named.number, named.client);
    co_return response;
  }

  Answered& answered = std::get<Answered>(answer);
  const v1::Verdict::Outcome outcome = answered.verdict.outcome();
  const bool withdrawn_before = withdrawal && outcome == v1::Verdict::WITHDRAWN;
  if ((!is_good(outcome) && !withdrawn_before) || !answered.at) {
    Response response = with({.applications = {named.id}}, exchange.problem(problem_of(outcome)));
    response.set("Guichet-Position", to_string(answered.position));
    co_return response;
  }

  CaseView now = std::move(*answered.at);
  const auto preferred = wait == Wait::if_preferred
                             ? preferred_wait(exchange.request.list_field("Prefer"))
                             : std::nullopt;
  while (preferred && !is_final(now) && !is_stopped(now)) {
    const auto record = co_await watch->next(arrived + *preferred, Patience::until_drain);
    if (!record) break;
    if (auto newer = views::case_of(*record)) now = std::move(*newer);
  }
  const bool whole = withdrawal || (preferred && is_final(now));
  Response response = whole_case(exchange, now, whole ? 200 : 202);
  response.set("Guichet-Position", to_string(LogPosition{now.partition, now.position}));
  if (preferred) response.set("Preference-Applied", "wait=" + std::to_string(preferred->count()));
  co_return response;
}

eventlog::Record Applications::command(const Exchange& exchange, v1::Kind kind,
                                       const std::string& id, std::string payload) const {
  return command_record(parts_, exchange, topics::kCasesInbox, kind, id, std::move(payload));
}

// ---- reads

awaitable<Response> Applications::read(const Exchange& exchange) {
  if (auto not_yet = co_await wait_for_position(exchange)) co_return std::move(*not_yet);
  auto resolved = resolve(exchange, Call::read_application);
  if (Response* other = std::get_if<Response>(&resolved)) co_return std::move(*other);
  const std::string& id = std::get<std::string>(resolved);

  const std::string if_none_match = exchange.request.list_field("If-None-Match");
  const auto preferred = preferred_wait(exchange.request.list_field("Prefer"));
  const bool waits = preferred && !if_none_match.empty();
  const SteadyTime deadline =
      std::chrono::steady_clock::now() + preferred.value_or(std::chrono::seconds(0));
  std::unique_ptr<Watch> watch;
  if (waits) {
    watch = watches_.open(id, co_await asio::this_coro::executor);
    if (!watch) co_return exchange.problem(ProblemKind::no_room);
  }

  auto found = find_case(exchange, id);
  if (Response* other = std::get_if<Response>(&found)) co_return std::move(*other);
  CaseView now = std::get<CaseView>(std::move(found));
  while (waits && matches_etag(if_none_match, whole_etag(now))) {
    const auto record = co_await watch->next(deadline, Patience::until_drain);
    if (!record) break;
    if (auto newer = views::case_of(*record)) now = std::move(*newer);
  }

  Response response;
  if (const std::string etag = whole_etag(now); matches_etag(if_none_match, etag)) {
    response.status = 304;
    response.set("ETag", etag);
    response.set("Vary", "Accept-Language");
  } else {
    response = whole_case(exchange, now, 200);
  }
  if (waits) response.set("Preference-Applied", "wait=" + std::to_string(preferred->count()));
  co_return response;
}

awaitable<Response> Applications::events(const Exchange& exchange) {
  if (auto not_yet = co_await wait_for_position(exchange)) co_return std::move(*not_yet);
  auto resolved = resolve(exchange, Call::read_application);
  if (Response* other = std::get_if<Response>(&resolved)) co_return std::move(*other);
  const std::string& id = std::get<std::string>(resolved);
  auto seat = StreamSeat::take(streams_, limits_.streams);
  const auto executor = co_await asio::this_coro::executor;
  auto watch = seat ? watches_.open(id, executor) : nullptr;
  if (!watch) co_return exchange.problem(ProblemKind::no_room);
  auto found = find_case(exchange, id);
  if (Response* other = std::get_if<Response>(&found)) co_return std::move(*other);

  // With the token that opened it, at the latest.
  Instant::duration lasts = limits_.stream_time;
  if (const auto until = exchange.caller.until) lasts = std::min(lasts, *until - parts_.clock());

  Response response;
  response.content_type = "text/event-stream";
  response.about = about_case(*std::get<CaseView>(found).state);
  response.stream = std::make_shared<CaseStream>(
      std::move(seat), std::move(watch), std::get<CaseView>(std::move(found)), exchange.language,
      exchange.request.field("Last-Event-ID"), std::chrono::steady_clock::now() + lasts, limits_);
  response.set("Vary", "Accept-Language");
  co_return response;
}

awaitable<Response> Applications::history(const Exchange& exchange) {
  if (auto not_yet = co_await wait_for_position(exchange)) co_return std::move(*not_yet);
  auto resolved = resolve(exchange, Call::read_application);
  if (Response* other = std::get_if<Response>(&resolved)) co_return std::move(*other);
  auto found = find_case(exchange, std::get<std::string>(resolved));
  if (Response* other = std::get_if<Response>(&found)) co_return std::move(*other);
  const CaseView& now = std::get<CaseView>(found);
  Response response;
  if (matches_etag(exchange.request.list_field("If-None-Match"), etag_of(now))) {
    response.status = 304;
  } else {
    response.body = history_json(*now.state);
    response.about = about_case(*now.state);
  }
  response.set("ETag", etag_of(now));
  co_return response;
}

awaitable<Response> Applications::list(const Exchange& exchange) {
  if (auto not_yet = co_await wait_for_position(exchange)) co_return std::move(*not_yet);
  ListQuestion asked = read_list_question(exchange.query);
  if (!asked.errors.empty())
    co_return exchange.problem(Problem{ProblemKind::bad_parameters, std::nullopt, asked.errors});
  if (asked.filter.desk.empty() && is_held_to_desk(exchange.caller, Call::list_applications))
    asked.filter.desk = exchange.caller.desk;
  if (!authorize(exchange.caller, Call::list_applications,
                 {.desk = asked.filter.desk, .program = asked.filter.program}))
    co_return exchange.problem(ProblemKind::not_allowed);

  // A list may read much: not on the threads that serve connections. And it is written there too,
  // so that however many ask, one page at a time is in memory as cases.
  const auto make = [&]() -> std::optional<Response> {
    const Result<views::CasePage> page = parts_.views->list(asked.filter);
    if (!page) return std::nullopt;
    return list_response(*page, exchange.language, 200);
  };
  auto response = co_await elsewhere(readers_, make);
  if (response) co_return std::move(*response);
  co_return exchange.problem(Problem{ProblemKind::bad_parameters,
                                     std::nullopt,
                                     {{"cursor",
                                       {"must be the next of a page of this same list",
                                        "doit être le next d’une page de cette même liste"}}}});
}

std::variant<std::string, Response> Applications::resolve(const Exchange& exchange,
                                                          Call call) const {
  const bool reading = call == Call::read_application;
  if (auto id = parse_uuid(exchange.id)) {
    if (reading) return std::move(*id);
    const auto view = parts_.views->find(*id);
    if (!view || !view->state->has_current() || !may(exchange, call, *view->state))
      return exchange.problem(ProblemKind::not_found);
    return std::move(*id);
  }
  const TypedNumber typed = parse_number(exchange.id);
  if (!typed.looks_like_one) return exchange.problem(ProblemKind::not_found);
  if (typed.number.empty()) return exchange.problem(ProblemKind::unknown_number);
  views::CaseFilter filter;
  filter.number = typed.number;
  Result<views::CasePage> page = parts_.views->list(filter);
  if (page)
    std::erase_if(page->items,
                  [&](const views::CaseView& item) { return !may(exchange, call, *item.state); });
  if (!page || page->items.empty()) return exchange.problem(ProblemKind::not_found);
  if (page->items.size() == 1) return page->items[0].state->application_id();
  if (!reading) return exchange.problem(ProblemKind::number_not_unique);
  return list_response(*page, exchange.language, 300);
}

awaitable<std::optional<Response>> Applications::wait_for_position(const Exchange& exchange) const {
  const std::string_view field = exchange.request.field("Guichet-After");
  if (field.empty()) co_return std::nullopt;
  const auto after = parse_position(field);
  if (!after || after->partition >= parts_.log.partitions())
    co_return exchange.problem(
        Problem{ProblemKind::bad_header,
                std::nullopt,
                {{"Guichet-After",
                  {"must be a Guichet-Position that a write answered with",
                   "doit être une Guichet-Position qu’une écriture a donnée"}}}});
  const SteadyTime deadline = std::chrono::steady_clock::now() + limits_.after_time;
  asio::steady_timer timer(co_await asio::this_coro::executor);
  while (!parts_.views->covers(after->partition, after->position)) {
    if (std::chrono::steady_clock::now() >= deadline)
      co_return exchange.problem(ProblemKind::position_not_reached);
    timer.expires_after(kPositionPoll);
    co_await timer.async_wait(asio::use_awaitable);
  }
  co_return std::nullopt;
}

// ---- what they share

bool Applications::may(const Exchange& exchange, Call call, const v1::CaseState& state) const {
  return authorize(exchange.caller, call, {.desk = state.current().application().channel().desk()});
}

std::variant<ApplicationIn, Response> Applications::read_body(const Exchange& exchange) const {
  auto read = read_application(exchange.request.body,
                               {*parts_.catalogue, parts_.secrets, parts_.tenant, parts_.clock()});
  if (Problem* problem = std::get_if<Problem>(&read)) return exchange.problem(*problem);
  return std::move(std::get<ApplicationIn>(read));
}

std::variant<std::string, Response> Applications::idempotency_key(const Exchange& exchange) const {
  const std::string_view key = exchange.request.field("Idempotency-Key");
  if (const auto problem = refuse_key(key)) return exchange.problem(*problem);
  return std::string(key);
}

std::variant<CaseView, Response> Applications::find_case(const Exchange& exchange,
                                                         const std::string& id) const {
  auto view = parts_.views->find(id);
  if (!view || !view->state->has_current()) return exchange.problem(ProblemKind::not_found);
  CaseView now = std::move(*view);
  if (!may(exchange, Call::read_application, *now.state))
    return exchange.problem(ProblemKind::not_found);
  return now;
}

std::shared_ptr<const eventlog::KeySnapshot> Applications::account_of(const CaseView& now) const {
  const std::string& client = now.state->client_id();
  const auto record = client.empty() ? std::nullopt : parts_.log.latest(topics::kAccounts, client);
  return record ? eventlog::snapshot_of(*record, v1::AccountState::default_instance()) : nullptr;
}

std::string Applications::whole_etag(const CaseView& now) const {
  const auto account = account_of(now);
  return case_etag(now.state->current().number(), now.state->version(),
                   account ? account->version : 0);
}

Response Applications::whole_case(const Exchange& exchange, const CaseView& now,
                                  unsigned status) const {
  const Language language = exchange.language.value_or(language_of(*now.state));
  const auto account = account_of(now);
  JsonOut out;
  std::function<void()> write;
  if (account)
    write = [&] {
      const auto& state = static_cast<const v1::AccountState&>(*account->state);
      const std::string& province = now.state->current().application().residence().province();
      write_account(out, state.client(), now.state->application_id(), terms_of_,
                    to_days(local_day(province, parts_.clock())), language);
    };
  write_case(out, *now.state, now.held, language, write);
  Response response;
  response.status = status;
  response.body = std::move(out).take();
  response.about = about_case(*now.state);
  response.set("ETag", case_etag(now.state->current().number(), now.state->version(),
                                 account ? account->version : 0));
  say_language(response, to_string(language));
  return response;
}

}  // namespace guichet::http
