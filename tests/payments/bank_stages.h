#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "adapters/payments/payment_files.h"
#include "eventlog/host.h"
#include "eventlog/log.h"

namespace guichet::testing {

/// At which steps of a file the process dies, drawn from a seed.
class Deaths {
 public:
  /// Dies nowhere until a seed is given.
  void begin(std::uint64_t seed);
  void end() { over_ = true; }

  /// The next step at which to die, of so many; 0: none.
  std::uint64_t next(std::uint64_t steps);

  /// How often it came to that, in all.
  static inline std::uint64_t writing = 0;
  static inline std::uint64_t reading = 0;

 private:
  std::mt19937_64 random_;
  bool over_ = true;
};

/// The real writing of files for the bank, a bank that reads each and answers it, and the real
/// reading of its answers, as stages of a host. Where the log is in memory the process dies within
/// them as `deaths` says: the log is dead from then on.
class BankStages {
 public:
  BankStages(eventlog::Log& log, std::filesystem::path folder, Deaths& deaths);
  ~BankStages();

  eventlog::Stage files();
  eventlog::Stage answers();

 private:
  class Durable;
  class Writing;
  class Reading;
  std::shared_ptr<Durable> log_;
  std::filesystem::path folder_;
  Deaths& deaths_;
};

/// What is wrong with the folder: a number with two files, bytes that changed since the bank saw
/// them, what an independent bank finds wrong in a file, leftovers. `credits` becomes what stands
/// in each account by program and government, `files` the names.
std::string check_files(
    const std::filesystem::path& folder,
    std::map<std::string, std::map<std::pair<std::string, std::string>, std::int64_t>>& credits,
    std::vector<std::string>& files);

}  // namespace guichet::testing
