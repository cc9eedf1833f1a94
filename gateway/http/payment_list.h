#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>
#include <optional>
#include <string>
#include <vector>

#include "gateway/http/exchange.h"
#include "gateway/http/json_out.h"
#include "gateway/http/server.h"
#include "guichet/v1/payments.pb.h"

namespace guichet::http {

/// GET /v1/payments, three lists of it:
///
///   ?client=C [&run=R]                 the last payments of a client's account, newest first
///   ?run=R [&limit&cursor]             all that a released run instructed, in its order
///   ?status=rejected [&run=R&limit&cursor]  what the bank rejected and what became of it, newest
///                                      first
///
/// Any thread.
class PaymentList {
 public:
  PaymentList(const GatewayParts& parts, boost::asio::thread_pool& readers)
      : parts_(parts), readers_(readers) {}

  boost::asio::awaitable<Response> list(const Exchange& exchange);

 private:
  struct Question {
    std::string client;
    std::string run;
    bool rejected = false;
    unsigned limit = 0;
    std::string cursor;
  };
  /// Each writes its items, and gives the cursor of the next page; empty: there is none.
  std::string of_client(JsonOut& out, About& about, const Question& asked, Language language) const;
  std::string of_run(JsonOut& out, About& about, const Question& asked, Language language) const;
  std::string rejected(JsonOut& out, About& about, const Question& asked, Language language) const;
  v1::ClientAccount account(const std::string& client) const;
  static Question read_question(const Query& query, std::vector<FieldError>& errors);

  const GatewayParts& parts_;
  boost::asio::thread_pool& readers_;
};

}  // namespace guichet::http
