#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>

#include "gateway/http/exchange.h"
#include "gateway/http/server.h"

namespace guichet::http {

/// The calls under /v1/ledger, and /v1/settlements: what the books say, and whether they are right.
/// Each reads the log from its beginning, elsewhere than the connections. Any thread.
class Ledger {
 public:
  Ledger(const GatewayParts& parts, boost::asio::thread_pool& readers)
      : parts_(parts), readers_(readers) {}

  /// ?at=POSITION or a day, ?client=
  boost::asio::awaitable<Response> accounts(const Exchange& exchange);
  boost::asio::awaitable<Response> check(const Exchange& exchange);
  /// ?of=POSTING or PAYMENT
  boost::asio::awaitable<Response> trace(const Exchange& exchange);
  /// ?month=2026-07, ?format=json, html, csv
  boost::asio::awaitable<Response> settlements(const Exchange& exchange);

 private:
  const GatewayParts& parts_;
  boost::asio::thread_pool& readers_;
};

}  // namespace guichet::http
