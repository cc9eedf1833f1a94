#pragma once

#include <memory>
#include <string>

#include "gateway/cli/settings.h"
#include "schemas/values/result.h"

namespace guichet::cli {

/// Everything that `guichet serve` runs, put together: the one place where the parts meet.
///
///   log (SQLite, with the tables of views)
///    ├─ host "cases":  gateway/cases, the owner of applications
///    ├─ host "rules":  adapters/rules, for programs that our own rules answer
///    ├─ host "files":  adapters/file, for programs that answer by files, and what comes back
///    └─ gateway/http:  writes commands, reads the log and the views
class Composition {
 public:
  /// Opens the data folder, starts every thread, and listens. The failure says what to do. Throws
  /// where the disk does.
  static Result<std::unique_ptr<Composition>> start(const Settings& settings);
  virtual ~Composition() = default;

  /// http://127.0.0.1:8080
  virtual std::string url() const = 0;

  /// Takes nothing new, finishes what is in flight, writes what waits; at most kStopTime, after
  /// which the process ends as it stands: what was acknowledged is on the disk at any time.
  virtual void stop() = 0;
};

}  // namespace guichet::cli
