#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "eventlog/kafka/arrivals.h"
#include "eventlog/kafka/extent.h"
#include "eventlog/kafka/transaction.h"

namespace guichet::eventlog::kafka {

/// A member of a group: the partitions it was given, what it read of them, and up to where that is
/// to be committed. Only committed records are seen. Partitions move eagerly: all are given back
/// before any is given. One thread at a time; callbacks come from within `poll` and `serve`.
///
/// A position whose records are gone (deleted before they were handled) is never skipped: `poll`
/// throws until somebody has decided. What is refused (no right, no such topic) is thrown when it
/// happens, and again every kSayAgain as long as it lasts; librdkafka goes on trying.
class GroupConsumer {
 public:
  struct Callbacks {
    std::function<void(const std::vector<Place>&)> assigned;
    std::function<void(const std::vector<Place>&)> revoked;
  };

  /// `instance` is stable across restarts: a member that comes back within the session's timeout
  /// gets its partitions back without a move. `arrivals` outlives it.
  GroupConsumer(Cluster cluster, const std::string& group, const std::string& instance,
                const std::vector<std::string>& topics, Arrivals& arrivals, Callbacks callbacks);
  /// Commits what was handled, waiting a while for the answer.
  ~GroupConsumer();

  /// Records after those polled before, at most `most`; does not wait. Throws LogUnavailable.
  std::vector<Record> poll(std::size_t most);
  /// Takes what came, so that moves of partitions and answers are served. True: records came.
  /// Throws as poll.
  bool serve();

  /// Something was taken by `serve` that was not polled yet.
  bool has_some() const { return !fetched_.empty(); }
  /// Partitions were given, and nothing more is in them than was polled or taken.
  bool at_ends() const;

  /// What a commit moves the group to. Empty when nothing was polled since the last `handled`.
  GroupOffsets positions();
  /// What was polled is handled; the positions were committed.
  void committed();
  /// What was polled is handled; the positions are to be committed, one request at a time, and
  /// those that come meanwhile with the next. A crash repeats what is not committed yet.
  void commit_behind();
  /// Goes back to what is committed on the broker; records after it are polled again. Throws
  /// LogUnavailable.
  void rewind();

  /// Librdkafka's client can do no more; a new consumer must take its place.
  bool broken() const { return broken_; }
  /// It broke because another member came under its instance's name. That may have been this one:
  /// come back after its session had ended, it is fenced by requests that were under way.
  bool fenced() const { return fenced_; }

  std::vector<std::uint32_t> partitions_of(std::string_view topic) const;

 private:
  static void rebalance(rd_kafka_t*, rd_kafka_resp_err_t error,
                        rd_kafka_topic_partition_list_t* partitions, void* self);
  static void answered(rd_kafka_t*, rd_kafka_resp_err_t error, rd_kafka_topic_partition_list_t*,
                       void* self);
  void give(rd_kafka_topic_partition_list_t* partitions);
  void take_back();
  bool fetch();
  void failed(rd_kafka_resp_err_t error, const rd_kafka_message_t& message);
  void commit_ends();
  void commit_now();
  void send_handled();
  void check_gone(const rd_kafka_topic_partition_list_t& committed);

  Place place_of(const rd_kafka_topic_partition_t& partition) const;
  Partitions list_of(const Places& positions) const;
  bool has(const Place& place) const;

  Cluster cluster_;
  std::string group_;
  Arrivals& arrivals_;
  Callbacks callbacks_;
  Handle consumer_;
  bool broken_ = false;
  bool joined_ = false;  // partitions were given since it began, or none were left to give
  bool fenced_ = false;
  std::vector<Place> assigned_;
  std::deque<Record> fetched_;  // not polled yet
  std::size_t fetched_bytes_ = 0;
  Places polled_;   // not handled yet: the next offset of each
  Places handled_;  // to be committed behind
  Places sent_;     // of the request that is under way
  bool sending_ = false;
  Places ends_;  // reached, further than any record: what stands there shows none
  std::chrono::steady_clock::time_point ends_committed_;
  std::set<Place> gone_;                                      // where the position may be gone
  rd_kafka_resp_err_t refused_ = RD_KAFKA_RESP_ERR_NO_ERROR;  // said last
  std::chrono::steady_clock::time_point refused_at_;
  Partitions positions_;
};

}  // namespace guichet::eventlog::kafka
