#include "gateway/http/events.h"

#include <algorithm>
#include <array>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/url.hpp>
#include <chrono>

#include "gateway/http/elsewhere.h"
#include "gateway/http/feed_question.h"
#include "gateway/http/ids.h"
#include "gateway/identity/access.h"
#include "guichet/v1/events.pb.h"
#include "schemas/cloudevents/cloud_event.h"
#include "schemas/topics.h"

namespace guichet::http {

namespace asio = boost::asio;
using asio::awaitable;

namespace {

constexpr std::array<std::string_view, 5> kParameters = {"from", "type", "program", "application",
                                                         "limit"};
constexpr unsigned kUsualEventsAPage = 100;
constexpr std::chrono::milliseconds kLookEvery{50};

/// What is empty does not narrow.
struct EventFilter {
  std::string type;
  std::string program;
  std::string application;
};

bool fits(const eventlog::Record& record, const EventFilter& filter) {
  v1::CaseEvent event;
  if (!event.ParseFromString(record.payload)) return false;
  if (!filter.type.empty() && event.type() != filter.type) return false;
  return filter.program.empty() ||
         std::any_of(event.programs().begin(), event.programs().end(),
                     [&](const auto& program) { return program.program() == filter.program; });
}

/// Of a payment who asks for one program sees that program's part.
std::string narrowed(const std::string& payload, const EventFilter& filter) {
  v1::CaseEvent event;
  if (filter.program.empty() || !event.ParseFromString(payload) || event.payment().empty())
    return payload;
  auto& programs = *event.mutable_programs();
  programs.erase(std::remove_if(programs.begin(), programs.end(),
                                [&](const auto& one) { return one.program() != filter.program; }),
                 programs.end());
  return event.SerializeAsString();
}

std::string link_to(const FeedPage& page, const Query& query) {
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

Response response_to(const FeedPage& page, const Query& query, const EventFilter& filter) {
  Response response;
  response.content_type = "application/cloudevents-batch+json";
  response.body = "[";
  for (const eventlog::Record& record : page.records) {
    if (record.header.kind() != v1::KIND_CASE_EVENT) continue;  // a stranger's
    const auto event = cloudevents::cloud_event(record.header, narrowed(record.payload, filter));
    if (!event) continue;
    response.body += (response.body.size() > 1 ? "," : "") + cloudevents::to_json(*event);
    auto& ids = response.about.applications;
    if (ids.empty() || ids.back() != record.header.key()) ids.push_back(record.header.key());
  }
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

struct Events::Question {
  FeedStart from;
  EventFilter filter;
  unsigned limit = kUsualEventsAPage;
  std::vector<FieldError> errors;
};

Events::Events(const GatewayParts& parts, const Limits& limits)
    : parts_(parts), limits_(limits), feed_(parts.log, topics::kEvents) {}

Events::Question Events::read_question(const Exchange& exchange) const {
  Question asked;
  const Query& query = exchange.query;
  query.refuse_others(kParameters, asked.errors);
  const auto note = [&](const char* name, Words detail) {
    asked.errors.push_back({name, std::move(detail)});
  };
  asked.from = read_feed_start(query, parts_.log.partitions(), asked.errors);
  asked.limit = read_feed_limit(query, kUsualEventsAPage, kMaxEventsAPage, asked.errors);
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

awaitable<FeedPage> Events::read(const Question& asked) {
  // A page may take long: not on the threads that serve connections.
  const auto make = [&] {
    FeedFilter filter{.key = asked.filter.application, .fits = {}};
    if (!asked.filter.type.empty() || !asked.filter.program.empty())
      filter.fits = [&](const eventlog::Record& record) { return fits(record, asked.filter); };
    return feed_.page(positions_of(asked.from, feed_), filter, asked.limit);
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
  FeedPage page = co_await read(asked);
  while (page.records.empty() && !draining_ && std::chrono::steady_clock::now() < deadline) {
    if (page.at_the_end && !feed_.has_after(page.next)) {
      timer.expires_after(kLookEvery);
      co_await timer.async_wait(asio::use_awaitable);
      continue;
    }
    asked.from = page.next;
    page = co_await read(asked);
  }
  Response response = response_to(page, exchange.query, asked.filter);
  if (preferred) response.set("Preference-Applied", "wait=" + std::to_string(preferred->count()));
  co_return response;
}

}  // namespace guichet::http
