#include "gateway/cli/case_text.h"

#include <functional>
#include <map>
#include <ostream>
#include <set>
#include <utility>

#include "gateway/cli/json_access.h"
#include "gateway/cli/table.h"
#include "schemas/values/dates.h"
#include "schemas/values/money.h"

namespace guichet::cli {
namespace {

using boost::json::value;

std::string money(const std::string& amount, const Words& words) {
  const auto parsed = Money::parse(amount);
  return parsed ? parsed->for_people(words.language) : amount;
}

/// "2026-01-20", or the day of an instant.
std::string day(const std::string& text, const Words& words) {
  const auto parsed = parse_day(std::string_view(text).substr(0, 10));
  return parsed ? for_people(*parsed, words.language) : text;
}

std::string program_name(const value& line) {
  const std::string name = text_at(line, "name");
  return name.empty() ? text_at(line, "program") : name;
}

std::string beneficiary(const value& line, const Words& words) {
  const std::string who = text_at(line, "beneficiary");
  if (who == "applicant") return std::string(words.applicant);
  if (who == "spouse") return std::string(words.spouse);
  return {};
}

void print_programs(std::ostream& out, const value& item, const Words& words, std::size_t width) {
  Table table({{std::string(words.program), Table::left, true},
               {std::string(words.paid_by), Table::left, true},
               {std::string(words.a_year), Table::right, true},
               {std::string(words.how_often), Table::left, true}});
  for (const value& line : items(at(item, "programs"))) {
    const std::string status = text_at(line, "status");
    const std::string who = beneficiary(line, words);
    const bool pays = status == "eligible";
    table.row({program_name(line) + (who.empty() ? "" : " (" + who + ")"),
               place(text_at(line, "government"), words),
               pays ? money(text_at(line, "annual_amount"), words) : program_status(status, words),
               pays ? how_often(number_at(line, "payments_per_year"), words) : ""});
    for (const value& reason : items(at(line, "reasons"))) {
      const std::string citation = text_at(reason, "citation");
      table.note(text_at(reason, "text") + (citation.empty() ? "" : " (" + citation + ")"));
    }
    table.gap();
  }
  if (!is_undecided(item))
    table.row({std::string(words.total), "", money(text_at(item, "annual_total"), words), ""});
  table.print(out, width);
}

void print_payments(std::ostream& out, const value& item, const Words& words, std::size_t width) {
  std::map<std::string, std::string> names;
  for (const value& line : items(at(item, "programs")))
    names[text_at(line, "program")] = program_name(line);
  Table table({{std::string(words.date), Table::left},
               {std::string(words.amount), Table::right},
               {"", Table::right},
               {std::string(words.made_of), Table::left, true}});
  for (const value& payment : items(at(item, "payments"))) {
    std::string date = day(text_at(payment, "date"), words);
    std::string amount = money(text_at(payment, "amount"), words);
    for (const value& part : items(at(payment, "parts"))) {
      const std::string program = text_at(part, "program");
      const auto name = names.find(program);
      const std::string who = beneficiary(part, words);
      table.row({std::exchange(date, ""), std::exchange(amount, ""),
                 money(text_at(part, "amount"), words),
                 (name == names.end() ? program : name->second) + (who.empty() ? "" : ", " + who) +
                     " (" + place(text_at(part, "government"), words) + ")"});
    }
  }
  table.print(out, width);
}

std::string parts_of(const value& payment) {
  std::string parts;
  for (const value& part : items(at(payment, "parts")))
    parts += (parts.empty() ? "" : ", ") + text_at(part, "program");
  return parts;
}

/// What was paid, what failed, what comes, and what was paid too much.
void print_account(std::ostream& out, const value& account, const Words& words, std::size_t width) {
  const auto section = [&](std::string_view heading, const boost::json::array& rows,
                           const std::function<std::string(const value&)>& says) {
    if (rows.empty()) return;
    out << '\n' << heading << '\n';
    Table table({{std::string(words.date), Table::left},
                 {std::string(words.amount), Table::right},
                 {std::string(words.status), Table::left, true},
                 {std::string(words.programs), Table::left, true}});
    for (const value& row : rows)
      table.row({day(text_at(row, "date"), words), money(text_at(row, "amount"), words), says(row),
                 parts_of(row)});
    table.print(out, width);
  };
  section(words.was_paid, items(at(account, "paid")), [&](const value& payment) {
    return std::string(text_at(payment, "status") == "settled" ? words.settled : words.on_its_way);
  });
  section(words.failed, items(at(account, "failed")), [&](const value& payment) {
    const bool owed = text_at(at(payment, "became"), "state") == "owed";
    const std::string text = text_at(payment, "bank_reason_text");
    return text_at(payment, "bank_reason") + (text.empty() ? "" : " " + text) + "; " +
           std::string(owed ? words.owed_again : words.sent_again);
  });
  if (const value& next = at(account, "next"); next.is_object())
    section(words.next_payment, {next}, [](const value&) { return std::string(); });
  if (items(at(account, "overpaid")).empty()) return;
  out << '\n' << words.paid_too_much << '\n';
  Table table({{std::string(words.program), Table::left, true},
               {std::string(words.paid_by), Table::left, true},
               {std::string(words.amount), Table::right}});
  for (const value& line : items(at(account, "overpaid")))
    table.row({text_at(line, "program"), place(text_at(line, "government"), words),
               money(text_at(line, "amount"), words)});
  table.print(out, width);
}

}  // namespace

bool is_undecided(const value& item) {
  const std::string status = text_at(item, "status");
  return status == "received" || status == "determining";
}

void print_case(std::ostream& out, const value& item, const Words& words, std::size_t width) {
  const std::string status = text_at(item, "status");
  out << words.application << ' ' << text_at(item, "number") << " · " << case_status(status, words)
      << " · " << words.received_on << ' ' << day(text_at(item, "received_at"), words) << '\n'
      << words.id << ' ' << text_at(item, "id") << "\n\n";
  if (!items(at(item, "programs")).empty()) {
    print_programs(out, item, words, width);
    out << '\n';
  }
  if (!items(at(item, "payments")).empty()) {
    print_payments(out, item, words, width);
  } else if (status == "complete" || status == "partial") {
    out << words.no_payments << '\n';
  }
  print_account(out, at(item, "account"), words, width);
  if (is_undecided(item))
    out << words.still_waiting << "\n  guichet show " << text_at(item, "id") << " --wait 10s\n";
}

void print_screening(std::ostream& out, const value& screened, const Words& words,
                     std::size_t width) {
  out << words.screening << "\n\n";
  print_programs(out, screened, words, width);
  out << '\n';
  if (items(at(screened, "payments")).empty())
    out << words.no_payments << '\n';
  else
    print_payments(out, screened, words, width);
}

void print_cases(std::ostream& out, const value& page, const Words& words, std::size_t width) {
  if (items(at(page, "items")).empty()) {
    out << words.no_cases << '\n';
    return;
  }
  Table table({{std::string(words.number), Table::left},
               {std::string(words.received), Table::left},
               {std::string(words.status), Table::left, true},
               {std::string(words.a_year), Table::right},
               {std::string(words.programs), Table::left, true}});
  for (const value& item : items(at(page, "items"))) {
    std::set<std::string> programs;  // a program that pays each adult apart has two lines
    for (const value& line : items(at(item, "programs"))) programs.insert(text_at(line, "program"));
    std::string named;
    for (const std::string& program : programs) named += (named.empty() ? "" : " ") + program;
    table.row({text_at(item, "number"), text_at(item, "received_at").substr(0, 10),
               case_status(text_at(item, "status"), words),
               money(text_at(item, "annual_total"), words), named});
  }
  table.print(out, width);
}

}  // namespace guichet::cli
