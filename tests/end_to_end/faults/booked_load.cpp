#include "tests/end_to_end/faults/booked_load.h"

#include <chrono>

namespace guichet::end_to_end {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::uint64_t kOfACaller = 1'000'000;
constexpr std::uint64_t kRepeatEvery = 8;
constexpr std::chrono::seconds kPatience{10};

}  // namespace

BookedLoad::BookedLoad(const RunningServer& server, Book& book, std::uint64_t first,
                       unsigned callers)
    : server_(server), book_(book) {
  for (unsigned i = 0; i < callers; ++i)
    threads_.emplace_back(
        [this, n = first + i * kOfACaller](const std::stop_token& stop) { run(stop, n); });
}

BookedLoad::~BookedLoad() {
  stop();
}

void BookedLoad::run(const std::stop_token& stop, std::uint64_t n) {
  auto client = server_.client();
  for (std::uint64_t sent = 0; !stop.stop_requested(); ++sent) {
    const bool repeat = sent % kRepeatEvery == kRepeatEvery - 1;
    const auto answer = book_.send(client, repeat ? n - 3 : n++);
    {
      const std::lock_guard lock(mutex_);
      ++statuses_[answer ? answer->status : 0];
    }
    if (answer && answer->status < 500) continue;
    std::this_thread::sleep_for(milliseconds(20));
    if (!answer) client = server_.client();
  }
}

bool BookedLoad::wait_for(std::size_t more) const {
  const std::size_t wanted = book_.acknowledged() + more;
  const auto until = steady_clock::now() + kPatience;
  while (book_.acknowledged() < wanted && steady_clock::now() < until)
    std::this_thread::sleep_for(milliseconds(5));
  return book_.acknowledged() >= wanted;
}

unsigned BookedLoad::count(unsigned status) const {
  const std::lock_guard lock(mutex_);
  const auto found = statuses_.find(status);
  return found == statuses_.end() ? 0 : found->second;
}

void BookedLoad::stop() {
  for (auto& thread : threads_) thread.request_stop();
  threads_.clear();
}

}  // namespace guichet::end_to_end
