#include "tests/gateway/cases/model.h"

#include <algorithm>

#include "gateway/cases/case_processor.h"

namespace guichet::testing {

using Outcome = v1::Verdict;

Model::Effect Model::verdict(const std::string& command, v1::Verdict::Outcome outcome,
                             unsigned submission) {
  commands_.insert(command);
  return {.verdict = outcome,
          .verdict_submission = submission,
          .dead_letter = {},
          .events = {},
          .state_changes = true};
}

Model::Effect Model::submit(const std::string& command, const std::string& body) {
  if (commands_.contains(command)) return {};
  if (!submissions_.empty())
    return verdict(command, body == first_body_ ? Outcome::REPLAYED : Outcome::KEY_REUSED, 1);
  first_body_ = body;
  Effect effect = verdict(command, Outcome::ACCEPTED, 1);
  Submission& first = submissions_.emplace_back();
  for (const std::string& program : programs_) first.programs[program];
  effect.events = {"application.received"};
  return effect;
}

Model::Effect Model::amend(const std::string& command, const std::string& body,
                           unsigned if_submission, const std::string& key) {
  if (commands_.contains(command)) return {};
  if (submissions_.empty())
    return {.verdict = {}, .dead_letter = "unknown_application", .events = {}};
  if (keys_.contains(key))
    return verdict(command, keys_[key].body == body ? Outcome::REPLAYED : Outcome::KEY_REUSED,
                   keys_[key].submission);
  if (withdrawn_) return verdict(command, Outcome::WITHDRAWN, current());
  if (if_submission != 0 && if_submission != current())
    return verdict(command, Outcome::SUBMISSION_MISMATCH, current());
  Submission& next = submissions_.emplace_back();
  for (const std::string& program : programs_) next.programs[program];
  if (!key.empty()) keys_[key] = {body, current()};
  Effect effect = verdict(command, Outcome::ACCEPTED, current());
  effect.events = {"application.superseded", "application.amended"};
  return effect;
}

Model::Effect Model::withdraw(const std::string& command, unsigned if_submission,
                              const std::string& key) {
  if (commands_.contains(command)) return {};
  if (submissions_.empty())
    return {.verdict = {}, .dead_letter = "unknown_application", .events = {}};
  if (keys_.contains(key))
    return verdict(command, keys_[key].body.empty() ? Outcome::REPLAYED : Outcome::KEY_REUSED,
                   keys_[key].submission);
  if (withdrawn_) return verdict(command, Outcome::REPLAYED, current());
  if (if_submission != 0 && if_submission != current())
    return verdict(command, Outcome::SUBMISSION_MISMATCH, current());
  submissions_.emplace_back();
  withdrawn_ = true;
  if (!key.empty()) keys_[key] = {"", current()};
  Effect effect = verdict(command, Outcome::ACCEPTED, current());
  effect.events = {"application.withdrawn"};
  effect.set_sent = true;
  return effect;
}

Model::Effect Model::answer(unsigned submission, const std::string& program, Answer answer,
                            const std::string& supersedes, bool usable) {
  const auto letter = [](const char* name) {
    return Effect{.verdict = {}, .dead_letter = name, .events = {}};
  };
  const bool known = submission >= 1 && submission <= current() &&
                     submissions_[submission - 1].programs.contains(program);
  if (!known) return letter("unknown_request");
  Program& asked = submissions_[submission - 1].programs[program];
  const bool is_current = submission == current();
  Effect effect;
  if (!usable) {
    effect.dead_letter = "unusable_answer";
    if (!is_current || !asked.pending()) return effect;
    answer = {.id = "", .bytes = "", .lines = {}, .settled = {}, .failed = true, .open = true};
  } else {
    const Answer* last_of_id = nullptr;
    for (const Answer& earlier : asked.answers) {
      if (earlier.id != answer.id) continue;
      if (earlier.bytes == answer.bytes) return {};
      last_of_id = &earlier;
    }
    if (last_of_id != nullptr && !last_of_id->failed) return letter("same_id_other_content");
    if (asked.answers.size() >= cases::kMaxAnswersPerProgram) return letter("too_many_answers");
    if (!is_current) {
      asked.answers.push_back(answer);
      effect.state_changes = true;
      return effect;
    }
    if (!asked.answers.empty() && asked.answers.back().id != supersedes) {
      const Answer& last = asked.answers.back();
      if (last.lines == answer.lines) return {};
      for (const std::string& who : last.settled)
        if (!answer.lines.contains(who) || answer.lines.at(who) != last.lines.at(who))
          return letter("contradictory_answer");
    }
  }
  asked.answers.push_back(answer);
  effect.state_changes = true;
  effect.events = {"program.determined"};
  decide(effect);
  return effect;
}

Model::Effect Model::tick(unsigned submission, bool due) {
  Effect effect;
  if (submission != current() || !due) return effect;
  for (auto& [id, program] : submissions_.back().programs) {
    if (!program.pending()) continue;
    program.unavailable = true;
    effect.events.push_back("program.determined");
  }
  effect.state_changes = !effect.events.empty();
  if (effect.state_changes) decide(effect);
  return effect;
}

void Model::decide(Effect& effect) {
  if (pending()) return;
  ++submissions_.back().revision;
  effect.events.push_back("case.decided");
  effect.set_sent = true;
}

bool Model::pending() const {
  return std::ranges::any_of(submissions_.back().programs,
                             [](const auto& entry) { return entry.second.pending(); });
}

std::string Model::status() const {
  if (withdrawn_) return "withdrawn";
  if (pending()) return "determining";
  for (const auto& [id, program] : submissions_.back().programs)
    if (program.answers.empty() || program.answers.back().open) return "partial";
  return "complete";
}

std::int64_t Model::total_cents() const {
  std::int64_t total = 0;
  for (const auto& [id, program] : submissions_.back().programs)
    if (!program.answers.empty()) total += program.answers.back().cents;
  return total;
}

}  // namespace guichet::testing
