#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>

#include "eventlog/log.h"
#include "schemas/values/dates.h"
#include "schemas/values/result.h"

namespace guichet::adapters {

/// A file that cannot be read whole is left alone for so long: it may still be being written.
inline constexpr std::chrono::seconds kBankSettleTime{5};

/// Takes in what the bank says of our files, as ISO 20022 pain.002:
///
///   <folder>/answers/*.xml ─▶ a report for each payment of which it decides, on `payments-inbox`;
///                             and, where it decided on all of a file, that on `runs-inbox`
///
/// A message is read and held against our own file, whole, before anything of it counts
/// (adapters/bank/answer.h). It is then moved to answers/done/, or, refused whole, to
/// answers/refused/ with a text beside it that says why; lines of it that could not be used are
/// listed in a text beside it, too. What came under the same name before is kept: <name>-2.xml.
/// Moved only once its records are durable: a crash at any point takes a message twice, which
/// accounts drop, and never loses it.
///
/// Throws std::system_error where the disk fails, eventlog::LogUnavailable where the log does; the
/// next pass finds everything as it was. One thread at a time.
class BankAnswers {
 public:
  explicit BankAnswers(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// How many messages were moved.
  std::size_t pass(eventlog::Log& log, Instant now);

 private:
  struct Ours {
    std::filesystem::path path;
    std::string run_id;
    std::uint32_t number = 0;
  };
  /// Our file with this id at the bank.
  std::optional<Ours> find_ours(const std::string& message_id) const;
  struct Taken {
    std::string held;  // for a person: the lines that were not used, and why
  };
  /// Fails where nothing of it counts.
  Result<Taken> take(eventlog::Log& log, const std::filesystem::path& message, Instant now) const;

  std::filesystem::path folder_;
};

}  // namespace guichet::adapters
