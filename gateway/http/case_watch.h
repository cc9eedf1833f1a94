#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "eventlog/log.h"

namespace guichet::http {

/// No more requests than this wait for cases at a time.
inline constexpr std::size_t kMaxWatches = 8192;
/// Commands to one application under way from here. Its owner keeps the last 32 verdicts: of more
/// at once, some could be lost before they were seen.
inline constexpr unsigned kMaxCommandsAtOnce = 8;

using SteadyTime = std::chrono::steady_clock::time_point;

/// Whether a wait may be cut short when the server drains.
enum class Patience { to_the_deadline, until_drain };

/// One request's eye on one case: sees every state that becomes durable after it was opened (of
/// several at once, the last). Used on the executor that it was opened with; it stops watching when
/// destroyed, whatever ended the request.
class Watch {
 public:
  using StateRecord = std::shared_ptr<const eventlog::Record>;
  class Seat;

  explicit Watch(std::shared_ptr<Seat> seat) : seat_(std::move(seat)) {}
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;
  ~Watch();

  /// The next state; null at the deadline, or when cut short, or after what `settler` made was
  /// called with false.
  boost::asio::awaitable<StateRecord> next(SteadyTime deadline, Patience patience);

  /// Waits for room among the commands to this application. False at the deadline. The room is
  /// given back by `end_turn`, or when the watch goes.
  boost::asio::awaitable<bool> turn(SteadyTime deadline);
  void end_turn();

  /// To be told what became of the command: true, it is durable; false, it never will be, which
  /// ends the wait. To be called from any thread, also when the watch and even the server are gone.
  std::function<void(bool durable)> settler() const;
  bool durable() const;
  bool failed() const;

 private:
  std::shared_ptr<Seat> seat_;
};

/// Follows `cases`, and wakes those who watch. Any thread.
class CaseWatches {
 public:
  explicit CaseWatches(eventlog::Log& log);
  ~CaseWatches();

  /// Null when too many watch already.
  std::unique_ptr<Watch> open(const std::string& application_id,
                              boost::asio::any_io_executor executor);

  /// Cuts short every wait that may be, now and from now on.
  void drain();

  /// Wakes nobody any more: their executors are about to go.
  void close();

  std::size_t open_watches() const;

  class Room;

 private:
  std::shared_ptr<Room> room_;
  std::unique_ptr<eventlog::Tail> tail_;
};

}  // namespace guichet::http
