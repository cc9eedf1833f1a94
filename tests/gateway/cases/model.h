#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "guichet/v1/case.pb.h"

namespace guichet::testing {

/// What a case must come to, said a second time and as plainly as can be: whole history kept, sets
/// and maps, nothing shared with gateway/cases. The random test holds the processor against it.
class Model {
 public:
  using Lines = std::map<std::string, std::string>;  // beneficiary → line as bytes

  struct Answer {
    std::string id;
    std::string bytes;
    Lines lines;
    std::set<std::string> settled;  // beneficiaries
    bool failed = false;
    bool open = false;  // some line is referred or failed
    std::int64_t cents = 0;
  };
  struct Program {
    bool asked = true;
    bool unavailable = false;
    std::vector<Answer> answers;
    bool pending() const { return asked && answers.empty() && !unavailable; }
  };
  struct Submission {
    std::map<std::string, Program> programs;
    unsigned revision = 0;
  };

  /// What a record must have done.
  struct Effect {
    std::optional<v1::Verdict::Outcome> verdict;
    unsigned verdict_submission = 0;
    std::string dead_letter;
    std::vector<std::string> events;
    bool state_changes = false;
    bool set_sent = false;
  };

  explicit Model(std::set<std::string> programs) : programs_(std::move(programs)) {}

  Effect submit(const std::string& command, const std::string& body);
  Effect amend(const std::string& command, const std::string& body, unsigned if_submission,
               const std::string& key);
  Effect withdraw(const std::string& command, unsigned if_submission, const std::string& key);
  Effect answer(unsigned submission, const std::string& program, Answer answer,
                const std::string& supersedes, bool usable);
  Effect tick(unsigned submission, bool due);

  unsigned current() const { return static_cast<unsigned>(submissions_.size()); }
  bool withdrawn() const { return withdrawn_; }
  const Submission& submission(unsigned number) const { return submissions_.at(number - 1); }
  bool pending() const;
  std::string status() const;
  std::int64_t total_cents() const;

 private:
  struct Use {
    std::string body;
    unsigned submission;
  };
  Effect verdict(const std::string& command, v1::Verdict::Outcome outcome, unsigned submission);
  void decide(Effect& effect);

  std::set<std::string> programs_;
  std::vector<Submission> submissions_;
  std::set<std::string> commands_;
  std::map<std::string, Use> keys_;
  std::string first_body_;
  bool withdrawn_ = false;
};

}  // namespace guichet::testing
