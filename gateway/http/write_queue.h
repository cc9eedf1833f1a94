#pragma once

#include <chrono>
#include <list>
#include <memory>
#include <mutex>

namespace guichet::http {

/// The commands that wait for their verdicts, and whether so many wait so long that the next would
/// only make it worse. Any thread.
///
/// The queue is too old when its oldest command has waited longer than `most`, and no command was
/// answered within that time of its own for as long. So one application whose owner is stuck turns
/// nobody else away, and neither does a burst after a quiet time. The first kAlwaysTaken are taken
/// whatever the age: by them it is seen that things go well again.
class WriteQueue {
 public:
  using Time = std::chrono::steady_clock::time_point;
  static constexpr std::size_t kAlwaysTaken = 16;

  explicit WriteQueue(std::chrono::milliseconds most) : most_(most) {}

  /// A command's place; given back when it goes.
  class Place {
   public:
    Place(WriteQueue& queue, Time since);
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place();
    /// Its verdict came.
    void answered(Time now);

   private:
    WriteQueue& queue_;
    std::list<Time>::iterator at_;
  };

  /// Null where the queue is too old.
  std::unique_ptr<Place> enter(Time now);

 private:
  const std::chrono::milliseconds most_;
  std::mutex mutex_;
  std::list<Time> waiting_;  // oldest first
  Time last_quick_{};
};

}  // namespace guichet::http
