#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "eventlog/kafka/client.h"
#include "eventlog/kafka/extent.h"
#include "eventlog/log.h"

namespace guichet::eventlog::kafka {

/// Reads every partition of some topics on a thread of its own, committed records only, without a
/// group, for as long as it lives.
class Follower {
 public:
  /// Called with what came, and where each of its partitions goes on; one call at a time. Without
  /// records where a partition's end was reached that holds none.
  using Call = std::function<void(std::vector<Record>, const Places& next)>;

  Follower(const Cluster& cluster, const Places& from, Call call);
  ~Follower();

 private:
  void run(std::stop_token stop);
  void failed(const rd_kafka_message_t& message);

  Cluster cluster_;
  Call call_;
  Handle consumer_;
  rd_kafka_resp_err_t refused_ = RD_KAFKA_RESP_ERR_NO_ERROR;  // said last
  std::chrono::steady_clock::time_point refused_at_;
  std::jthread thread_;
};

}  // namespace guichet::eventlog::kafka
