#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "eventlog/log.h"

namespace guichet::eventlog {

/// How often the process may die with one record that is handled alone. Fewer would not do: a
/// machine that is switched off again and again dies with one record or another, too.
inline constexpr unsigned kMaxDeathsOfARecord = 3;

/// What a reader group does after its process died, so that a record that kills the process is
/// found and does not kill it for ever. From then on, until there is nothing left to do or all that
/// can have been under way is long handled, the group writes down what it is about to handle: a
/// whole batch, and where it died in a batch, one record at a time.
///
/// Does nothing after a stop in order, or on a log that does not know how it was stopped.
class Care {
 public:
  Care(Session& session, std::string group);

  /// How many records to poll.
  std::size_t most(std::size_t otherwise) const { return on_ && one_by_one_ > 0 ? 1 : otherwise; }

  /// Before these are handled: written down, durably.
  void before(const Polled& inputs);
  void before_one(const Record& input);

  /// Whether the process died with this record as often as it may: it is not handled any more.
  bool kills(const Record& input) const;

  /// Nothing is left of the time before.
  void end();

 private:
  Session& session_;
  std::string group_;
  bool on_;
  std::size_t one_by_one_ = 0;
  std::size_t handled_ = 0;
  std::optional<Attempt> died_;  // with one record
};

}  // namespace guichet::eventlog
