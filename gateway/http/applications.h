#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "eventlog/key_snapshot.h"
#include "gateway/http/application_in.h"
#include "gateway/http/commands.h"
#include "gateway/http/exchange.h"
#include "gateway/http/server.h"
#include "gateway/identity/access.h"
#include "payments/terms.h"

namespace guichet::http {

/// The calls under /v1/applications. Any thread of the server.
class Applications {
 public:
  Applications(const GatewayParts& parts, const Limits& limits, CaseWatches& watches,
               boost::asio::thread_pool& readers, std::atomic<std::int64_t>& streams);

  boost::asio::awaitable<Response> submit(const Exchange& exchange);
  boost::asio::awaitable<Response> read(const Exchange& exchange);
  /// Server-sent events as the case changes.
  boost::asio::awaitable<Response> events(const Exchange& exchange);
  /// What happened to the case so far.
  boost::asio::awaitable<Response> history(const Exchange& exchange);
  boost::asio::awaitable<Response> list(const Exchange& exchange);
  boost::asio::awaitable<Response> amend(const Exchange& exchange);
  boost::asio::awaitable<Response> withdraw(const Exchange& exchange);

 private:
  struct Named {
    std::string id;
    std::string number;
    std::string client;
  };
  /// Whether a write that was accepted may wait until every program has answered.
  enum class Wait { if_preferred, no };

  std::variant<ApplicationIn, Response> read_body(const Exchange& exchange) const;
  std::variant<std::string, Response> idempotency_key(const Exchange& exchange) const;
  /// The id that an {id} names, which may be a short number; or why it names none.
  std::variant<std::string, Response> resolve(const Exchange& exchange, Call call) const;
  /// Whether the caller may make this call to this case; who may not does not learn of it.
  bool may(const Exchange& exchange, Call call, const v1::CaseState& state) const;
  eventlog::Record command(const Exchange& exchange, v1::Kind kind, const std::string& id,
                           std::string payload) const;
  boost::asio::awaitable<Response> send(const Exchange& exchange, eventlog::Record command,
                                        Named named, bool has_key, Wait wait);
  boost::asio::awaitable<std::optional<Response>> wait_for_position(const Exchange& exchange) const;
  std::variant<views::CaseView, Response> find_case(const Exchange& exchange,
                                                    const std::string& id) const;
  /// The client's account as it is now; null where there is none.
  std::shared_ptr<const eventlog::KeySnapshot> account_of(const views::CaseView& now) const;
  /// The ETag of what `whole_case` shows.
  std::string whole_etag(const views::CaseView& now) const;
  Response whole_case(const Exchange& exchange, const views::CaseView& now, unsigned status) const;

  const GatewayParts& parts_;
  const Limits& limits_;
  CaseWatches& watches_;
  boost::asio::thread_pool& readers_;
  std::atomic<std::int64_t>& streams_;
  Commands commands_;
  payments::TermsOf terms_of_;
};

}  // namespace guichet::http
