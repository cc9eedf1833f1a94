#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "eventlog/kafka/attempts.h"
#include "eventlog/kafka/group_consumer.h"
#include "eventlog/kafka/idempotent_producer.h"
#include "eventlog/kafka/state_cache.h"
#include "eventlog/kafka/transaction.h"
#include "eventlog/log.h"

namespace guichet::eventlog::kafka {

/// A session on Kafka. With states: outputs, states and positions in one transaction. Without:
/// sent, acknowledged, then the positions are committed; ids come from meaning, and readers drop
/// repeats.
class KafkaSession : public Session {
 public:
  struct Parts {
    Cluster cluster;
    std::filesystem::path cache_folder;
    IdempotentProducer* plain = nullptr;  // outlives the session
    Written* written = nullptr;           // likewise
    TransactionalProducer::Rules rules;
  };
  KafkaSession(SessionOptions options, Parts parts);
  ~KafkaSession() override;

  Polled poll(std::string_view group, std::size_t most) override;
  std::optional<Record> latest(std::string_view topic, std::string_view key) override;
  std::vector<DueState> due(std::string_view topic, Instant now, std::size_t most) override;
  std::vector<Record> scan(std::string_view topic, std::uint32_t partition, std::string_view after,
                           std::size_t most) override;
  void commit(std::vector<Record> records) override;
  void abort() override;
  std::uint64_t generation() const override { return generation_; }
  bool stopped_in_order() const override { return attempts_.stopped_in_order(); }
  std::optional<Attempt> last_attempt(std::string_view group) const override {
    return attempts_.last(group);
  }
  void note_attempt(std::string_view group, const std::optional<Attempt>& attempt) override {
    attempts_.note(group, attempt);
  }
  void wait(std::chrono::milliseconds most) override;

 private:
  void join(const Subscription& subscription);
  void count_fencing(const std::string& group);
  std::vector<std::uint32_t> owned() const;
  void await_what_was_left(GroupConsumer& consumer);
  void restore_new();
  void heal();
  void commit_as_transaction(std::vector<Record> records);

  SessionOptions options_;
  Parts parts_;
  Attempts attempts_;
  std::set<std::string, std::less<>> state_topics_;
  std::unique_ptr<TransactionalProducer> transaction_;  // null without states
  std::unique_ptr<StateCache> cache_;                   // likewise
  std::set<std::uint32_t> not_restored_;
  bool in_doubt_ = false;  // whether the last commit came to be is not known
  std::map<std::string, std::vector<std::chrono::steady_clock::time_point>> fenced_;  // by group
  std::uint64_t generation_ = 1;
  std::optional<std::uint64_t> polled_in_;  // the generation of what was polled and not committed
  std::set<std::string, std::less<>> to_await_;  // groups whose partitions may hold what kills
  Arrivals arrivals_;
  std::map<std::string, std::unique_ptr<GroupConsumer>, std::less<>> consumers_;  // by group
};

}  // namespace guichet::eventlog::kafka
