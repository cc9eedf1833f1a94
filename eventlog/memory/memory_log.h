#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <vector>

#include "eventlog/log.h"
#include "schemas/topics.h"

namespace guichet::eventlog {

/// Where a process may die while it uses the log.
enum class CrashPoint {
  kBeforeAppend,
  kAfterAppend,  // in the order, the caller not told
  kBeforePoll,
  kBeforeCommit,
  kDuringCommit,  // in the order, groups moved, the caller not told
  kAfterCommit,
  kBeforeSync,
  kAfterSync,  // durable, not acknowledged
  kAfterAcknowledgement,
};

/// Thrown out of a call in which the process "dies". No std::exception, so that nothing that
/// handles errors takes it for one.
struct Crash {
  CrashPoint point;
};

/// How often, of 1,000 calls or records, a fault comes.
struct MemoryFaults {
  unsigned repeated_delivery = 0;  // a polled record comes again, or one before it does
  unsigned refused_append = 0;
  unsigned unavailable = 0;  // poll, latest, commit, append throw LogUnavailable; nothing was done
};

struct MemoryOptions {
  std::vector<topics::Topic> topics;
  std::uint32_t partitions = 1;
  /// Nothing is durable before `sync`, no thread is started and nothing waits: for tests that hold
  /// the order of everything in their hands. Else a thread syncs at once.
  bool manual_sync = false;
  std::size_t most_waiting_records = 10'000;
  std::uint64_t seed = 1;
};

/// The log in memory: a full home for tests and the simulator, with faults on demand. What happens
/// depends on the calls and the seed alone.
class MemoryLog : public Log {
 public:
  explicit MemoryLog(MemoryOptions options);
  ~MemoryLog() override;

  bool append(std::vector<Record> records, AppendDone done) override;
  std::unique_ptr<Session> open_session(SessionOptions options) override;
  std::uint32_t partitions() const override;
  std::vector<Record> read(std::string_view topic, std::uint32_t partition, std::uint64_t from,
                           std::size_t most) const override;
  std::uint64_t first_at(std::string_view topic, std::uint32_t partition,
                         Instant instant) const override;
  std::optional<Record> latest(std::string_view topic, std::string_view key) const override;
  std::unique_ptr<Tail> tail(std::vector<std::string> topics, TailCall call) override;
  LogStatistics statistics() const override;

  static constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();

  /// Makes the next batches of the order durable and acknowledges them. How many there were.
  std::size_t sync(std::size_t most_batches = kAll);

  void set_faults(MemoryFaults faults);

  /// Throws Crash out of the n-th crash point reached from now on, 1 the next; 0 for never. From
  /// then on everything throws LogUnavailable until `restart`.
  void crash_at(std::uint64_t nth);

  /// The log as a process finds it that starts now: only what was durable. Sessions and tails from
  /// before are dead. Also without a crash.
  void restart();

  /// Whether it crashed, and was not restarted.
  bool is_dead() const;

  /// How often each crash point was reached.
  std::map<CrashPoint, std::uint64_t> reached() const;

 private:
  class Impl;
  class MemorySession;
  class MemoryTail;
  std::shared_ptr<Impl> impl_;
};

}  // namespace guichet::eventlog
