#pragma once

#include <vector>

#include "eventlog/processor.h"

namespace guichet::adapters {

/// Checks what programs outside wrote onto their topics (`answered_by: partner`) and passes it on
/// to the owner of the application. The topic's name tells the program:
///
///   PlainStage stage{"answers.nb-heat", {"determinations.nb-heat"},
///                    std::make_shared<PartnerAnswers>()};
///
/// What cannot be read (class undecodable) or used (class unusable_answer) becomes a dead letter
/// whose text says why, without a value of the answer; the request goes on waiting, until a usable
/// answer or its deadline. Whether the request was ever made is known by the owner alone: he
/// refuses an unknown one.
///
/// Pure: the same message makes the same bytes, however often it is handled. Any number of threads.
class PartnerAnswers : public eventlog::Handler {
 public:
  std::vector<eventlog::Output> handle(const eventlog::Record& input) override;
};

}  // namespace guichet::adapters
