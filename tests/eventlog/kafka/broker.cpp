#include "tests/eventlog/kafka/broker.h"

#include <unistd.h>

#include <atomic>
#include <chrono>

namespace guichet::eventlog {

std::string fresh_prefix() {
  static std::atomic<int> count{0};
  const auto now =
      std::chrono::system_clock::now().time_since_epoch() / std::chrono::milliseconds(1);
  return "t" + std::to_string(now) + "-" + std::to_string(getpid()) + "-" +
         std::to_string(++count) + ".";
}

}  // namespace guichet::eventlog
