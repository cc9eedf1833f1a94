#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>

#include "gateway/http/exchange.h"
#include "gateway/http/server.h"

namespace guichet::http {

/// POST /v1/clients/search: finds a client by SIN, or by family name and date of birth, among the
/// cases that the caller may list. In the body, so that nothing of it is in an address or a log.
boost::asio::awaitable<Response> search_clients(const Exchange& exchange, const GatewayParts& parts,
                                                boost::asio::thread_pool& readers);

}  // namespace guichet::http
