#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>

#include "gateway/http/exchange.h"
#include "gateway/http/server.h"
#include "gateway/http/topic_feed.h"

namespace guichet::http {

inline constexpr unsigned kMaxEventsAPage = 500;

/// GET /v1/events: what partner agencies see, as CloudEvents in the JSON batch format, with a Link
/// to where the next page begins. Any thread of the server.
class Events {
 public:
  Events(const GatewayParts& parts, const Limits& limits);

  boost::asio::awaitable<Response> list(const Exchange& exchange);

  /// Cuts short every wait, now and from now on.
  void drain() { draining_ = true; }
  /// Returns when no read is under way any more. After the threads of the connections have ended.
  void stop() { reader_.join(); }

  std::size_t waiting() const { return waiting_; }

 private:
  struct Question;
  struct Waiting;
  Question read_question(const Exchange& exchange) const;
  boost::asio::awaitable<FeedPage> read(const Question& asked);

  const GatewayParts& parts_;
  const Limits& limits_;
  TopicFeed feed_;
  std::atomic<bool> draining_{false};
  std::atomic<std::size_t> waiting_{0};
  // One after the other, in the order of asking: who reads much does not hold up who reads little.
  // A thread of its own, for on Kafka a read may wait for the broker.
  boost::asio::thread_pool reader_{1};
};

}  // namespace guichet::http
