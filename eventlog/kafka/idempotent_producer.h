#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

#include "eventlog/kafka/client.h"
#include "eventlog/record.h"

namespace guichet::eventlog::kafka {

/// Sends records without a transaction, each acknowledged by all replicas and written once within
/// the life of the producer: intake, and stages without state. Replaced by itself after a fatal
/// error. Any thread.
class IdempotentProducer {
 public:
  /// `written` outlives it.
  IdempotentProducer(Cluster cluster, Written& written);
  /// Waits for what is under way.
  ~IdempotentProducer();

  /// False: no room, or no right, now; nothing was taken. `done(false)`: not all of them are known
  /// to be in the log; some may be.
  bool send(const std::vector<Record>& records, Log::AppendDone done);

  /// Sends and waits. Throws LogUnavailable.
  void send_and_wait(const std::vector<Record>& records);

  std::uint64_t waiting() const;

 private:
  static constexpr std::chrono::milliseconds kMinWait{100};
  struct Batch;
  static void delivered(rd_kafka_t*, const rd_kafka_message_t* message, void* self);
  void run(std::stop_token stop);
  Handle make();
  void replace();
  void say(rd_kafka_resp_err_t error, const std::string& topic);

  Cluster cluster_;
  Written& written_;
  std::mutex replacing_;
  rd_kafka_resp_err_t said_ = RD_KAFKA_RESP_ERR_NO_ERROR;
  std::chrono::steady_clock::time_point said_at_;
  Handle producer_;
  std::atomic<std::uint64_t> waiting_{0};
  std::chrono::milliseconds wait_ = kMinWait;  // before it is replaced again; polling_ only
  std::jthread polling_;
};

}  // namespace guichet::eventlog::kafka
