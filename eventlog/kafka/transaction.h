#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "eventlog/kafka/client.h"
#include "eventlog/record.h"

namespace guichet::eventlog::kafka {

/// A group's position to commit with a transaction.
struct GroupOffsets {
  rd_kafka_t* consumer = nullptr;
  rd_kafka_topic_partition_list_t* offsets = nullptr;
};

/// A producer whose records become visible with the input they were made of, or not at all, written
/// against a protocol that can tear (librdkafka issue #5423: no epoch per transaction before the
/// second version of KIP-890). Two rules keep it whole:
///
///   Rule A, order: outputs → all acknowledged → states → all acknowledged → offsets → commit. A
///   late commit of an earlier transaction can then never make input count as done whose outputs
///   were not sent. Rule B, guard: the requests EndTxn that leave are counted. Anything but exactly
///   one per commit means a silent retry; the producer is replaced (a new epoch) before the next
///   transaction begins. The same after every abort, and every commit that was not plainly well.
///
/// What is left is early visibility and repeats, which readers drop by id. One thread at a time.
class TransactionalProducer {
 public:
  /// Both stand in every use but the test that shows what each is for.
  struct Rules {
    bool outputs_before_offsets = true;
    bool one_end_of_transaction = true;
  };

  /// Takes over `transactional_id` at the first commit, or by `take_over`: whoever had it is
  /// fenced, and what it left open is ended.
  TransactionalProducer(Cluster cluster, const std::string& transactional_id, Rules rules);
  ~TransactionalProducer();

  /// Waits for the broker. Throws LogUnavailable.
  void take_over();

  /// Commits all of it. Sets the partition and position of each record. Throws LogUnavailable when
  /// it is not known whether it was committed: the caller reads its positions again.
  void commit(std::span<Record> outputs, std::span<Record> states,
              std::span<const GroupOffsets> positions);

  /// How often a producer was replaced after the first.
  std::uint64_t replaced() const { return replaced_; }

 private:
  class Delivery;
  void send(std::span<Record> records);
  void flush();
  void send_positions(std::span<const GroupOffsets> positions);
  void end();

  Cluster cluster_;
  Rules rules_;
  std::unique_ptr<Delivery> delivery_;  // outlives the producer, whose threads use it
  Handle producer_;
  bool trusted_ = false;  // false: replaced before the next transaction
  std::uint64_t replaced_ = 0;
};

}  // namespace guichet::eventlog::kafka
