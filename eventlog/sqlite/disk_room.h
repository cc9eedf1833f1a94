#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>

namespace guichet::eventlog {

/// Less than a twentieth of a disk is little, but never more than this.
inline constexpr std::uint64_t kDiskReserveBytes = 1024ULL * 1024 * 1024;

/// Whether the disk of a folder has room for new work. What is left then is for finishing what is
/// under way. Any thread.
class DiskRoom {
 public:
  explicit DiskRoom(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// Looks at the disk four times a second at most.
  bool is_short();
  /// Less than half of what is kept back is left. As `is_short` saw it last.
  bool is_very_short() const { return very_short_ || full_; }

  /// A write found no room at all; until one succeeds.
  void set_full(bool full) { full_ = full; }

 private:
  const std::filesystem::path folder_;
  std::atomic<std::int64_t> looked_at_ms_{-1'000};
  std::atomic<bool> short_{false};
  std::atomic<bool> very_short_{false};
  std::atomic<bool> full_{false};
};

}  // namespace guichet::eventlog
