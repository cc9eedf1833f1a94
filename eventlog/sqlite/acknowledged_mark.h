#pragma once

#include <cstdint>
#include <filesystem>

#include "eventlog/descriptor.h"
#include "schemas/values/result.h"

namespace guichet::eventlog {

/// Up to which position records were acknowledged, in a file beside the log. SQLite takes damage in
/// the write-ahead log for the end of it, and would go on without what was behind; and a file may
/// be put back from an older backup. Written after each sync of the log and never synced itself: it
/// may be behind the log, never ahead.
class AcknowledgedMark {
 public:
  /// Makes the file where there is none. Throws std::system_error.
  explicit AcknowledgedMark(const std::filesystem::path& file);

  /// Throws std::system_error.
  void write(std::uint64_t position);

  /// Fails, with what to do, where the log ends before what was acknowledged, or the mark is
  /// damaged.
  static Result<void> check(const std::filesystem::path& file, std::uint64_t last_position);

 private:
  Descriptor file_;
};

}  // namespace guichet::eventlog
