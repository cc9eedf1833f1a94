#include "gateway/http/settlement_page.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "gateway/http/json_out.h"
#include "schemas/values/money.h"

namespace guichet::http {
namespace {

struct PageWords {
  std::string_view language, title, colon, of_month, pays, owes, own, program, payments, paid,
      returns, returned, net, total, sum, nothing, note, from, to, month, name, position;
};

constexpr PageWords kEnglish{
    .language = "en",
    .title = "Settlement between governments",
    .colon = ": ",
    .of_month = "Month",
    .pays = "The account that paid is that of",
    .owes = "owes",
    .own = "pays its own programs",
    .program = "Program",
    .payments = "Payments",
    .paid = "Paid",
    .returns = "Returned payments",
    .returned = "Returned",
    .net = "Net",
    .total = "Total",
    .sum = "In all, paid from this account in the month, less what came back",
    .nothing = "Nothing was paid in this month.",
    .note =
        "What the bank accepted in the month, less what came back in it; days are those of "
        "Toronto. What comes back later stands in a later month.",
    .from = "from",
    .to = "to",
    .month = "month",
    .name = "name",
    .position = "Read from the books up to"};

constexpr PageWords kFrench{
    .language = "fr",
    .title = "Règlement entre gouvernements",
    .colon = "\u00A0: ",
    .of_month = "Mois",
    .pays = "Le compte qui a payé est celui du gouvernement",
    .owes = "doit à",
    .own = "paie ses propres programmes",
    .program = "Programme",
    .payments = "Paiements",
    .paid = "Payé",
    .returns = "Paiements retournés",
    .returned = "Retourné",
    .net = "Net",
    .total = "Total",
    .sum = "En tout, payé de ce compte dans le mois, moins ce qui est revenu",
    .nothing = "Rien n’a été payé ce mois-ci.",
    .note =
        "Ce que la banque a accepté dans le mois, moins ce qui y est revenu; les jours sont "
        "ceux de Toronto. Ce qui revient plus tard figure dans un mois suivant.",
    .from = "de",
    .to = "à",
    .month = "mois",
    .name = "nom",
    .position = "Lu dans les livres jusqu’à"};

const PageWords& words_of(Language language) {
  return language == Language::fr ? kFrench : kEnglish;
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string month_of(const Statements& statements) {
  char text[16];
  std::snprintf(text, sizeof text, "%04d-%02u", static_cast<int>(statements.month.year()),
                static_cast<unsigned>(statements.month.month()));
  return text;
}

std::string dollars(std::int64_t cents) {
  return Money::of_cents(cents).to_string();
}

std::string for_people(std::int64_t cents, const PageWords& words) {
  return escaped(Money::of_cents(cents).for_people(words.language));
}

void add_cell(std::string& out, std::string_view text) {
  out += "<td class=\"n\">";
  out += text;
  out += "</td>";
}

/// `counts`: not of a total, for a payment of two programs stands in the line of each.
void add_amounts(std::string& out, const payments::SettlementLine& amounts, const PageWords& words,
                 bool counts = true) {
  add_cell(out, counts ? std::to_string(amounts.payments) : "");
  add_cell(out, for_people(amounts.paid_cents, words));
  add_cell(out, counts ? std::to_string(amounts.returns) : "");
  add_cell(out, for_people(amounts.returned_cents, words));
  add_cell(out, for_people(amounts.net_cents(), words));
}

void add_statement(std::string& out, const Statements& all, const Statements::Statement& statement,
                   const PageWords& words) {
  const bool own = statement.government == all.paying_government;
  out += "<section><h2>" + escaped(statement.government) + " ";
  out += own ? std::string(words.own)
             : std::string(words.owes) + " " + escaped(all.paying_government) +
                   std::string(words.colon) + "<strong>" + for_people(statement.owed_cents, words) +
                   "</strong>";
  out += "</h2><table><thead><tr><th scope=\"col\">" + std::string(words.program) + "</th>";
  for (const std::string_view heading :
       {words.payments, words.paid, words.returns, words.returned, words.net})
    out += "<th scope=\"col\" class=\"n\">" + std::string(heading) + "</th>";
  out += "</tr></thead><tbody>\n";
  payments::SettlementLine sum;
  for (const Statements::Line& line : statement.lines) {
    out += "<tr><th scope=\"row\">" + escaped(line.name) + " <small>" + escaped(line.program) +
           "</small></th>";
    add_amounts(out, line.amounts, words);
    out += "</tr>\n";
    sum.paid_cents += line.amounts.paid_cents;
    sum.returned_cents += line.amounts.returned_cents;
  }
  out += "</tbody><tfoot><tr><th scope=\"row\">" + std::string(words.total) + "</th>";
  add_amounts(out, sum, words, false);
  out += "</tr></tfoot></table></section>\n";
}

/// A cell of a table: in quotation marks, and what a spreadsheet would take for a formula after an
/// apostrophe.
std::string cell(std::string_view text) {
  constexpr std::string_view kStarts = "=+-@\t\r\n";
  std::string out = "\"";
  if (!text.empty() && kStarts.find(text.front()) != std::string_view::npos) out += '\'';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

}  // namespace

std::string settlement_html(const Statements& statements, Language language) {
  const PageWords& words = words_of(language);
  std::string out = "<!DOCTYPE html>\n<html lang=\"" + std::string(words.language) +
                    "\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
                    "content=\"width=device-width, initial-scale=1\"><title>" +
                    std::string(words.title) + " " + month_of(statements) +
                    "</title><style>body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;"
                    "margin:2rem auto;padding:0 1rem;color:#1a1a1a}h1{font-size:1.6rem}"
                    "h2{font-size:1.2rem;margin-top:2rem}table{border-collapse:collapse;width:100%}"
                    "th,td{padding:.4rem .6rem;border-bottom:1px solid #bbb;text-align:left;"
                    "font-weight:normal}thead th,tfoot th,tfoot td{font-weight:bold}"
                    ".n{text-align:right;white-space:nowrap}small{color:#555}"
                    "@media print{body{margin:0;max-width:none}section{break-inside:avoid}}"
                    "</style></head><body>\n<h1>" +
                    std::string(words.title) + "</h1>\n<p>" + std::string(words.of_month) +
                    std::string(words.colon) + "<strong>" + month_of(statements) + "</strong><br>" +
                    std::string(words.pays) + " <strong>" + escaped(statements.paying_government) +
                    "</strong>.</p>\n";
  if (statements.statements.empty()) out += "<p>" + std::string(words.nothing) + "</p>\n";
  for (const Statements::Statement& statement : statements.statements)
    add_statement(out, statements, statement, words);
  out += "<p><strong>" + std::string(words.sum) + std::string(words.colon) +
         for_people(statements.total_cents, words) + "</strong></p>\n<p><small>" +
         std::string(words.note) + " " + std::string(words.position) + " " +
         escaped(statements.position) + ".</small></p>\n</body></html>\n";
  return out;
}

std::string settlement_csv(const Statements& statements, Language language) {
  const PageWords& words = words_of(language);
  std::string out = "\xEF\xBB\xBF";  // so that spreadsheets read accents
  bool first = true;
  for (const std::string_view heading :
       {words.month, words.from, words.to, words.program, words.name, words.payments, words.paid,
        words.returns, words.returned, words.net}) {
    out += (first ? "" : ",") + cell(heading);
    first = false;
  }
  out += "\r\n";
  for (const Statements::Statement& statement : statements.statements)
    for (const Statements::Line& line : statement.lines)
      out += cell(month_of(statements)) + "," + cell(statement.government) + "," +
             cell(statements.paying_government) + "," + cell(line.program) + "," + cell(line.name) +
             "," + std::to_string(line.amounts.payments) + "," + dollars(line.amounts.paid_cents) +
             "," + std::to_string(line.amounts.returns) + "," +
             dollars(line.amounts.returned_cents) + "," + dollars(line.amounts.net_cents()) +
             "\r\n";
  return out;
}

std::string settlement_json(const Statements& statements) {
  JsonOut out;
  out.begin_object().field("month", month_of(statements));
  out.field("paying_government", statements.paying_government);
  out.field("position", statements.position);
  out.key("items").begin_array();
  for (const Statements::Statement& statement : statements.statements) {
    out.begin_object().field("from", statement.government);
    out.field("to", statements.paying_government).field("owed", dollars(statement.owed_cents));
    out.key("programs").begin_array();
    for (const Statements::Line& line : statement.lines) {
      out.begin_object().field("program", line.program).field("name", line.name);
      out.key("payments").number(line.amounts.payments);
      out.field("paid", dollars(line.amounts.paid_cents));
      out.key("returns").number(line.amounts.returns);
      out.field("returned", dollars(line.amounts.returned_cents));
      out.field("net", dollars(line.amounts.net_cents())).end_object();
    }
    out.end_array().end_object();
  }
  out.end_array();
  out.field("total", dollars(statements.total_cents)).end_object();
  return std::move(out).take();
}

}  // namespace guichet::http
