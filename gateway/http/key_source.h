#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "gateway/identity/key_set.h"
#include "schemas/values/result.h"

namespace guichet::http {

struct KeySourceOptions {
  std::string name;                                 // of the place, for the log
  std::chrono::milliseconds every{30'000};          // it is read again
  std::chrono::milliseconds after_failure{30'000};  // it is tried again, where that is sooner
  std::chrono::milliseconds least_pause{10'000};    // between two readings, whoever asks
  std::chrono::milliseconds keep{std::chrono::hours(24)};  // the last keys, while none come
};

/// The keys that tokens are checked with, as they are now: read again from time to time, so that
/// keys come and go without a restart, and at once where a token names one that is not there.
/// Where reading fails the last keys stay for a day; then there are none, and nobody is let in.
/// Any thread.
class KeySource {
 public:
  /// Brings a JWK set, or the failure that says why not. Called on a thread of the source's own.
  using Read = std::function<Result<std::string>()>;

  /// Reads once before it returns; whether that went well, `keys` says.
  KeySource(Read read, KeySourceOptions options);

  /// Null: none could be read for too long.
  std::shared_ptr<const identity::KeySet> keys() const;

  /// Asks for a reading now. False where one was too short a time ago: nothing newer comes.
  bool ask();
  /// How many readings have ended.
  std::uint64_t readings() const;

  /// Why the last reading failed; empty where it did not.
  std::string trouble() const;

 private:
  using Clock = std::chrono::steady_clock;

  void run(const std::stop_token& stop);
  void read_once();

  const Read read_;
  const KeySourceOptions options_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::shared_ptr<const identity::KeySet> keys_;
  Clock::time_point keys_read_;
  Clock::time_point last_reading_;
  std::string trouble_;
  std::uint64_t readings_ = 0;
  bool asked_ = false;
  std::jthread thread_;
};

/// Reads a file of at most identity::kMaxKeySetBytes.
KeySource::Read keys_of_file(std::filesystem::path file);

}  // namespace guichet::http
