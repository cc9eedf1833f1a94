#pragma once

#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

namespace guichet::http {

/// What `work` returns, done on a thread of `threads`: what takes long must not hold up the
/// connections that share this one. It is done to its end though the client be gone meanwhile;
/// what `work` refers to lives so long.
///
/// Not by co_spawn: that of Boost 1.81 queues a result behind all work that waits, so that results
/// pile up, and passes a cancellation on as a pointer to a handler that may be gone when it comes.
template <class Work>
boost::asio::awaitable<std::invoke_result_t<Work>> elsewhere(boost::asio::thread_pool& threads,
                                                             Work work) {
  namespace asio = boost::asio;
  const asio::any_io_executor here = co_await asio::this_coro::executor;
  std::optional<std::invoke_result_t<Work>> result;
  std::exception_ptr failure;
  auto start = [&](auto resume) {
    asio::post(threads, [&, resume = std::move(resume)]() mutable {
      try {
        result.emplace(work());
      } catch (...) {
        failure = std::current_exception();
      }
      // Last: what is referred to may be gone as soon as this is there.
      const asio::any_io_executor back = here;
      asio::post(back, std::move(resume));
    });
  };
  asio::use_awaitable_t<> token;
  co_await asio::async_initiate<asio::use_awaitable_t<>, void()>(std::move(start), token);
  if (failure) std::rethrow_exception(failure);
  co_return std::move(*result);
}

}  // namespace guichet::http
