#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "schemas/values/result.h"

namespace guichet::http {

/// Files that say together what holds, taken again when their bytes change, without a restart:
/// certificates and keys, who is whose. Where they cannot be read or do not fit together, what held
/// before holds on, and the log says so. They are compared by their bytes, because times and links
/// lie when whole folders are exchanged.
class FileWatch {
 public:
  static constexpr std::size_t kMaxBytes = 1024 * 1024;  // of each file
  static constexpr std::chrono::milliseconds kEvery{2'000};

  /// Takes the contents of all files, in their order; the failure says why they do not hold. Called
  /// in the constructor, and then on a thread of its own.
  using Take = std::function<Result<void>(const std::vector<std::string>&)>;

  /// `name` is what they are, for the log. Throws std::runtime_error where they do not hold now.
  FileWatch(std::string name, std::vector<std::filesystem::path> files, Take take,
            std::chrono::milliseconds every = kEvery);

 private:
  Result<void> look();
  void run(const std::stop_token& stop);

  const std::string name_;
  const std::vector<std::filesystem::path> files_;
  const Take take_;
  const std::chrono::milliseconds every_;
  std::vector<std::string> contents_;  // as they were taken, or refused, last
  std::mutex mutex_;
  std::condition_variable_any never_;
  std::jthread thread_;
};

}  // namespace guichet::http
