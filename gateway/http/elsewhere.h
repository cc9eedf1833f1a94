#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <type_traits>
#include <utility>

namespace guichet::http {

/// What `work` returns, done on a thread of `threads`: what takes long must not hold up the
/// connections that share this one. It is done to its end though the client be gone meanwhile;
/// what `work` refers to lives so long.
///
/// Cancellation must not be passed on to it: Boost 1.81 then sends a pointer to the awaiting
/// handler over to the other thread, where it may arrive when that handler is gone.
template <class Work>
boost::asio::awaitable<std::invoke_result_t<Work>> elsewhere(boost::asio::thread_pool& threads,
                                                             Work work) {
  namespace asio = boost::asio;
  using Result = std::invoke_result_t<Work>;
  auto there = [&work]() -> asio::awaitable<Result> { co_return work(); };
  auto token = asio::bind_cancellation_slot(asio::cancellation_slot(), asio::use_awaitable);
  auto executor = threads.get_executor();
  co_return co_await asio::co_spawn(executor, std::move(there), std::move(token));
}

}  // namespace guichet::http
