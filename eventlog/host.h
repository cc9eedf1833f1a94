#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <variant>
#include <vector>

#include "eventlog/log.h"
#include "eventlog/processor.h"

namespace guichet::eventlog {

/// A stage with state: one inbox, one compacted topic that holds the state of each key.
struct KeyedStage {
  std::string group;
  std::string inbox;
  std::string state_topic;
  std::shared_ptr<const Processor> processor;
};

/// A stage without state over any number of topics.
struct PlainStage {
  std::string group;
  std::vector<std::string> inputs;
  std::shared_ptr<Handler> handler;
};

using Stage = std::variant<KeyedStage, PlainStage>;

/// The wall clock, at the edge where it enters: when ticks are written.
using Clock = std::function<Instant()>;

/// Where a host says, in a line each, what it refused and what it dropped as a repeat: the place of
/// a record, never what stands in it.
using Print = std::function<void(const std::string& line)>;
void print_on_standard_error(const std::string& line);

inline constexpr std::size_t kMaxRecordsPerPass = 512;
inline constexpr std::size_t kMaxParkedRecords = 64;
inline constexpr std::size_t kMaxParkedBytes = 256 * 1024;
inline constexpr std::size_t kMaxTicksPerPass = 1024;
inline constexpr std::size_t kMaxReplayedPerPass = 128;
inline constexpr std::size_t kMaxScannedPerPass = 512;

/// Runs processors over a log: reads a batch, runs them, commits records sent, states changed and
/// input consumed as one.
///
///   Host host(log, "main", {cases_stage, rules_stage}, wall_clock);
///   std::jthread thread([&](std::stop_token stop) { host.run(stop); });
///
/// One thread at a time; `step` is the whole of it, so that a test or the simulator can drive it
/// without a thread.
class Host {
 public:
  Host(Log& log, std::string name, std::vector<Stage> stages, Clock clock,
       Print print = print_on_standard_error);
  ~Host();

  /// One pass over the stages: due ticks, then what can be polled. False when there was nothing.
  bool step();

  /// Steps until stopped; waits when there is nothing, and longer after LogUnavailable.
  void run(std::stop_token stop);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace guichet::eventlog
