#include "gateway/http/write_queue.h"

#include <algorithm>

namespace guichet::http {

WriteQueue::Place::Place(WriteQueue& queue, Time since)
    : queue_(queue), at_(queue.waiting_.insert(queue.waiting_.end(), since)) {}

WriteQueue::Place::~Place() {
  const std::lock_guard lock(queue_.mutex_);
  queue_.waiting_.erase(at_);
}

void WriteQueue::Place::answered(Time now) {
  const std::lock_guard lock(queue_.mutex_);
  if (now - *at_ <= queue_.most_) queue_.last_quick_ = std::max(queue_.last_quick_, now);
}

std::unique_ptr<WriteQueue::Place> WriteQueue::enter(Time now) {
  const std::lock_guard lock(mutex_);
  const bool too_old = waiting_.size() >= kAlwaysTaken && now - waiting_.front() > most_ &&
                       now - last_quick_ > most_;
  return too_old ? nullptr : std::make_unique<Place>(*this, now);
}

}  // namespace guichet::http
