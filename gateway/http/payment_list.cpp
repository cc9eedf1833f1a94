#include "gateway/http/payment_list.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "eventlog/partition.h"
#include "gateway/http/elsewhere.h"
#include "gateway/http/run_json.h"
#include "gateway/http/state_of.h"
#include "gateway/views/views.h"
#include "guichet/v1/runs.pb.h"
#include "payments/again.h"
#include "schemas/topics.h"

namespace guichet::http {

using boost::asio::awaitable;

namespace {

constexpr unsigned kPaymentsAPage = 50;
constexpr unsigned kMaxPaymentsAPage = 200;
constexpr std::size_t kInstructionsAtOnce = 1'000;
constexpr std::array<std::string_view, 5> kParameters = {"client", "run", "status", "limit",
                                                         "cursor"};

template <class Number>
std::optional<Number> whole_number(std::string_view text) {
  Number number{};
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc{} || read.ptr != text.data() + text.size()) return std::nullopt;
  return number;
}

/// "<microseconds>.<payment>"
std::optional<views::RejectedPlace> rejected_place(std::string_view cursor) {
  const std::size_t dot = cursor.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const auto at_us = whole_number<std::int64_t>(cursor.substr(0, dot));
  if (!at_us || *at_us < 0) return std::nullopt;
  return views::RejectedPlace{*at_us, std::string(cursor.substr(dot + 1))};
}

}  // namespace

PaymentList::Question PaymentList::read_question(const Query& query,
                                                 std::vector<FieldError>& errors) {
  query.refuse_others(kParameters, errors);
  Question asked{.client = query.value("client").value_or(""),
                 .run = query.value("run").value_or(""),
                 .rejected = query.value("status") == "rejected",
                 .limit = kPaymentsAPage,
                 .cursor = query.value("cursor").value_or("")};
  const auto wrong = [&](const char* name, Words words) {
    errors.push_back({name, std::move(words)});
  };
  if (query.value("status") && !asked.rejected)
    wrong("status", {"can be rejected only", "ne peut être que rejected"});
  if (asked.client.empty() && asked.run.empty() && !asked.rejected)
    wrong("client", {"say whose payments you want (client), of which run (run), or status=rejected",
                     "dites de qui (client) ou de quelle exécution (run) vous voulez les "
                     "paiements, ou status=rejected"});
  if (asked.rejected && !asked.client.empty())
    wrong("client", {"is not said with status=rejected", "n’est pas dit avec status=rejected"});
  if (const auto limit = query.value("limit")) {
    asked.limit = whole_number<unsigned>(*limit).value_or(0);
    if (asked.limit == 0 || asked.limit > kMaxPaymentsAPage)
      wrong("limit",
            {"must be a whole number from 1 to 200", "doit être un nombre entier de 1 à 200"});
  }
  const bool fits = asked.cursor.empty() ||
                    (asked.rejected ? rejected_place(asked.cursor).has_value()
                                    : asked.client.empty() &&
                                          whole_number<std::uint64_t>(asked.cursor).has_value());
  if (!fits)
    wrong("cursor",
          {"must be what a page gave as next", "doit être ce qu’une page a donné comme next"});
  return asked;
}

v1::ClientAccount PaymentList::account(const std::string& client) const {
  v1::KeyState stored;
  v1::AccountState state;
  const auto record = parts_.log.latest(topics::kAccounts, client);
  if (record && stored.ParseFromString(record->payload)) state.ParseFromString(stored.state());
  return std::move(*state.mutable_client());
}

std::string PaymentList::of_client(JsonOut& out, About& about, const Question& asked,
                                   Language language) const {
  const v1::ClientAccount account = this->account(asked.client);
  about.clients = {asked.client};
  for (int i = account.payments_size() - 1; i >= 0; --i)
    if (asked.run.empty() || account.payments(i).run_id() == asked.run)
      write_payment(out, account.payments(i), language);
  return {};
}

// A run's instructions stand in one partition, in order, and the orders of its files behind them.
// On Kafka one may stand there twice (eventlog/kafka/README.md); its id tells.
std::string PaymentList::of_run(JsonOut& out, About& about, const Question& asked,
                                Language language) const {
  const auto run = state_of<v1::RunState>(parts_.log.latest(topics::kRuns, asked.run));
  if (!run || run->released_at_us() == 0) return {};
  const std::uint32_t partition = eventlog::partition_of(asked.run, parts_.log.partitions());
  std::uint64_t next = asked.cursor.empty()
                           ? parts_.log.first_at(topics::kInstructions, partition,
                                                 from_micros(run->released_at_us()))
                           : *whole_number<std::uint64_t>(asked.cursor);
  about.runs = {asked.run};
  unsigned written = 0;
  for (;;) {
    const auto records =
        parts_.log.read(topics::kInstructions, partition, next, kInstructionsAtOnce);
    if (records.empty()) return {};
    for (const eventlog::Record& record : records) {
      if (record.header.key() != asked.run) continue;
      if (record.header.kind() == v1::KIND_FILE_ORDER) return {};
      v1::PaymentInstruction line;
      if (record.header.kind() != v1::KIND_PAYMENT_INSTRUCTION ||
          !line.ParseFromString(record.payload))
        continue;
      if (written == asked.limit) return std::to_string(record.position);
      const v1::ClientAccount account = this->account(line.client_id());
      const auto now = std::ranges::find(account.payments(), line.payment().id(), &v1::Payment::id);
      write_payment(out, now == account.payments().end() ? line.payment() : *now, language);
      about.clients.push_back(line.client_id());
      ++written;
    }
    next = records.back().position + 1;
  }
}

std::string PaymentList::rejected(JsonOut& out, About& about, const Question& asked,
                                  Language language) const {
  const auto after = asked.cursor.empty() ? std::nullopt : rejected_place(asked.cursor);
  std::vector<views::RejectedPayment> rows =
      parts_.views->rejected(asked.run, after, asked.limit + 1);
  const bool more = rows.size() > asked.limit;
  if (more) rows.pop_back();
  for (const views::RejectedPayment& row : rows) {
    const v1::ClientAccount account = this->account(row.client);
    about.clients.push_back(row.client);
    write_rejected(out, row.payment, payments::carried_by(account, row.payment), language);
  }
  if (!more) return {};
  const v1::Payment& last = rows.back().payment;
  return std::to_string(last.at_us()) + "." + last.id();
}

awaitable<Response> PaymentList::list(const Exchange& exchange) {
  if (!authorize(exchange.caller, Call::read_payments, {}))
    co_return exchange.problem(ProblemKind::not_allowed);
  std::vector<FieldError> errors;
  const Question asked = read_question(exchange.query, errors);
  if (!errors.empty())
    co_return exchange.problem(Problem{ProblemKind::bad_parameters, std::nullopt, errors});
  const Language language = exchange.error_language();
  const auto make = [&] {
    JsonOut out;
    Response response;
    out.begin_object().key("items").begin_array();
    const std::string next = asked.rejected ? rejected(out, response.about, asked, language)
                             : asked.client.empty()
                                 ? of_run(out, response.about, asked, language)
                                 : of_client(out, response.about, asked, language);
    out.end_array();
    if (next.empty())
      out.key("next").null();
    else
      out.field("next", next);
    out.end_object();
    response.body = std::move(out).take();
    response.set("Content-Language", std::string(to_string(language)));
    response.vary("Accept-Language");
    return response;
  };
  co_return co_await elsewhere(readers_, make);
}

}  // namespace guichet::http
