#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <chrono>
#include <optional>

#include "gateway/http/framing.h"
#include "gateway/http/gateway.h"
#include "gateway/identity/certificate_table.h"

// Included by connection.cpp and server.cpp alone: the header here that knows Beast and TLS.

namespace guichet::http {

/// One connection: reads a request, has it answered, writes the response, and again, until either
/// side has enough. Everything happens on the one thread that it belongs to; `look` is called there
/// every now and then, and keeps its deadlines.
class Connection {
 public:
  /// `tls` is what it shakes hands with; null: it speaks plain HTTP.
  Connection(boost::asio::ip::tcp::socket socket, std::shared_ptr<boost::asio::ssl::context> tls,
             std::unique_ptr<CallerShares::Place> place, Gateway& gateway, const Limits& limits,
             const std::atomic<bool>& draining);

  /// Ends when the connection is closed.
  boost::asio::awaitable<void> run();

  /// Closes it where its time is up, or where it is idle while the server drains; gives up the
  /// request where the client is gone.
  void look(SteadyTime now);
  void close();

  boost::asio::cancellation_signal& cancellation() { return cancellation_; }

 private:
  enum class Doing {
    shaking_hands,
    waiting,
    reading_header,
    reading_body,
    answering,
    writing,
    dropping
  };

  boost::asio::awaitable<bool> shake_hands();
  boost::asio::awaitable<void> serve();
  boost::asio::awaitable<std::optional<std::size_t>> read_header();
  boost::asio::awaitable<bool> read_body(std::size_t whole, const Framing& framing);
  boost::asio::awaitable<bool> read_some(std::size_t most);
  boost::asio::awaitable<bool> write(const Response& response, bool head, bool close);
  template <class Buffers>
  boost::asio::awaitable<bool> send(Buffers buffers);
  boost::asio::awaitable<bool> write_pieces(BodyStream& stream);
  boost::asio::awaitable<void> refuse(ProblemKind kind, std::optional<Words> detail);
  boost::asio::awaitable<void> refuse_body(ProblemKind kind);
  boost::asio::awaitable<void> close_after_reading();

  std::string_view read() const;
  void now(Doing doing, std::optional<std::chrono::milliseconds> within);
  bool is_client_gone();

  boost::asio::ip::tcp::socket socket_;
  std::shared_ptr<boost::asio::ssl::context> tls_context_;
  std::optional<boost::asio::ssl::stream<boost::asio::ip::tcp::socket&>> tls_;
  std::optional<identity::Certificate> certificate_;  // of the client
  boost::asio::ip::address peer_;
  std::unique_ptr<CallerShares::Place> place_;
  Gateway& gateway_;
  const Limits& limits_;
  const std::atomic<bool>& draining_;
  boost::asio::cancellation_signal cancellation_;
  boost::beast::flat_buffer buffer_;
  Doing doing_ = Doing::waiting;
  SteadyTime since_;
  std::optional<SteadyTime> deadline_;
};

}  // namespace guichet::http
