#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "gateway/http/exchange.h"
#include "gateway/http/server.h"
#include "guichet/v1/payments.pb.h"

namespace guichet::http {

/// The calls under /v1/payment-stops: what keeps payments back until a person lifts it. A stop has
/// an id of meaning, so that laying it twice is laying it once:
///
///   client:c_8f3a…   program:ca-ccb   all   account:<digest of the account's number>
///
/// One on a client is laid by the owner of their account; any other by the owner of every
/// partition, and answered once all have it. Any thread.
class PaymentStops {
 public:
  PaymentStops(const GatewayParts& parts, const Limits& limits, boost::asio::thread_pool& readers)
      : parts_(parts), limits_(limits), readers_(readers) {}

  boost::asio::awaitable<Response> list(const Exchange& exchange);
  boost::asio::awaitable<Response> lay(const Exchange& exchange);
  boost::asio::awaitable<Response> read(const Exchange& exchange);
  boost::asio::awaitable<Response> lift(const Exchange& exchange);

 private:
  using Stops = std::vector<v1::PaymentStop>;

  std::variant<v1::PaymentStop, Problem> read_body(const Exchange& exchange) const;
  std::string id_of(const v1::PaymentStop& stop) const;
  /// The stop with this id, wherever it is laid.
  std::optional<v1::PaymentStop> find(const std::string& id) const;
  Stops of_client(const std::string& client) const;
  Stops of_partition(std::uint32_t partition) const;
  /// Whether all that a stop is laid at have it, or have it no more.
  bool is_everywhere(const v1::PaymentStop& stop, bool laid) const;
  bool is_full(const v1::PaymentStop& stop) const;
  boost::asio::awaitable<std::optional<ProblemKind>> send(const Exchange& exchange,
                                                          v1::PaymentStop stop);
  Response stop_response(const v1::PaymentStop& stop, unsigned status) const;

  const GatewayParts& parts_;
  const Limits& limits_;
  boost::asio::thread_pool& readers_;
};

}  // namespace guichet::http
