#pragma once

#include <functional>
#include <map>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "eventlog/kafka/client.h"
#include "eventlog/log.h"

namespace guichet::eventlog::kafka {

/// Reads every partition of some topics on a thread of its own, committed records only, without a
/// group, for as long as it lives.
class Follower {
 public:
  using Place = std::pair<std::string, std::uint32_t>;  // topic, partition
  using Places = std::map<Place, std::uint64_t>;        // the next offset of each

  /// Called with what came, and where each partition goes on; one call at a time.
  using Call = std::function<void(std::vector<Record>, const Places& next)>;

  Follower(const Cluster& cluster, const Places& from, Call call);
  ~Follower();

 private:
  void run(std::stop_token stop);

  Cluster cluster_;
  Call call_;
  Handle consumer_;
  std::jthread thread_;
};

/// The end of every partition of the topics, for a follower that begins now. Throws LogUnavailable.
Follower::Places ends_of(const Cluster& cluster, const std::vector<std::string>& topics);

}  // namespace guichet::eventlog::kafka
