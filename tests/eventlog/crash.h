#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "eventlog/host.h"
#include "eventlog/log.h"

// Crashes drawn from seeds, for any application of processors: a workload runs through a Host, dies
// again and again at points that the seed chooses, is started again, drains, and is checked against
// what must hold. The same seed does the same again (on memory; on SQLite as far as the machine
// does).
//
//   GUICHET_SEED=77 GUICHET_SEEDS=1 eventlog_crash_test    one failing seed again

namespace guichet::eventlog {

class CrashWorkload {
 public:
  virtual ~CrashWorkload() = default;

  virtual std::vector<topics::Topic> topics() const = 0;
  /// The stages as a process that starts has them.
  virtual std::vector<Stage> stages() = 0;
  /// The same on a log of so many partitions, for a workload that must know.
  virtual std::vector<Stage> stages_on(std::uint32_t /*partitions*/) { return stages(); }
  /// The same over the log itself, for a workload whose stages read it.
  virtual std::vector<Stage> stages_over(Log& log) { return stages_on(log.partitions()); }
  /// From now on nothing fails that the workload itself makes fail.
  virtual void end_faults() {}
  virtual Instant start() const = 0;
  /// What clients send; each has an id of its own. A client that gets no answer sends again.
  virtual std::vector<Record> inputs(std::uint64_t seed) const = 0;
  /// The faults are over: what operators send, such as replays, once all inputs are in and handled.
  virtual std::vector<Record> release(const Log& log) = 0;
  /// How far the clock must go so that no tick is left to come.
  virtual std::chrono::microseconds longest_wait() const = 0;
  /// Everything has drained. Returns what is wrong; empty: nothing.
  virtual std::string check(const Log& log, const std::set<std::string>& acknowledged) = 0;
};

struct CrashSeeds {
  std::uint64_t first = 1;
  std::uint64_t count = 1;
};

/// From GUICHET_SEED and GUICHET_SEEDS, else 1 and `count`.
CrashSeeds crash_seeds(std::uint64_t count);

/// What a run of seeds met, so that a test can see that it met anything.
struct CrashTotals {
  std::uint64_t seeds = 0;
  std::uint64_t crashes = 0;
  std::map<int, std::uint64_t> crashes_at;  // by CrashPoint; memory only
  std::uint64_t acknowledged = 0;
};

using MakeWorkload = std::function<std::unique_ptr<CrashWorkload>()>;

/// On the log in memory, with its faults: crashes at every point, lost unsynced writes, repeated
/// delivery, refusals. Stops at the first seed that fails and reports it to GoogleTest.
CrashTotals run_memory_crashes(const MakeWorkload& make, CrashSeeds seeds);

/// On SQLite, in processes of their own that are killed.
CrashTotals run_sqlite_kills(const MakeWorkload& make, CrashSeeds seeds);

}  // namespace guichet::eventlog
