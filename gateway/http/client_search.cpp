#include "gateway/http/client_search.h"

#include <algorithm>
#include <vector>

#include "gateway/cases/merge.h"
#include "gateway/http/application_in.h"
#include "gateway/http/case_json.h"
#include "gateway/http/comparable_name.h"
#include "gateway/http/elsewhere.h"
#include "gateway/http/fields.h"
#include "gateway/http/forms.h"
#include "gateway/http/ids.h"
#include "gateway/http/json_in.h"
#include "gateway/http/json_out.h"
#include "gateway/identity/access.h"

namespace guichet::http {

using boost::asio::awaitable;

namespace {

/// Whom somebody looks for.
struct Sought {
  std::string sin;
  std::string given_name;  // may be empty beside a family name
  std::string family_name;
  std::optional<Day> date_of_birth;
};

std::variant<Sought, Problem> read_sought(std::string_view body) {
  auto read = read_json(body);
  if (Words* why = std::get_if<Words>(&read))
    return Problem{ProblemKind::unreadable_json, std::move(*why), {}};
  JsonDocument& document = std::get<JsonDocument>(read);
  std::vector<FieldError> errors = std::move(document.errors);
  Fields fields(document.value, "#", errors);
  Sought sought;
  if (fields.is_object()) {
    const auto sin = fields.formed("sin", Need::optional, is_sin, kSinForm);
    const bool by_number = fields.value("sin", Need::optional) != nullptr;
    sought.sin = sin.value_or("");
    const Need need = by_number ? Need::optional : Need::required;
    sought.given_name = fields.text("given_name", Need::optional, kMaxNameCharacters).value_or("");
    sought.family_name = fields.text("family_name", need, kMaxNameCharacters).value_or("");
    sought.date_of_birth = fields.day("date_of_birth", need);
    fields.refuse_others();
  }
  if (errors.empty()) return sought;
  return Problem{ProblemKind::bad_fields, std::nullopt, std::move(errors)};
}

/// A number finds the client with it, whatever else was given; a name may be several people's.
bool is_sought(const v1::Client& client, const Sought& sought) {
  return sought.given_name.empty() || !sought.sin.empty() ||
         comparable_name(client.given_name()) == comparable_name(sought.given_name);
}

bool is_same_person(const v1::Client& a, const v1::Client& b) {
  if (!a.client_id().empty() || !b.client_id().empty()) return a.client_id() == b.client_id();
  return comparable_name(a.given_name()) == comparable_name(b.given_name());
}

const v1::Client& client_of(const views::CaseView& view) {
  return view.state->current().application().client();
}

void write_found(JsonOut& out, const std::vector<const views::CaseView*>& cases) {
  const v1::Client& client = client_of(*cases.front());
  out.begin_object().key("client");
  if (client.client_id().empty())
    out.null();
  else
    out.text(client.client_id());
  out.field("given_name", client.given_name()).field("family_name", client.family_name());
  out.field("date_of_birth", guichet::to_string(from_days(client.date_of_birth())));
  out.key("applications").begin_array();
  for (const views::CaseView* one : cases) {
    out.begin_object().field("id", one->state->application_id());
    out.field("number", one->state->number());
    out.field("status", status_of_case(*one->state, one->held));
    out.field("received_at", guichet::to_string(from_micros(one->state->received_at_us())));
    out.end_object();
  }
  out.end_array().end_object();
}

Response response_to(const views::CasePage& page, const Sought& sought) {
  // Of each person the newest application says how they are called.
  std::vector<std::vector<const views::CaseView*>> people;
  Response response;
  response.about.is_noted = true;
  for (const views::CaseView& item : page.items) {
    const v1::Client& client = client_of(item);
    if (!is_sought(client, sought)) continue;
    const auto person = std::ranges::find_if(people, [&](const auto& cases) {
      return is_same_person(client_of(*cases.front()), client);
    });
    if (person != people.end())
      person->push_back(&item);
    else
      people.push_back({&item});
    response.about.applications.push_back(item.state->application_id());
  }
  JsonOut out;
  out.begin_object().key("items").begin_array();
  for (const auto& cases : people) {
    write_found(out, cases);
    response.about.clients.push_back(client_of(*cases.front()).client_id());
  }
  out.end_array().key("more").boolean(!page.next.empty()).end_object();
  response.body = std::move(out).take();
  return response;
}

}  // namespace

awaitable<Response> search_clients(const Exchange& exchange, const GatewayParts& parts,
                                   boost::asio::thread_pool& readers) {
  auto read = read_sought(exchange.request.body);
  if (Problem* problem = std::get_if<Problem>(&read)) co_return exchange.problem(*problem);
  const Sought& sought = std::get<Sought>(read);
  views::CaseFilter filter;
  filter.limit = views::kMaxPage;
  if (!sought.sin.empty())
    filter.client = client_id(parts.secrets, parts.tenant, sought.sin);
  else
    filter.person =
        person_key(parts.secrets, parts.tenant, sought.family_name, *sought.date_of_birth);
  if (is_held_to_desk(exchange.caller, Call::search_clients)) filter.desk = exchange.caller.desk;
  if (!authorize(exchange.caller, Call::search_clients, {.desk = filter.desk}))
    co_return exchange.problem(ProblemKind::not_allowed);
  const auto make = [&] {
    const Result<views::CasePage> page = parts.views->list(filter);
    return response_to(page ? *page : views::CasePage{}, sought);
  };
  Response response = co_await elsewhere(readers, make);
  if (!filter.client.empty() && response.about.clients.empty())
    response.about.clients.push_back(filter.client);
  co_return response;
}

}  // namespace guichet::http
