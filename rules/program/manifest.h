#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "schemas/values/dates.h"
#include "schemas/values/money.h"

namespace guichet::rules {

struct LocalText {
  std::string en;
  std::string fr;
};

/// When a program pays within a benefit year.
struct PaymentCalendar {
  /// The months (1..12) in which a payment is due, in the order of the benefit year.
  std::vector<unsigned> months;
  enum class Rule {
    day_of_month,        // day `number`, or the last business day before it
    last_business_days,  // the `number`-th business day counted from the end of the month
  };
  Rule rule = Rule::day_of_month;
  unsigned number = 1;
  /// Days that the program published; for their month they stand in place of the rule.
  std::vector<Day> published;
};

/// What everyone needs to know of a program: program.yaml, read and checked.
struct Manifest {
  enum class Per { household, adult };
  enum class PaidBy { guichet, program };
  enum class AnsweredBy { rules, partner, http, file };

  std::string id;       // ca-ccb
  std::string version;  // sha256:…, of the folder's content
  LocalText name;
  std::string government;  // CA, NB, ON
  LocalText administered_by;
  std::vector<std::string> offered_in;  // provinces; empty: everywhere
  Per per = Per::household;
  std::vector<std::string>
      needs;  // fields of the application, as rules/program/fields.h names them
  std::chrono::milliseconds deadline{10'000};
  unsigned benefit_year_first_month = 1;
  PaymentCalendar payments;
  PaidBy paid_by = PaidBy::guichet;
  AnsweredBy answered_by = AnsweredBy::rules;
  /// How an overpayment is paid back: by so much of each later payment of the program, of which at
  /// least `leaves` is paid all the same. 0: not from payments.
  struct Recovery {
    unsigned percent = 100;
    Money leaves;
  };
  Recovery recovery;
  /// What is due and less than this waits for the next payment, at most to the last one due.
  Money minimum_payment;
  std::vector<std::string> sources;
  std::optional<Day> figures_checked_on;
  /// The first day for which every figure is known; none where our rules do not answer.
  std::optional<Day> figures_from;

  bool offered_where(const std::string& province) const;
  unsigned payments_per_year() const { return static_cast<unsigned>(payments.months.size()); }
};

}  // namespace guichet::rules
