#pragma once

#include <filesystem>
#include <vector>

#include "adapters/adapter.h"

namespace guichet::adapters {

/// Asks programs that answer by files (`answered_by: file`): writes each request as JSON (the
/// standard mapping of v1::DeterminationRequest, names as in the schema) to
///
///   <exchange>/<program>/requests/<application>_<submission>_<program>.json
///
/// The answer comes later, through FileAnswers. Handling a request again writes the same file.
/// Throws TryAgainLater where the disk is full or away.
class FileAdapter : public Adapter {
 public:
  explicit FileAdapter(std::filesystem::path exchange);

  std::vector<eventlog::Output> determine(const eventlog::Record& request) override;
  /// A program that pays itself is told by files in a later version: makes a dead letter.
  std::vector<eventlog::Output> pay(const eventlog::Record& instruction) override;

 private:
  std::filesystem::path exchange_;
};

}  // namespace guichet::adapters
