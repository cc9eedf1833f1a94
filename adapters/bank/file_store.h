#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "adapters/bank/pain001.h"

namespace guichet::bank {

/// A file that stands in the folder, whole.
struct StoredFile {
  std::filesystem::path path;
  std::string sha256;  // of its bytes, in hexadecimal
  FileTotals totals;
};

/// The folder from which files go to a bank. A file stands there whole or not at all, under a name
/// that holds its number and its hash:
///
///   <folder>/<run>-<number>-<first 16 of its SHA-256>.xml
///
/// It is written under a name that begins with a dot, synced, given its name, and the folder
/// synced; only then does write() return. After a crash at any point, the same call writes the same
/// bytes and leaves one file. Throws std::system_error where the disk fails. One thread at a time;
/// the folder has one writer.
class FileStore {
 public:
  /// Makes the folder where it is missing.
  explicit FileStore(std::filesystem::path folder);

  /// Makes the file by calling `write` with where the bytes go. Where a file of this number stands
  /// already, it has to have the same bytes: another is refused, for a number is used once.
  Result<StoredFile> write(const FileHeader& header, const std::string& extension,
                           const std::function<Result<FileTotals>(const Sink&)>& write);

 private:
  std::filesystem::path folder_;
};

}  // namespace guichet::bank
