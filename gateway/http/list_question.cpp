#include "gateway/http/list_question.h"

#include <algorithm>
#include <array>

#include "gateway/http/ids.h"

namespace guichet::http {
namespace {

constexpr std::array<std::string_view, 9> kListParameters = {
    "number", "client", "status", "program", "desk", "from", "to", "limit", "cursor"};
constexpr std::array<std::string_view, 6> kStatuses = {"received", "determining", "complete",
                                                       "partial",  "held",        "withdrawn"};

}  // namespace

ListQuestion read_list_question(const Query& query) {
  ListQuestion asked;
  views::CaseFilter& filter = asked.filter;
  const auto note = [&](const char* name, Words detail) {
    asked.errors.push_back({name, std::move(detail)});
  };
  query.refuse_others(kListParameters, asked.errors);
  if (const auto number = query.value("number")) {
    filter.number = parse_number(*number).number;
    if (filter.number.empty())
      note("number", {"must be a short number whose check character fits",
                      "doit être un numéro court dont le caractère de contrôle convient"});
  }
  if (const auto status = query.value("status")) {
    filter.status = *status;
    if (std::find(kStatuses.begin(), kStatuses.end(), *status) == kStatuses.end())
      note("status", {"must be one of: received, determining, complete, partial, held, withdrawn",
                      "doit être l’un de : received, determining, complete, partial, held, "
                      "withdrawn"});
  }
  const Words moment = {
      "must be a day such as 2026-01-31, or an instant such as "
      "2026-01-31T14:00:00Z",
      "doit être un jour comme 2026-01-31, ou un instant comme "
      "2026-01-31T14:00:00Z"};
  if (const auto from = query.value("from")) {
    const auto read = parse_moment(*from);
    if (read)
      filter.from_us = to_micros(read->instant);
    else
      note("from", moment);
  }
  if (const auto to = query.value("to")) {
    const auto read = parse_moment(*to);
    if (read)  // a whole day is meant to its end
      filter.to_us =
          to_micros(read->whole_day ? read->instant + std::chrono::days(1) : read->instant);
    else
      note("to", moment);
  }
  if (const auto limit = query.value("limit")) {
    const bool digits = limit->size() <= 3 && std::all_of(limit->begin(), limit->end(), [](char c) {
                          return c >= '0' && c <= '9';
                        });
    filter.limit = digits ? static_cast<unsigned>(std::stoul(*limit)) : 0;
    if (filter.limit == 0 || filter.limit > kMaxPage)
      note("limit", {"must be a whole number from 1 to " + std::to_string(kMaxPage),
                     "doit être un nombre entier de 1 à " + std::to_string(kMaxPage)});
  }
  filter.client = query.value("client").value_or("");
  filter.program = query.value("program").value_or("");
  filter.desk = query.value("desk").value_or("");
  filter.cursor = query.value("cursor").value_or("");
  return asked;
}

}  // namespace guichet::http
