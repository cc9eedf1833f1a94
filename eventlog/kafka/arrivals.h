#pragma once

#include <librdkafka/rdkafka.h>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace guichet::eventlog::kafka {

/// One place to wait for all consumers of a session: librdkafka's threads count here whenever a
/// consumer's queue is no longer empty. Outlives the consumers.
///
///   const std::uint64_t before = arrivals.count();
///   … find every queue empty …
///   arrivals.wait(before, until);
class Arrivals {
 public:
  std::uint64_t count() const {
    const std::scoped_lock lock(mutex_);
    return count_;
  }

  /// Waits until more were counted than before.
  void wait(std::uint64_t before, std::chrono::steady_clock::time_point until) {
    std::unique_lock lock(mutex_);
    more_.wait_until(lock, until, [&] { return count_ != before; });
  }

  static void came(rd_kafka_t*, void* arrivals) {
    auto& self = *static_cast<Arrivals*>(arrivals);
    {
      const std::scoped_lock lock(self.mutex_);
      ++self.count_;
    }
    self.more_.notify_all();
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable more_;
  std::uint64_t count_ = 0;
};

}  // namespace guichet::eventlog::kafka
