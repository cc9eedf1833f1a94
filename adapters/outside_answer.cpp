#include "adapters/outside_answer.h"

#include <algorithm>

#include "adapters/answer.h"
#include "adapters/request.h"

namespace guichet::adapters {
namespace {

constexpr std::size_t kMaxName = 100;

/// The full form of a program's own name of an answer; empty where that is not safe.
std::string full_id(const std::string& request_id, std::string_view own) {
  const std::string prefix = answer_id(request_id);
  if (own.empty() || own == prefix) return prefix;
  if (own.starts_with(prefix + "/")) own.remove_prefix(prefix.size() + 1);
  return is_safe_name(own) ? answer_id(request_id, own) : std::string();
}

}  // namespace

bool is_safe_name(std::string_view name) {
  const auto safe = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  };
  return !name.empty() && name.size() <= kMaxName && name[0] != '.' &&
         std::ranges::all_of(name, safe);
}

Result<v1::Determination> checked_answer(v1::Determination answer, const std::string& program,
                                         std::string_view own) {
  const auto request = RequestId::parse(answer.request_id());
  if (!request) return Failure{"request_id: " + request.error().message};
  if (request->program != program) return Failure{"request_id is that of another program"};
  const auto same_or_empty = [](const std::string& given, const std::string& wanted) {
    return given.empty() || given == wanted;
  };
  if (!same_or_empty(answer.program(), program) ||
      !same_or_empty(answer.application_id(), request->application) ||
      (answer.submission() != 0 && answer.submission() != request->submission))
    return Failure{"application_id, submission or program is not that of the request"};
  answer.set_program(program);
  answer.set_application_id(request->application);
  answer.set_submission(request->submission);

  answer.set_id(full_id(answer.request_id(), answer.id().empty() ? own : answer.id()));
  if (answer.id().empty())
    return Failure{"id may have letters, digits, dots, underscores and hyphens, at most 100"};
  if (!answer.supersedes().empty()) {
    answer.set_supersedes(full_id(answer.request_id(), answer.supersedes()));
    if (answer.supersedes().empty()) return Failure{"supersedes is not the id of an answer"};
  }
  const bool failed = std::ranges::any_of(
      answer.lines(), [](const auto& line) { return line.status() == v1::FAILED; });
  if (failed || !answer.dead_letter_id().empty())
    return Failure{"FAILED and dead_letter_id are Guichet's own; say REFERRED"};
  if (const auto usable = check_determination(answer); !usable) return usable.error();
  return answer;
}

}  // namespace guichet::adapters
