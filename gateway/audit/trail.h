#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "eventlog/log.h"
#include "guichet/v1/audit.pb.h"

namespace guichet::audit {

/// Writes entries to `audit`, as a chain: from a thread of its own, a batch at a time, so that the
/// next batch is not written before the one that it refers to is durable. After a batch of which
/// the log said that it failed another chain begins: should some of it be there all the same, it is
/// the end of the chain before. Any thread.
class Trail {
 public:
  static constexpr std::size_t kMaxWaiting = 8'192;
  static constexpr std::size_t kMaxBatch = 500;

  /// Called once, from the thread of the trail: true, the entry is durable; false, it is not in the
  /// log. Must not block.
  using Done = std::function<void(bool durable)>;

  /// `new_chain` gives a name that no chain had. The log outlives the trail.
  Trail(eventlog::Log& log, std::function<Instant()> clock, std::string tenant,
        std::function<std::string()> new_chain);
  ~Trail() { stop(); }
  /// What waits is given up, and told so; nobody is told anything after this. Once done, does
  /// nothing.
  void stop();

  /// Its chain, number, digest and time are filled in. Where too many wait, `done` is called with
  /// false at once, from here.
  void note(v1::AuditEntry entry, Done done);

 private:
  struct Waiting {
    v1::AuditEntry entry;
    Done done;
  };
  void run(const std::stop_token& stop);
  std::vector<Waiting> next_batch(const std::stop_token& stop);
  bool write(std::vector<Waiting>& batch, const std::stop_token& stop);

  eventlog::Log& log_;
  const std::function<Instant()> clock_;
  const std::string tenant_;
  const std::function<std::string()> new_chain_;
  std::string chain_;
  std::uint64_t number_ = 0;  // of the last entry that is durable
  std::string previous_;      // its digest
  std::mutex mutex_;
  std::condition_variable_any came_;
  std::vector<Waiting> waiting_;
  std::jthread thread_;  // last: it works with the rest
};

}  // namespace guichet::audit
