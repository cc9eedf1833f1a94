#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "eventlog/processor.h"

namespace guichet::eventlog {

/// What a dead letter keeps whole: with all around it, it fits a topic's largest message.
inline constexpr std::size_t kMaxKeptBytes = 3 * 1024 * 1024;
/// What it keeps of a larger record, beside its size and hash.
inline constexpr std::size_t kKeptHeadBytes = 64 * 1024;

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

/// The record kept whole, with why; of one larger than kMaxKeptBytes its head, which the text says.
v1::DeadLetter make_dead_letter(const Record& record, const Cause& cause);

/// The same, to be sent on `dead-letters`, keyed as the record was.
Output dead_letter(const Record& record, const Cause& cause);
Output dead_letter(const Record& record, const v1::DeadLetter& letter);

/// One line for the log: what, where and which record, and nothing that stands in it.
std::string line_of(const v1::DeadLetter& letter);

}  // namespace guichet::eventlog
