#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "gateway/http/case_watch.h"
#include "gateway/http/header_fields.h"
#include "gateway/http/write_queue.h"
#include "gateway/views/case_view.h"
#include "guichet/v1/commands.pb.h"

namespace guichet::http {

/// The ETag of a case: goes up with every change that a reader can see.
std::string etag_of(const views::CaseView& now);

/// What the owner of the application said of a command, and the case as it was then.
struct Answered {
  v1::Verdict verdict;
  std::optional<views::CaseView> at;  // none: the application does not exist
  LogPosition position;
};
/// Nothing was taken: too much waits already, or the log has no room or is away.
struct NoRoom {};
/// Its verdict did not come in time.
struct NoVerdict {
  bool durable = false;  // whether the command is in the log for good
};

using CommandAnswer = std::variant<Answered, NoRoom, NoVerdict>;

/// Sends commands to `cases-inbox`, and finds their verdicts in the states that the owner of the
/// application writes. Any thread.
class Commands {
 public:
  Commands(eventlog::Log& log, std::chrono::milliseconds verdict_time,
           std::chrono::milliseconds queue_age)
      : log_(log), verdict_time_(verdict_time), queue_(queue_age) {}

  /// `watch` was opened on the application before; states that it sees first are not lost for what
  /// waits on it after, because the answer carries the newest of them.
  boost::asio::awaitable<CommandAnswer> send(eventlog::Record command, Watch& watch);

 private:
  eventlog::Log& log_;
  std::chrono::milliseconds verdict_time_;
  WriteQueue queue_;
};

}  // namespace guichet::http
