#include "gateway/http/tell_owner.h"

#include <atomic>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <memory>
#include <utility>

namespace guichet::http {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::milliseconds kStatePoll{10};

}  // namespace

asio::awaitable<std::optional<ProblemKind>> tell_owner(eventlog::Log& log,
                                                       std::vector<eventlog::Record> records,
                                                       std::chrono::milliseconds most,
                                                       std::function<bool()> seen) {
  const auto deadline = std::chrono::steady_clock::now() + most;
  const auto lost = std::make_shared<std::atomic<bool>>(false);
  const bool taken = log.append(std::move(records), [lost](bool durable) { *lost = !durable; });
  if (!taken) co_return log.statistics().disk_full ? ProblemKind::disk_full : ProblemKind::no_room;
  asio::steady_timer timer(co_await asio::this_coro::executor);
  while (std::chrono::steady_clock::now() < deadline) {
    if (*lost) co_return ProblemKind::no_room;
    if (seen()) co_return std::nullopt;
    timer.expires_after(kStatePoll);
    co_await timer.async_wait(asio::use_awaitable);
  }
  co_return ProblemKind::no_verdict;
}

}  // namespace guichet::http
