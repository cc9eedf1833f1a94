#include "gateway/cli/wall_clock.h"

#include <spdlog/spdlog.h>

#include <atomic>
#include <chrono>

namespace guichet::cli {
namespace {

using std::chrono::floor;
using std::chrono::microseconds;

// Smaller steps are those of any clock that is kept right.
constexpr microseconds kWorthALine = std::chrono::seconds{2};

}  // namespace

Instant wall_clock() {
  // The most that the clock of the machine has been ahead of the steady one.
  static std::atomic<microseconds> most_ahead{microseconds::min()};
  static std::atomic<microseconds> last_told{microseconds::zero()};

  const auto steady = floor<microseconds>(std::chrono::steady_clock::now()).time_since_epoch();
  const auto system = floor<microseconds>(std::chrono::system_clock::now()).time_since_epoch();
  const microseconds ahead = system - steady;
  microseconds most = most_ahead;
  while (ahead > most && !most_ahead.compare_exchange_weak(most, ahead)) {
  }
  if (ahead >= most) return Instant{system};
  const microseconds back = most - ahead;
  microseconds told = last_told;
  if (back > told + kWorthALine && last_told.compare_exchange_strong(told, back))
    spdlog::warn(
        "the clock was set back by {} s; going on from where it was; start again to go by it",
        std::chrono::duration_cast<std::chrono::seconds>(back).count());
  return Instant{steady + most};
}

}  // namespace guichet::cli
