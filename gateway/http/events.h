#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>

#include "gateway/http/event_feed.h"
#include "gateway/http/exchange.h"

namespace guichet::http {

/// GET /v1/events: what partner agencies see, as CloudEvents in the JSON batch format, with a Link
/// to where the next page begins. Any thread of the server.
class Events {
 public:
  Events(eventlog::Log& log, boost::asio::thread_pool& readers);

  boost::asio::awaitable<Response> list(const Exchange& exchange);

  /// Cuts short every wait, now and from now on.
  void drain() { draining_ = true; }

 private:
  struct Question;
  Question read_question(const Exchange& exchange) const;
  boost::asio::awaitable<EventPage> read(const Question& asked);

  std::uint32_t partitions_;
  EventFeed feed_;
  boost::asio::thread_pool& readers_;
  std::atomic<bool> draining_{false};
};

}  // namespace guichet::http
