#pragma once

#include <memory>
#include <string>

#include "gateway/cli/settings.h"
#include "schemas/values/result.h"

namespace guichet::cli {

/// Everything that `guichet serve` runs, put together: the one place where the parts meet. What of
/// it a process runs its roles say; on the embedded log it is all in one.
///
///   home: the log, and the views that are read (home.h)
///    ├─ host "cases":     gateway/cases, the owner of applications
///    ├─ host "payments":  payments/, the owner of accounts and of runs; host "bank": the files of
///    │                    released runs
///    ├─ host "adapters":  a stage for each program: adapters/rules, adapters/file, and
///    │                    adapters/partner, which checks what partners wrote
///    └─ gateway/http:     writes commands, reads the log and the views; without the role of a
///                         gateway, health and metrics only
class Composition {
 public:
  /// Opens the log, starts every thread, and listens. The failure says what to do. Throws where the
  /// disk does, and eventlog::LogUnavailable where Kafka does not answer.
  static Result<std::unique_ptr<Composition>> start(const Settings& settings);
  virtual ~Composition() = default;

  /// http://127.0.0.1:8080
  virtual std::string url() const = 0;

  /// Takes nothing new, finishes what is in flight, writes what waits; at most kStopTime, after
  /// which the process ends as it stands: what was acknowledged is on the disk at any time.
  virtual void stop() = 0;
};

}  // namespace guichet::cli
