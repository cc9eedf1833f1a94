#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>

#include "gateway/audit/trail.h"
#include "gateway/http/exchange.h"
#include "gateway/http/server.h"
#include "gateway/http/topic_feed.h"

namespace guichet::http {

inline constexpr unsigned kMaxEntriesAPage = 500;

/// Puts what callers do into the audit trail, and GET /v1/audit. Any thread of the server.
class Audits {
 public:
  Audits(const GatewayParts& parts, const Limits& limits, boost::asio::thread_pool& readers);

  /// The response, once its entry is durable; in its place 503 where that was not so in time.
  boost::asio::awaitable<Response> noted(const Exchange& exchange, Call call, Response response);

  /// Wakes nobody any more: their executors are about to go. After the threads of the connections
  /// have ended.
  void stop() { trail_.stop(); }

  /// GET /v1/audit: entries, from a position or a time on.
  boost::asio::awaitable<Response> list(const Exchange& exchange);

 private:
  boost::asio::awaitable<bool> write(v1::AuditEntry entry);

  const GatewayParts& parts_;
  const Limits& limits_;
  boost::asio::thread_pool& readers_;
  TopicFeed feed_;
  audit::Trail trail_;
};

/// Whether a call that was answered so has an entry: it told of somebody, did something, or was
/// refused to this caller.
bool is_to_be_noted(const Response& response);

}  // namespace guichet::http
