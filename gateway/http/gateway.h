#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>
#include <memory>
#include <optional>

#include "gateway/http/applications.h"
#include "gateway/http/audits.h"
#include "gateway/http/caller_shares.h"
#include "gateway/http/cors.h"
#include "gateway/http/events.h"
#include "gateway/http/exchange.h"
#include "gateway/http/ledger.h"
#include "gateway/http/metrics.h"
#include "gateway/http/payment_list.h"
#include "gateway/http/payment_runs.h"
#include "gateway/http/payment_stops.h"
#include "gateway/http/programs.h"
#include "gateway/http/proxies.h"
#include "gateway/http/rate_limit.h"
#include "gateway/http/server.h"

namespace guichet::http {

/// What stands behind the connections: finds the route of a request, asks whether the caller may,
/// and has the call answered. Every request ends here in one response, one count and at most one
/// log line. Any thread of the server.
class Gateway {
 public:
  /// Throws std::runtime_error that says which option is wrong.
  Gateway(GatewayParts parts, const ServerOptions& options);

  boost::asio::awaitable<Response> handle(const Request& request);

  /// The response to a request that was refused before it could be routed.
  Response refuse(const Problem& problem, std::string_view accept_language);

  /// Not ready any more; waits that may be cut short are.
  void drain();

  /// Nothing reaches the threads of the connections any more, which have ended.
  void stop();

  /// A place among the connections of this caller; null where it has as many as one may.
  std::unique_ptr<CallerShares::Place> enter(const boost::asio::ip::address& caller) {
    return shares_.enter(caller);
  }

  /// Whether so many connections are open that the last tenth is left, which is kept for reads and
  /// for operators.
  bool is_crowded() const;

  Metrics metrics;

 private:
  boost::asio::awaitable<Response> answer(Exchange& exchange);
  boost::asio::awaitable<Response> answer_or_fail(Exchange& exchange);
  boost::asio::awaitable<std::optional<Response>> identify(Exchange& exchange);
  boost::asio::awaitable<Response> dispatch(const Exchange& exchange);
  std::optional<Response> refuse_for_want_of_room(Exchange& exchange);
  Response ready() const;
  std::size_t waiting_requests() const;

  GatewayParts parts_;
  const Limits& limits_;
  const Proxies proxies_;
  const Cors cors_;
  RateLimit rate_;
  CallerShares shares_;
  // Where the process is a gateway.
  std::optional<CaseWatches> watches_;
  boost::asio::thread_pool readers_{1};
  std::optional<Applications> applications_;
  std::optional<Events> events_;
  std::optional<PaymentRuns> payment_runs_;
  std::optional<PaymentList> payment_list_;
  std::optional<Ledger> ledger_;
  std::optional<PaymentStops> payment_stops_;
  std::optional<Audits> audits_;
  Programs programs_;
  std::atomic<bool> draining_{false};
};

}  // namespace guichet::http
