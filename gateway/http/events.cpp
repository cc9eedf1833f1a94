#include "gateway/http/events.h"

#include <algorithm>
#include <array>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/url.hpp>
#include <charconv>
#include <chrono>
#include <variant>

#include "gateway/http/elsewhere.h"
#include "gateway/http/ids.h"
#include "gateway/identity/access.h"

namespace guichet::http {

namespace asio = boost::asio;
using asio::awaitable;

namespace {

constexpr std::array<std::string_view, 5> kParameters = {"from", "type", "program", "application",
                                                         "limit"};
constexpr unsigned kUsualEventsAPage = 100;
constexpr std::chrono::milliseconds kLookEvery{50};

std::string link_to(const EventPage& page, const Query& query) {
  boost::urls::url url("/v1/events");
  url.params().append({"from", to_string(page.next)});
  for (const auto& [name, value] : query.parameters)
    if (name != "from") url.params().append({name, value});
  return "<" + std::string(url.buffer()) + ">; rel=\"next\"";
}

template <class Names>
std::string joined(const Names& names) {
  std::string text;
  for (const std::string_view name : names) text += (text.empty() ? "" : ", ") + std::string(name);
  return text;
}

Response response_to(const EventPage& page, const Query& query) {
  Response response;
  response.content_type = "application/cloudevents-batch+json";
  response.body = "[";
  for (const cloudevents::CloudEvent& event : page.events)
    response.body += (response.body.size() > 1 ? "," : "") + cloudevents::to_json(event);
  response.body += "]";
  response.set("Link", link_to(page, query));
  return response;
}

}  // namespace

/// Counts a request as long as it lives.
struct Events::Waiting {
  explicit Waiting(std::atomic<std::size_t>& count) : before(count++), count(count) {}
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;
  ~Waiting() { --count; }
  const std::size_t before;
  std::atomic<std::size_t>& count;
};

/// What a request asks for: a position, an instant, or the beginning.
struct Events::Question {
  std::variant<std::monostate, EventPositions, Instant> from;
  EventFilter filter;
  unsigned limit = kUsualEventsAPage;
  std::vector<FieldError> errors;
};

Events::Events(const GatewayParts& parts, const Limits& limits)
    : parts_(parts), limits_(limits), feed_(parts.log) {}

Events::Question Events::read_question(const Exchange& exchange) const {
  Question asked;
  const Query& query = exchange.query;
  query.refuse_others(kParameters, asked.errors);
  const auto note = [&](const char* name, Words detail) {
    asked.errors.push_back({name, std::move(detail)});
  };
  if (const auto from = query.value("from")) {
    if (auto positions = parse_event_positions(*from, parts_.log.partitions()))
      asked.from = std::move(*positions);
    else if (const auto moment = parse_moment(*from))
      asked.from = moment->instant;
    else
      note("from",
           {"must be the position that a page gave, a day such as 2026-01-31, or an instant "
            "such as 2026-01-31T14:00:00Z",
            "doit être la position qu’une page a donnée, un jour comme 2026-01-31, ou un "
            "instant comme 2026-01-31T14:00:00Z"});
  }
  if (const auto limit = query.value("limit")) {
    const auto [end, failed] =
        std::from_chars(limit->data(), limit->data() + limit->size(), asked.limit);
    if (failed != std::errc{} || end != limit->data() + limit->size() || asked.limit == 0 ||
        asked.limit > kMaxEventsAPage)
      note("limit", {"must be a whole number from 1 to 500", "doit être un entier de 1 à 500"});
  }
  if (const auto application = query.value("application")) {
    if (auto id = parse_uuid(*application))
      asked.filter.application = std::move(*id);
    else
      note("application", {"must be the id of an application",
                           "doit être l’identifiant d’une "
                           "demande"});
  }
  // A slip would make a reader wait for ever for what never comes.
  asked.filter.type = query.value("type").value_or("");
  const auto& types = cloudevents::kTypes;
  if (!asked.filter.type.empty() &&
      std::find(types.begin(), types.end(), asked.filter.type) == types.end()) {
    const std::string names = joined(types);
    note("type", {"must be one of: " + names, "doit être l’un de : " + names});
  }
  asked.filter.program = query.value("program").value_or("");
  if (!asked.filter.program.empty() && parts_.catalogue->find(asked.filter.program) == nullptr)
    note("program", {"must be the id of a program that is offered here, as /v1/programs lists them",
                     "doit être l’identifiant d’un programme offert ici, comme /v1/programs les "
                     "énumère"});
  return asked;
}

awaitable<EventPage> Events::read(const Question& asked) {
  // A page may take long: not on the threads that serve connections.
  const auto make = [&] {
    EventPositions from = feed_.beginning();
    if (const auto* positions = std::get_if<EventPositions>(&asked.from)) from = *positions;
    if (const auto* instant = std::get_if<Instant>(&asked.from)) from = feed_.at(*instant);
    return feed_.page(from, asked.filter, asked.limit);
  };
  co_return co_await elsewhere(reader_, make);
}

awaitable<Response> Events::list(const Exchange& exchange) {
  Question asked = read_question(exchange);
  if (!asked.errors.empty())
    co_return exchange.problem(Problem{ProblemKind::bad_parameters, std::nullopt, asked.errors});
  const auto program = parts_.catalogue->find(asked.filter.program);
  if (!authorize(exchange.caller, Call::read_events,
                 {.program = asked.filter.program,
                  .government = program ? std::string_view(program->manifest().government)
                                        : std::string_view{}}))
    co_return exchange.problem(ProblemKind::not_allowed);

  const auto preferred = preferred_wait(exchange.request.list_field("Prefer"));
  const auto deadline =
      std::chrono::steady_clock::now() + preferred.value_or(std::chrono::seconds(0));
  asio::steady_timer timer(co_await asio::this_coro::executor);
  const Waiting waiting(waiting_);
  if (preferred && waiting.before >= limits_.event_waits)
    co_return exchange.problem(ProblemKind::no_room);
  EventPage page = co_await read(asked);
  while (page.events.empty() && !draining_ && std::chrono::steady_clock::now() < deadline) {
    if (page.at_the_end && !feed_.has_after(page.next)) {
      timer.expires_after(kLookEvery);
      co_await timer.async_wait(asio::use_awaitable);
      continue;
    }
    asked.from = page.next;
    page = co_await read(asked);
  }
  Response response = response_to(page, exchange.query);
  if (preferred) response.set("Preference-Applied", "wait=" + std::to_string(preferred->count()));
  co_return response;
}

}  // namespace guichet::http
