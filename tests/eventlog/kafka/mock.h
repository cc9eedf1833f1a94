#pragma once

// librdkafka's own headers are not C++ enough for rdkafka_mock.h to stand alone.
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <initializer_list>
#include <string>
#include <vector>

#include "eventlog/kafka/client.h"

namespace guichet::eventlog::kafka {

/// Kafka protocol, ApiKey.
enum class Api : std::int16_t {
  kProduce = 0,
  kFetch = 1,
  kListOffsets = 2,
  kOffsetCommit = 8,
  kOffsetFetch = 9,
  kJoinGroup = 11,
  kHeartbeat = 12,
  kInitProducerId = 22,
  kOffsetForLeaderEpoch = 23,
  kAddPartitionsToTxn = 24,
  kAddOffsetsToTxn = 25,
  kEndTxn = 26,
  kTxnOffsetCommit = 28,
};

/// Brokers that librdkafka itself plays, and that answer with what a test wants: for errors that a
/// real broker gives only in rare moments. They know no transactions: all that is written is read.
class MockCluster {
 public:
  explicit MockCluster(int brokers = 1)
      : client_(open_producer(configure({}))),
        cluster_(rd_kafka_mock_cluster_new(client_.get(), brokers)) {}
  ~MockCluster() { rd_kafka_mock_cluster_destroy(cluster_); }
  MockCluster(const MockCluster&) = delete;
  MockCluster& operator=(const MockCluster&) = delete;

  std::string address() const { return rd_kafka_mock_cluster_bootstraps(cluster_); }
  rd_kafka_mock_cluster_t* get() { return cluster_; }

  void make_topic(const std::string& name, int partitions = 1, int replicas = 1) {
    rd_kafka_mock_topic_create(cluster_, name.c_str(), partitions, replicas);
  }

  /// The next answers to requests of this kind, of any broker.
  void answer(Api api, std::initializer_list<rd_kafka_resp_err_t> errors) {
    rd_kafka_mock_push_request_errors_array(cluster_, static_cast<std::int16_t>(api), errors.size(),
                                            std::data(errors));
  }
  void answer(Api api, rd_kafka_resp_err_t error, std::size_t times) {
    const std::vector<rd_kafka_resp_err_t> errors(times, error);
    rd_kafka_mock_push_request_errors_array(cluster_, static_cast<std::int16_t>(api), errors.size(),
                                            errors.data());
  }
  void forget_answers(Api api) {
    rd_kafka_mock_clear_request_errors(cluster_, static_cast<std::int16_t>(api));
  }

 private:
  Handle client_;
  rd_kafka_mock_cluster_t* cluster_;
};

}  // namespace guichet::eventlog::kafka
