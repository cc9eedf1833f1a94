#include "eventlog/sqlite/disk_room.h"

#include <sys/statvfs.h>

#include <algorithm>
#include <chrono>

namespace guichet::eventlog {

namespace {

constexpr std::int64_t kLookEveryMs = 250;
constexpr std::uint64_t kReservePart = 20;

std::int64_t steady_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

bool DiskRoom::is_short() {
  const std::int64_t now = steady_ms();
  std::int64_t looked = looked_at_ms_;
  if (now - looked >= kLookEveryMs && looked_at_ms_.compare_exchange_strong(looked, now)) {
    struct statvfs disk {};
    if (statvfs(folder_.c_str(), &disk) == 0) {
      const std::uint64_t reserve =
          std::min(kDiskReserveBytes, std::uint64_t{disk.f_blocks} * disk.f_frsize / kReservePart);
      const std::uint64_t left = std::uint64_t{disk.f_bavail} * disk.f_frsize;
      short_ = left < reserve;
      very_short_ = left < reserve / 2;
    }
  }
  return short_ || full_;
}

}  // namespace guichet::eventlog
