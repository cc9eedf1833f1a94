#pragma once

#include <string>
#include <string_view>

namespace guichet::cli {

/// What the commands say to people, in one language.
struct Words {
  std::string_view language;  // en, fr

  // A case.
  std::string_view application;
  std::string_view received_on;
  std::string_view program;
  std::string_view paid_by;
  std::string_view a_year;
  std::string_view how_often;
  std::string_view total;
  std::string_view date;
  std::string_view amount;
  std::string_view made_of;
  std::string_view no_payments;
  std::string_view still_waiting;  // a command follows
  std::string_view was_paid;       // headings of what an account says
  std::string_view failed;
  std::string_view next_payment;
  std::string_view paid_too_much;
  std::string_view on_its_way;
  std::string_view settled;
  std::string_view owed_again;
  std::string_view sent_again;
  std::string_view screening;  // above what a screening comes to
  std::string_view applicant;
  std::string_view spouse;

  // Lists of cases.
  std::string_view number;
  std::string_view received;
  std::string_view status;
  std::string_view programs;
  std::string_view no_cases;
  std::string_view more_cases;  // a command follows
  std::string_view nobody;

  // Programs.
  std::string_view id;
  std::string_view government;
  std::string_view administered_by;
  std::string_view offered_in;
  std::string_view everywhere;
  std::string_view decided_for;
  std::string_view each_household;
  std::string_view each_adult;
  std::string_view in_one_payment;
  std::string_view by_itself;
  std::string_view answers_within;
  std::string_view seconds;
  std::string_view figures_from;
  std::string_view figures_checked_on;
  std::string_view asks_for;
  std::string_view sources;
  std::string_view version;

  // A server's health.
  std::string_view is_alive;
  std::string_view is_ready;
  std::string_view is_not_ready;  // why follows, as the server says it

  // Events that are followed.
  std::string_view trying_again;
  std::string_view there_again;
  std::string_view fits_several;  // an application's number stands before it
  std::string_view no_next;

  // What went wrong.
  std::string_view field;
  std::string_view what_is_wrong;
  std::string_view what_to_do;
};

/// English for any language but "fr".
const Words& words(std::string_view language);

/// "complete" → "complete", « complète »; of a case.
std::string case_status(std::string_view status, const Words& words);
/// "eligible" → "eligible", « admissible »; of a program.
std::string program_status(std::string_view status, const Words& words);
/// "CA" → "Canada", "NB" → « Nouveau-Brunswick »; a code that is not known stands as it is.
std::string place(std::string_view code, const Words& words);
/// 12 → "monthly", « chaque mois »; empty for 0.
std::string how_often(long long payments_per_year, const Words& words);

}  // namespace guichet::cli
