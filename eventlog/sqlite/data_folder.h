#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "schemas/values/result.h"

namespace guichet::eventlog {

class Connection;

/// The format of guichet.db. A file of a higher one is refused; in 3 segments may be compressed, 2
/// has a checksum on each page, 1 has none.
inline constexpr int kSqliteFormat = 3;

/// The data folder, locked for this process as long as this lives.
class DataFolder {
 public:
  enum class Missing { kMake, kFail };

  /// Fails where the folder cannot be used or another process uses it.
  static Result<DataFolder> lock(const std::filesystem::path& folder, Missing missing);

  DataFolder(DataFolder&& other) noexcept;
  DataFolder& operator=(DataFolder&&) = delete;
  ~DataFolder();

  std::filesystem::path file() const { return folder_ / "guichet.db"; }
  /// Up to where records were acknowledged: see AcknowledgedMark.
  std::filesystem::path mark() const { return folder_ / "guichet.mark"; }

  /// Looks at the file without SQLite, so that nothing of it is touched: fails where it is damaged,
  /// newer, not ours, or lacks its write-ahead log. True: there is a file; false: none yet.
  Result<bool> check() const;

  /// Makes an empty file, whole or not at all.
  Result<void> make(std::uint32_t partitions) const;

 private:
  DataFolder(std::filesystem::path folder, int lock);

  std::filesystem::path folder_;
  int lock_;
};

}  // namespace guichet::eventlog
