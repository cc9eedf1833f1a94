#include "gateway/http/server.h"

#include <netinet/tcp.h>
#include <spdlog/spdlog.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <typeinfo>
#include <unordered_set>
#include <vector>

#include "gateway/http/connection.h"
#include "gateway/http/tls.h"

namespace guichet::http {

namespace asio = boost::asio;
using asio::awaitable;
using asio::ip::tcp;

namespace {

constexpr std::chrono::milliseconds kLookEvery{100};
// After running out of descriptors: until some are closed, accepting would only spin.
constexpr std::chrono::milliseconds kAcceptPause{100};
using NotSentLowWater = asio::detail::socket_option::integer<IPPROTO_TCP, TCP_NOTSENT_LOWAT>;
constexpr auto kToken = asio::as_tuple(asio::use_awaitable);

tcp::endpoint endpoint_of(const ServerOptions& options, bool is_guarded) {
  boost::system::error_code ec;
  const auto address =
      asio::ip::make_address(options.address == "localhost" ? "127.0.0.1" : options.address, ec);
  if (ec)
    throw std::runtime_error("listen address " + options.address +
                             ": not an IP address; write one such as 127.0.0.1 or ::1");
  if (!address.is_loopback() && !is_guarded)
    throw std::runtime_error("listen address " + options.address +
                             ": without TLS and a way to know callers the server listens on "
                             "loopback only; use 127.0.0.1 or ::1");
  return {address, options.port};
}

}  // namespace

class Server::Impl {
 public:
  Impl(ServerOptions options, GatewayParts parts)
      : options_(std::move(options)),
        is_guarded_(parts.authentication != nullptr && options_.tls),
        gateway_(std::move(parts), options_) {
    const unsigned threads =
        options_.threads > 0 ? options_.threads : std::max(1U, std::thread::hardware_concurrency());
    for (unsigned i = 0; i < threads; ++i) workers_.push_back(std::make_unique<Worker>());
    if (options_.tls) tls_.emplace(*options_.tls);
    acceptor_.emplace(workers_[0]->context);
    listen();
    for (const auto& worker : workers_) {
      asio::co_spawn(worker->context, keep_looking(*worker), asio::detached);
      worker->thread = std::thread([&context = worker->context] { context.run(); });
    }
    asio::co_spawn(workers_[0]->context, accept(), asio::detached);
  }

  ~Impl() {
    drain();
    for (const auto& worker : workers_) worker->context.stop();
    for (const auto& worker : workers_) worker->thread.join();
    gateway_.stop();
  }

  std::uint16_t port() const { return port_; }

  void drain() {
    const std::lock_guard once(drain_mutex_);
    if (draining_.exchange(true)) return;
    const SteadyTime deadline = std::chrono::steady_clock::now() + options_.limits.drain_time;
    gateway_.drain();
    asio::post(workers_[0]->context, [this] {
      boost::system::error_code ignored;
      acceptor_->close(ignored);
    });
    for_all_connections(
        [](Connection& connection) { connection.look(std::chrono::steady_clock::now()); });
    std::unique_lock lock(open_mutex_);
    if (closed_.wait_until(lock, deadline, [this] { return open_ == 0; })) return;
    spdlog::warn("drain: {} connections were cut off", open_);
    lock.unlock();
    for_all_connections([](Connection& connection) { connection.close(); });
  }

 private:
  // One thread, and the connections that belong to it.
  struct Worker {
    asio::io_context context{1};
    asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
    // Made here: with it come the descriptors of its context, of which a thread could find none.
    asio::steady_timer look{context};
    std::unordered_set<Connection*> connections;
    std::thread thread;
  };

  void listen() {
    const tcp::endpoint endpoint = endpoint_of(options_, is_guarded_);
    boost::system::error_code ec;
    acceptor_->open(endpoint.protocol(), ec);
    if (!ec) acceptor_->set_option(asio::socket_base::reuse_address(true), ec);
    if (!ec) acceptor_->bind(endpoint, ec);
    if (!ec) acceptor_->listen(asio::socket_base::max_listen_connections, ec);
    if (ec)
      throw std::runtime_error("cannot listen on " + options_.address + ":" +
                               std::to_string(options_.port) + " (" + ec.message() +
                               "); stop what listens there, or choose another port");
    port_ = acceptor_->local_endpoint().port();
  }

  awaitable<void> accept() {
    asio::steady_timer pause(workers_[0]->context);
    for (std::size_t next = 0; !draining_; ++next) {
      Worker& worker = *workers_[next % workers_.size()];
      auto [ec, socket] = co_await acceptor_->async_accept(worker.context, kToken);
      if (draining_) co_return;
      if (ec) {
        if (ec != asio::error::connection_aborted) {
          spdlog::warn("accept: {}", ec.message());
          pause.expires_after(kAcceptPause);
          co_await pause.async_wait(kToken);
        }
        continue;
      }
      boost::system::error_code gone;
      auto place = gateway_.enter(socket.remote_endpoint(gone).address());
      if (!place || !enter()) {
        ++gateway_.metrics.connections_refused;
        continue;  // closed by leaving the scope
      }
      asio::post(worker.context,
                 [this, &worker, socket = std::move(socket), place = std::move(place)]() mutable {
                   serve(worker, std::move(socket), std::move(place));
                 });
    }
  }

  void serve(Worker& worker, tcp::socket socket, std::unique_ptr<CallerShares::Place> place) {
    boost::system::error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    // Else the system takes megabytes of answers for each who reads slowly, and runs short itself.
    socket.set_option(NotSentLowWater(static_cast<int>(options_.limits.unsent_bytes)), ignored);
    const auto connection =
        std::make_shared<Connection>(std::move(socket), tls_ ? tls_->now() : nullptr,
                                     std::move(place), gateway_, options_.limits, draining_);
    worker.connections.insert(connection.get());
    asio::co_spawn(
        worker.context, [connection] { return connection->run(); },
        asio::bind_cancellation_slot(connection->cancellation().slot(),
                                     [this, &worker, connection](std::exception_ptr failure) {
                                       worker.connections.erase(connection.get());
                                       connection->close();
                                       leave();
                                       report(failure);
                                     }));
  }

  static void report(const std::exception_ptr& failure) {
    if (!failure) return;
    try {
      std::rethrow_exception(failure);
    } catch (const boost::system::system_error& error) {
      if (error.code() != asio::error::operation_aborted)
        spdlog::error("fault of a connection: {}", error.code().message());
    } catch (const std::exception& fault) {
      spdlog::error("fault of a connection: {}", typeid(fault).name());
    }
  }

  awaitable<void> keep_looking(Worker& worker) {
    while (true) {
      worker.look.expires_after(kLookEvery);
      co_await worker.look.async_wait(kToken);
      look_at_all(worker, [now = std::chrono::steady_clock::now()](Connection& connection) {
        connection.look(now);
      });
    }
  }

  // A connection that is closed leaves the set later, when its coroutine ends.
  template <class Act>
  static void look_at_all(Worker& worker, const Act& act) {
    const std::vector<Connection*> all(worker.connections.begin(), worker.connections.end());
    for (Connection* connection : all)
      if (worker.connections.contains(connection)) act(*connection);
  }

  template <class Act>
  void for_all_connections(Act act) {
    for (const auto& worker : workers_)
      asio::post(worker->context, [&worker = *worker, act] { look_at_all(worker, act); });
  }

  bool enter() {
    const std::lock_guard lock(open_mutex_);
    if (open_ >= options_.limits.connections) return false;
    gateway_.metrics.connections = static_cast<std::int64_t>(++open_);
    return true;
  }

  void leave() {
    const std::lock_guard lock(open_mutex_);
    gateway_.metrics.connections = static_cast<std::int64_t>(--open_);
    if (open_ == 0) closed_.notify_all();
  }

  const ServerOptions options_;
  const bool is_guarded_;
  Gateway gateway_;
  std::atomic<bool> draining_{false};
  std::mutex drain_mutex_;
  std::mutex open_mutex_;
  std::condition_variable closed_;
  std::size_t open_ = 0;
  std::uint16_t port_ = 0;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::optional<tcp::acceptor> acceptor_;
  std::optional<Tls> tls_;
};

Server::Server(ServerOptions options, GatewayParts parts)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(parts))) {}
Server::~Server() = default;

std::uint16_t Server::port() const {
  return impl_->port();
}
void Server::drain() {
  impl_->drain();
}

}  // namespace guichet::http
