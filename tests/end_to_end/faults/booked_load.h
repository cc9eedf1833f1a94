#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <thread>
#include <vector>

#include "tests/end_to_end/faults/book.h"

namespace guichet::end_to_end {

/// Callers who send what the book keeps, each over a connection of their own, now and then the same
/// again, until stopped. Whoever loses the connection opens another.
class BookedLoad {
 public:
  BookedLoad(const RunningServer& server, Book& book, std::uint64_t first, unsigned callers = 6);
  ~BookedLoad();
  BookedLoad(const BookedLoad&) = delete;
  BookedLoad& operator=(const BookedLoad&) = delete;

  /// Waits until so many more were acknowledged; false after ten seconds.
  bool wait_for(std::size_t more) const;
  unsigned count(unsigned status) const;
  void stop();

 private:
  void run(const std::stop_token& stop, std::uint64_t n);

  const RunningServer& server_;
  Book& book_;
  mutable std::mutex mutex_;
  std::map<unsigned, unsigned> statuses_;  // 0: the connection was lost
  std::vector<std::jthread> threads_;
};

}  // namespace guichet::end_to_end
