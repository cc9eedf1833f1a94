#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>
#include <optional>
#include <string>

#include "gateway/http/exchange.h"
#include "gateway/http/server.h"
#include "guichet/v1/runs.pb.h"

namespace guichet::http {

/// The calls under /v1/payment-runs. A command goes to the run's owner, and the
/// answer follows from the verdict that the owner's state carries. Any thread.
class PaymentRuns {
 public:
  PaymentRuns(const GatewayParts& parts, const Limits& limits, boost::asio::thread_pool& readers)
      : parts_(parts), limits_(limits), readers_(readers) {}

  boost::asio::awaitable<Response> prepare(const Exchange& exchange);
  boost::asio::awaitable<Response> list(const Exchange& exchange);
  boost::asio::awaitable<Response> read(const Exchange& exchange);
  boost::asio::awaitable<Response> release(const Exchange& exchange);
  boost::asio::awaitable<Response> cancel(const Exchange& exchange);
  boost::asio::awaitable<Response> files(const Exchange& exchange);
  boost::asio::awaitable<Response> file(const Exchange& exchange);

 private:
  /// Appends the command and waits for its verdict: the run with it, or the response that says why
  /// there is none.
  struct Sent {
    std::optional<v1::RunState> run;
    v1::RunVerdict::Outcome outcome = v1::RunVerdict::OUTCOME_UNSPECIFIED;
    ProblemKind problem = ProblemKind::no_verdict;
  };
  boost::asio::awaitable<Sent> send(const Exchange& exchange, std::string run_id, v1::Kind kind,
                                    std::string payload);
  std::optional<v1::RunState> find(const std::string& run_id) const;
  Response refuse(const Exchange& exchange, v1::RunVerdict::Outcome outcome) const;

  const GatewayParts& parts_;
  const Limits& limits_;
  boost::asio::thread_pool& readers_;
};

}  // namespace guichet::http
