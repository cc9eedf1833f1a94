#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "eventlog/kafka/follower.h"
#include "eventlog/kafka/state_cache.h"
#include "eventlog/sqlite/projection.h"

namespace guichet::eventlog::kafka {

/// All states of some compacted topics, followed into a SQLite file of this process, with the
/// tables of a projection beside them: what a gateway reads. May be deleted at any time.
class Replica {
 public:
  using Applied = std::function<void(const std::vector<Record>&)>;

  /// `applied` is called with records once they can be read here. Throws LogUnavailable.
  Replica(const Cluster& cluster, const std::filesystem::path& file,
          const std::vector<std::string>& topics, std::unique_ptr<Projection> projection,
          Applied applied);

  std::optional<Record> latest(std::string_view topic, std::string_view key) const;
  /// Whether all that stood in the topics when this was opened can be read here. Any thread.
  bool caught_up() const { return behind_ == 0; }
  /// Whether all up to and with this position can be read here. Any thread.
  bool applied(std::string_view topic, std::uint32_t partition, std::uint64_t position) const;

  ReadPool& readers() { return readers_; }

 private:
  void apply(std::vector<Record> records, const Places& next);
  void advance(const Places& next);
  bool prepare_projection(bool anew);

  StateCache cache_;
  std::unique_ptr<Projection> projection_;
  Applied applied_;
  mutable ReadPool readers_;
  std::map<std::string, std::vector<std::atomic<std::uint64_t>>, std::less<>> next_;  // of a topic
  Places ends_;                         // not reached yet; the follower's thread only
  std::atomic<std::size_t> behind_{0};  // how many those are
  std::unique_ptr<Follower> follower_;  // last: its thread uses the rest
};

}  // namespace guichet::eventlog::kafka
