#pragma once

#include <string>
#include <string_view>

#include "eventlog/processor.h"

namespace guichet::eventlog {

/// Why a record could not be handled. Text is for operators and has no personal data in it.
struct Cause {
  v1::DeadLetter::CauseKind kind = v1::DeadLetter::REFUSED;
  std::string failure_class;  // stable name: rule_error, undecodable, unknown_request, …
  std::string place;          // the folder whose code refused or failed
  std::string text;
  std::string program;  // empty where none
};

/// The id of the dead letter that this place makes of this record: the same each time for the same
/// id and payload.
std::string dead_letter_id(const Record& record, std::string_view place);

/// The record kept whole, with why.
v1::DeadLetter make_dead_letter(const Record& record, const Cause& cause);

/// The same, to be sent on `dead-letters`, keyed as the record was.
Output dead_letter(const Record& record, const Cause& cause);
Output dead_letter(const Record& record, const v1::DeadLetter& letter);

}  // namespace guichet::eventlog
