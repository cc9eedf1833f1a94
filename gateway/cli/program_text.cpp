#include "gateway/cli/program_text.h"

#include <ostream>

#include "gateway/cli/json_access.h"
#include "gateway/cli/table.h"
#include "schemas/values/dates.h"

namespace guichet::cli {
namespace {

using boost::json::value;

std::string joined(const value& list) {
  std::string text;
  for (const value& item : items(list)) text += (text.empty() ? "" : ", ") + text_of(item);
  return text;
}

std::string places(const value& program, const Words& words) {
  std::string names;
  for (const value& code : items(at(program, "offered_in")))
    names += (names.empty() ? "" : ", ") + place(text_of(code), words);
  return names.empty() ? std::string(words.everywhere) : names;
}

std::string day(const std::string& text, const Words& words) {
  const auto parsed = parse_day(text);
  return parsed ? for_people(*parsed, words.language) : text;
}

}  // namespace

void print_programs(std::ostream& out, const value& page, const Words& words, std::size_t width) {
  Table table({{std::string(words.id), Table::left},
               {std::string(words.program), Table::left, true},
               {std::string(words.government), Table::left, true},
               {std::string(words.offered_in), Table::left, true}});
  for (const value& program : items(at(page, "items")))
    table.row({text_at(program, "program"), text_at(program, "name"),
               place(text_at(program, "government"), words), places(program, words)});
  table.print(out, width);
}

void print_program(std::ostream& out, const value& program, const Words& words, std::size_t width) {
  Table table(
      {{text_at(program, "program"), Table::left}, {text_at(program, "name"), Table::left, true}});
  const auto say = [&](std::string_view what, const std::string& text) {
    if (!text.empty()) table.row({std::string(what), text});
  };
  say(words.government, place(text_at(program, "government"), words));
  say(words.administered_by, text_at(program, "administered_by"));
  say(words.offered_in, places(program, words));
  say(words.decided_for,
      std::string(text_at(program, "per") == "adult" ? words.each_adult : words.each_household));
  say(words.how_often, how_often(number_at(program, "payments_per_year"), words));
  say(words.paid_by, std::string(text_at(program, "paid_by") == "program" ? words.by_itself
                                                                          : words.in_one_payment));
  say(words.answers_within, std::to_string(number_at(program, "deadline_seconds")) + "\u00a0" +
                                std::string(words.seconds));
  say(words.figures_from, day(text_at(program, "figures_from"), words));
  say(words.figures_checked_on, day(text_at(program, "figures_checked_on"), words));
  say(words.asks_for, joined(at(program, "needs")));
  say(words.sources, joined(at(program, "sources")));
  say(words.version, text_at(program, "version"));
  table.print(out, width);
}

}  // namespace guichet::cli
