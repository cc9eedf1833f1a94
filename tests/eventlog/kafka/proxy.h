#pragma once

#include <atomic>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace guichet::eventlog {

/// A proxy before a broker that understands Kafka's framing, so that a test can hold one request
/// back, cut the connection it came on, and let it arrive at the broker later.
///
/// `scripts/kafka` gives each broker a listener on its port + 50 that sends clients to port + 70:
/// the proxy listens there.
class KafkaProxy {
 public:
  explicit KafkaProxy(std::uint16_t broker_port);
  ~KafkaProxy();

  std::string address() const;

  /// The next request of this kind is held, and its connection cut; the client will send it again.
  void hold_next(std::int16_t api_key);
  bool is_holding() const;
  /// When the next request of this kind comes, the held one is let go first.
  void release_before(std::int16_t api_key);
  bool was_released() const;
  /// Cuts every connection.
  void cut_all();

 private:
  struct Connection;
  void accept();
  void pump_requests(Connection& connection);
  void pump_answers(Connection& connection);
  bool pass_on(Connection& connection, const std::string& frame);

  std::uint16_t broker_port_;
  int listener_ = -1;
  std::atomic<std::int16_t> hold_{-1};
  std::atomic<std::int16_t> release_before_{-1};
  mutable std::mutex mutex_;
  std::string held_;
  Connection* held_on_ = nullptr;
  bool released_ = false;
  std::list<std::unique_ptr<Connection>> connections_;
  std::jthread accepting_;
};

}  // namespace guichet::eventlog
