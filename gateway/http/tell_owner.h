#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <optional>
#include <vector>

#include "eventlog/log.h"
#include "gateway/http/problem.h"

namespace guichet::http {

/// Appends records for the owners of keys, as one, and waits, at most so long, until `seen` finds
/// in their durable states what they made of it. The problem where nothing was taken, or where
/// nothing is known of it yet. On the executor of the request.
boost::asio::awaitable<std::optional<ProblemKind>> tell_owner(eventlog::Log& log,
                                                              std::vector<eventlog::Record> records,
                                                              std::chrono::milliseconds most,
                                                              std::function<bool()> seen);

}  // namespace guichet::http
