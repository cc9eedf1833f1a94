#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "adapters/file/exchange_folder.h"
#include "eventlog/log.h"
#include "schemas/determination_json.h"
#include "schemas/values/dates.h"

namespace guichet::adapters {

inline constexpr std::size_t kMaxAnswerFileBytes = kMaxDeterminationBytes;
inline constexpr std::size_t kMaxFilesPerPass = 64;
/// A file that cannot be read as JSON is left alone for so long: it may still be being written.
inline constexpr std::chrono::seconds kSettleTime{5};

/// Takes in the answers of programs that answer by files:
///
///   <exchange>/<program>/determinations/*.json   v1::Determination as JSON, one a file
///
/// `request_id` and `lines` must be there. `id` and `supersedes` are the program's own names of
/// answers; without `id` the file's name is it. application_id, submission and program may be left
/// out. What is taken is moved to done/, what is not to refused/, with a dead letter; both only
/// once the record is durable, so that a crash at any point takes a file twice and never loses it
/// (the second time makes the same id with the same content, which readers drop).
///
///   FileAnswers answers("exchange", {"nb-ctb"});
///   while (!stop) { answers.pass(log, wall_clock()); sleep(...); }
///
/// Throws std::system_error where the disk fails; the next pass finds everything as it was. One
/// thread at a time.
class FileAnswers {
 public:
  FileAnswers(std::filesystem::path exchange, std::vector<std::string> programs);

  /// A file, and the record that it becomes: a determination for `cases-inbox`, or a dead letter.
  struct Collected {
    std::string program;
    std::string name;
    ExchangeFolder::Identity identity;
    bool refused = false;
    eventlog::Record record;
  };

  /// The files of a program that are ready, at most kMaxFilesPerPass, by name. Moves nothing.
  std::vector<Collected> collect(const std::string& program, Instant now) const;

  /// Moves the file away; to be called once its record is durable.
  void done(const Collected& collected) const;

  /// For every program: collects, appends, waits until it is durable, moves. How many were moved.
  /// The failure of one program's folder is thrown only after the others had their turn.
  std::size_t pass(eventlog::Log& log, Instant now);

 private:
  std::optional<Collected> take(const ExchangeFolder& folder, const std::string& program,
                                const std::string& name, Instant now) const;
  std::size_t pass(eventlog::Log& log, const std::string& program, Instant now);

  std::filesystem::path exchange_;
  std::vector<std::string> programs_;
  /// What is in the log and could not be moved yet: not to be appended again.
  std::map<std::string, std::vector<Collected>> durable_;
};

}  // namespace guichet::adapters
