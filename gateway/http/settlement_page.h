#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/http/problem.h"
#include "payments/settlement.h"

namespace guichet::http {

/// The statements of a month: what each other government owes the one whose account paid, by
/// program, and what that one's own programs cost it.
struct Statements {
  std::chrono::year_month month{};
  std::string paying_government;
  std::string position;  // of `ledger`, up to which the books were read
  struct Line {
    std::string program;
    std::string name;  // in the language of the statement
    payments::SettlementLine amounts;
  };
  struct Statement {
    std::string government;
    std::vector<Line> lines;
    std::int64_t owed_cents = 0;
  };
  std::vector<Statement> statements;  // by government, those that the reader may see
  std::int64_t total_cents = 0;       // of these
};

/// A page for people and printers, without anything from elsewhere; a table for spreadsheets, of
/// which no cell is taken for a formula; JSON.
std::string settlement_html(const Statements& statements, Language language);
std::string settlement_csv(const Statements& statements, Language language);
std::string settlement_json(const Statements& statements);

}  // namespace guichet::http
