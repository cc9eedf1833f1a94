#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "eventlog/kafka/client.h"
#include "eventlog/kafka/transaction.h"

namespace guichet::eventlog::kafka {

/// A member of a group: the partitions it was given, what it read of them, and up to where that is
/// to be committed. Only committed records are seen. Partitions move eagerly: all are given back
/// before any is given. One thread at a time; callbacks come from within `poll`.
class GroupConsumer {
 public:
  using PartitionId = std::pair<std::string, std::uint32_t>;  // topic as Guichet names it
  struct Callbacks {
    std::function<void(const std::vector<PartitionId>&)> assigned;
    std::function<void(const std::vector<PartitionId>&)> revoked;
  };

  /// `instance` is stable across restarts: a member that comes back within the session's timeout
  /// gets its partitions back without a move.
  GroupConsumer(Cluster cluster, const std::string& group, const std::string& instance,
                const std::vector<std::string>& topics, Callbacks callbacks);
  ~GroupConsumer();

  /// Records after those polled before, at most `most`; does not wait.
  std::vector<Record> poll(std::size_t most);
  /// Waits until there is something to poll, at most so long. False when there is nothing.
  bool wait(std::chrono::milliseconds most);

  /// What a commit moves the group to. Empty when nothing was polled since the last `committed`.
  GroupOffsets positions();
  /// Commits what was polled without a transaction. Throws LogUnavailable.
  void commit_positions();
  /// The positions were committed.
  void committed();
  /// Goes back to what is committed on the broker; records after it are polled again. Throws
  /// LogUnavailable.
  void rewind();

  std::vector<std::uint32_t> partitions_of(std::string_view topic) const;

 private:
  static void rebalance(rd_kafka_t*, rd_kafka_resp_err_t error,
                        rd_kafka_topic_partition_list_t* partitions, void* self);
  bool fetch(std::chrono::milliseconds wait);

  PartitionId id_of(const rd_kafka_topic_partition_t& partition) const;
  std::vector<PartitionId> ids_of(const rd_kafka_topic_partition_list_t& list) const;

  Cluster cluster_;
  Callbacks callbacks_;
  Handle consumer_;
  std::deque<Record> fetched_;  // not polled yet
  std::map<PartitionId, std::uint64_t>
      polled_;  // next offset, of what was polled and not committed
  std::vector<PartitionId> assigned_;
  Partitions positions_;
};

}  // namespace guichet::eventlog::kafka
