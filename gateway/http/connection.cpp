#include "gateway/http/connection.h"

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <tuple>

#include "gateway/http/tls.h"

namespace guichet::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::awaitable;

namespace {

constexpr auto kToken = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kReadChunk = 4096;
constexpr std::size_t kOneRecord = 16 * 1024;  // what one record of TLS holds
constexpr std::size_t kKeptBuffer = 64 * 1024;
constexpr std::size_t kBodyBytesPerSecond = 1024;
constexpr std::chrono::milliseconds kBodyGrace{5'000};
constexpr std::chrono::seconds kGoneAfter{1};
constexpr std::chrono::milliseconds kDropTimeOfDrain{200};
// How long a connection may be idle while the last tenth of all, or of its caller's, is in use.
constexpr std::chrono::milliseconds kIdleTimeOfCrowd{1'000};
// Answers that are so small are not counted among the bodies: health and metrics are always told.
constexpr std::size_t kSmallAnswer = 32 * 1024;
constexpr std::size_t kDropBytes = 8 * 1024 * 1024;

using Parser = beast::http::request_parser<beast::http::empty_body>;

std::string_view as_view(beast::string_view text) {
  return {text.data(), text.size()};
}

Method method_of(beast::http::verb verb) {
  switch (verb) {
    case beast::http::verb::get:
      return Method::get;
    case beast::http::verb::head:
      return Method::head;
    case beast::http::verb::post:
      return Method::post;
    case beast::http::verb::put:
      return Method::put;
    case beast::http::verb::options:
      return Method::options;
    case beast::http::verb::delete_:
      return Method::remove;
    case beast::http::verb::patch:
      return Method::patch;
    default:
      return Method::other;
  }
}

// Of this second, as RFC 9110 writes it.
const std::string& date_now() {
  thread_local std::time_t second = 0;
  thread_local std::string text;
  const std::time_t now = std::time(nullptr);
  if (now != second) {
    second = now;
    std::tm parts{};
    gmtime_r(&now, &parts);
    std::array<char, 40> written{};
    std::strftime(written.data(), written.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    text = written.data();
  }
  return text;
}

std::string head_of(const Response& response, bool close) {
  std::string head = "HTTP/1.1 " + std::to_string(response.status) + " ";
  head += as_view(beast::http::obsolete_reason(beast::http::int_to_status(response.status)));
  head += "\r\nDate: ";
  head += date_now();
  const bool has_body = response.status != 204 && response.status != 304;
  if (has_body) {
    head += "\r\nContent-Type: ";
    head += response.content_type;
    if (response.stream) {
      head += "\r\nTransfer-Encoding: chunked";
    } else {
      head += "\r\nContent-Length: ";
      head += std::to_string(response.body.size());
    }
    head += "\r\nX-Content-Type-Options: nosniff";
  }
  for (const auto& [name, value] : response.headers) {
    head += "\r\n";
    head += name;
    head += ": ";
    head += value;
  }
  if (close) head += "\r\nConnection: close";
  head += "\r\n\r\n";
  return head;
}

// Whether a line ends without a carriage return: nothing that may follow makes that a header.
bool has_bare_line_feed(std::string_view text, std::size_t from) {
  for (std::size_t at = text.find('\n', from); at != std::string_view::npos;
       at = text.find('\n', at + 1))
    if (at == 0 || text[at - 1] != '\r') return true;
  return false;
}

const Words kTooManyBodies{
    "More bytes are on their way from and to your address than one caller may have under way. "
    "Nothing was done; try again when some have arrived.",
    "Il y a plus d’octets en route depuis et vers votre adresse qu’un seul appelant n’en peut "
    "avoir. Rien n’a été fait; réessayez quand une partie sera arrivée."};

// Room for the body of one request or answer, among those of its caller and among those of all; or
// nothing.
class BodyRoom {
 public:
  BodyRoom(CallerShares::Place& place, std::atomic<std::int64_t>& all, std::size_t bytes,
           std::size_t most)
      : place_(place), all_(all), bytes_(bytes) {
    if (!place_.take_body(bytes_)) {
      refusal_ = ProblemKind::too_many_requests;
      bytes_ = 0;
      return;
    }
    if ((all_ += static_cast<std::int64_t>(bytes_)) <= static_cast<std::int64_t>(most)) return;
    refusal_ = ProblemKind::no_room;
    give_back();
  }
  BodyRoom(const BodyRoom&) = delete;
  BodyRoom& operator=(const BodyRoom&) = delete;
  ~BodyRoom() { give_back(); }
  std::optional<ProblemKind> refusal() const { return refusal_; }

 private:
  void give_back() {
    all_ -= static_cast<std::int64_t>(bytes_);
    place_.give_back_body(bytes_);
    bytes_ = 0;
  }

  CallerShares::Place& place_;
  std::atomic<std::int64_t>& all_;
  std::size_t bytes_;
  std::optional<ProblemKind> refusal_;
};

}  // namespace

Connection::Connection(asio::ip::tcp::socket socket, std::shared_ptr<asio::ssl::context> tls,
                       std::unique_ptr<CallerShares::Place> place, Gateway& gateway,
                       const Limits& limits, const std::atomic<bool>& draining)
    : socket_(std::move(socket)),
      tls_context_(std::move(tls)),
      place_(std::move(place)),
      gateway_(gateway),
      limits_(limits),
      draining_(draining),
      buffer_(limits.header_bytes + limits.body_bytes + kReadChunk) {
  boost::system::error_code gone;
  peer_ = socket_.remote_endpoint(gone).address();
  if (tls_context_) tls_.emplace(socket_, *tls_context_);
  now(Doing::waiting, limits.idle_time);
}

awaitable<void> Connection::run() {
  const bool understood = co_await shake_hands();
  if (understood) co_await serve();
}

// Half a handshake is a connection like any other: it counts, and its time is bounded.
awaitable<bool> Connection::shake_hands() {
  if (!tls_) co_return true;
  now(Doing::shaking_hands, limits_.handshake_time);
  const auto [ec] = co_await tls_->async_handshake(asio::ssl::stream_base::server, kToken);
  if (ec) {
    ++gateway_.metrics.handshakes_failed;
    co_return false;
  }
  certificate_ = certificate_of(tls_->native_handle());
  co_return true;
}

awaitable<void> Connection::serve() {
  while (true) {
    const auto header = co_await read_header();
    if (!header) co_return;
    if (*header == 0) co_return co_await refuse(ProblemKind::header_too_large, std::nullopt);
    const auto checked = check_framing(read().substr(0, *header), limits_.header_fields);
    if (const FramingRefusal* why = std::get_if<FramingRefusal>(&checked)) {
      const Words detail{std::string(why->en), std::string(why->fr)};
      co_return co_await refuse(why->problem, detail);
    }
    const Framing& framing = std::get<Framing>(checked);
    if (framing.body_bytes > limits_.body_bytes)
      co_return co_await refuse(ProblemKind::body_too_large, std::nullopt);
    const BodyRoom room(*place_, gateway_.metrics.body_bytes, framing.body_bytes,
                        limits_.all_bodies_bytes);
    if (const auto refusal = room.refusal()) co_return co_await refuse_body(*refusal);
    const std::size_t whole = *header + framing.body_bytes;
    if (!co_await read_body(whole, framing)) co_return;

    Parser parser;
    parser.header_limit(static_cast<std::uint32_t>(limits_.header_bytes));
    beast::error_code ec;
    parser.put(asio::const_buffer(buffer_.data().data(), *header), ec);
    if (ec || !parser.is_header_done())
      co_return co_await refuse(ProblemKind::bad_request, std::nullopt);
    Request request;
    request.method = method_of(parser.get().method());
    request.target = as_view(parser.get().target());
    for (const auto& field : parser.get())
      request.fields.push_back({as_view(field.name_string()), as_view(field.value())});
    request.peer = peer_;
    request.certificate = certificate_ ? &*certificate_ : nullptr;
    request.body = read().substr(*header, framing.body_bytes);

    now(Doing::answering, std::nullopt);
    Response response = co_await gateway_.handle(request);
    // An answer counts while it is written. That of a write is given in any case: it was done.
    const bool counts = request.method == Method::get && response.body.size() > kSmallAnswer;
    const BodyRoom answer_room(*place_, gateway_.metrics.body_bytes,
                               counts ? response.body.capacity() : 0, limits_.all_bodies_bytes);
    if (const auto refusal = answer_room.refusal()) {
      std::string().swap(response.body);  // not kept while the refusal is read
      co_return co_await refuse_body(*refusal);
    }
    const bool close = framing.close || response.close || response.stream || draining_;
    if (!co_await write(response, request.method == Method::head, close)) co_return;
    buffer_.consume(whole);
    if (close) co_return co_await close_after_reading();
    if (buffer_.size() == 0 && buffer_.capacity() > kKeptBuffer) buffer_.shrink_to_fit();
  }
}

// The bytes of the whole header, or of what can be none any more; 0 where it is too large; none
// where the connection ended.
awaitable<std::optional<std::size_t>> Connection::read_header() {
  now(Doing::waiting, limits_.idle_time);
  std::size_t searched = 0;
  while (true) {
    if (buffer_.size() > 0 && doing_ == Doing::waiting)
      now(Doing::reading_header, limits_.header_time);
    const std::size_t end = read().find("\r\n\r\n", searched < 3 ? 0 : searched - 3);
    if (end != std::string_view::npos && end + 4 <= limits_.header_bytes) co_return end + 4;
    if (buffer_.size() >= limits_.header_bytes) co_return 0;
    if (has_bare_line_feed(read(), searched)) co_return buffer_.size();
    searched = buffer_.size();
    if (!co_await read_some(kReadChunk)) co_return std::nullopt;
  }
}

awaitable<bool> Connection::read_body(std::size_t whole, const Framing& framing) {
  if (buffer_.size() >= whole) co_return true;
  const std::chrono::milliseconds slowest =
      kBodyGrace + std::chrono::seconds(framing.body_bytes / kBodyBytesPerSecond);
  now(Doing::reading_body, std::min(limits_.body_time, slowest));
  if (framing.expects_continue) {
    constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    const bool sent = co_await send(asio::buffer(go_on));
    if (!sent) co_return false;
  }
  while (buffer_.size() < whole)
    if (!co_await read_some(whole - buffer_.size())) co_return false;
  co_return true;
}

awaitable<bool> Connection::read_some(std::size_t most) {
  const auto room = buffer_.prepare(std::min(most, buffer_.max_size() - buffer_.size()));
  if (tls_) {
    const auto [ec, n] = co_await tls_->async_read_some(room, kToken);
    buffer_.commit(n);
    co_return !ec;
  }
  const auto [ec, n] = co_await socket_.async_read_some(room, kToken);
  buffer_.commit(n);
  co_return !ec;
}

// TLS makes a record of each buffer that it is given: what is small goes as one.
template <class Buffers>
awaitable<bool> Connection::send(Buffers buffers) {
  if (!tls_) {
    const auto [ec, n] = co_await asio::async_write(socket_, buffers, kToken);
    co_return !ec;
  }
  const std::size_t size = asio::buffer_size(buffers);
  if (size > kOneRecord) {
    const auto [ec, n] = co_await asio::async_write(*tls_, buffers, kToken);
    co_return !ec;
  }
  std::string whole(size, '\0');
  asio::buffer_copy(asio::buffer(whole), buffers);
  const auto [ec, n] = co_await asio::async_write(*tls_, asio::buffer(whole), kToken);
  co_return !ec;
}

awaitable<bool> Connection::write(const Response& response, bool head, bool close) {
  now(Doing::writing, limits_.write_time);
  const std::string header = head_of(response, close);
  const bool has_body = !head && response.status != 204 && response.status != 304;
  const std::array<asio::const_buffer, 2> parts = {
      asio::buffer(header), has_body ? asio::buffer(response.body) : asio::const_buffer()};
  const bool sent = co_await send(parts);
  if (!sent) co_return false;
  if (!response.stream || !has_body) co_return true;
  const bool whole = co_await write_pieces(*response.stream);
  co_return whole;
}

// Each piece is one chunk. The next is asked for only when this one is written: a reader that is
// slow holds nothing but it, and is given up after write_time.
awaitable<bool> Connection::write_pieces(BodyStream& stream) {
  while (true) {
    now(Doing::answering, std::nullopt);
    const std::string piece = co_await stream.next();
    now(Doing::writing, limits_.write_time);
    std::array<char, 20> length{};
    std::snprintf(length.data(), length.size(), "%zx\r\n", piece.size());
    constexpr std::string_view line_end = "\r\n";
    const std::array<asio::const_buffer, 3> chunk = {
        asio::buffer(length.data(), std::strlen(length.data())), asio::buffer(piece),
        asio::buffer(line_end)};
    const bool sent = co_await send(chunk);
    if (!sent || piece.empty()) co_return sent;
  }
}

awaitable<void> Connection::refuse(ProblemKind kind, std::optional<Words> detail) {
  const Problem problem{kind, std::move(detail), {}};
  const Response response = gateway_.refuse(problem, raw_field(read(), "Accept-Language"));
  if (co_await write(response, false, true)) co_await close_after_reading();
}

awaitable<void> Connection::refuse_body(ProblemKind kind) {
  std::optional<Words> detail;
  if (kind == ProblemKind::too_many_requests) detail = kTooManyBodies;
  co_await refuse(kind, std::move(detail));
}

// What still comes is read and dropped, so that the client gets to read why.
awaitable<void> Connection::close_after_reading() {
  boost::system::error_code ignored;
  now(Doing::dropping, draining_ ? kDropTimeOfDrain : limits_.drop_time);
  buffer_.consume(buffer_.size());
  if (tls_) {
    // Says that this was all, or it might have been cut off on the way; and waits for the same.
    std::ignore = co_await tls_->async_shutdown(kToken);
    if (!socket_.is_open()) co_return;
  }
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  for (std::size_t dropped = 0; dropped < kDropBytes;) {
    const auto [ec, n] = co_await socket_.async_read_some(buffer_.prepare(kReadChunk), kToken);
    if (ec) break;
    dropped += n;
  }
  close();
}

std::string_view Connection::read() const {
  return {static_cast<const char*>(buffer_.data().data()), buffer_.size()};
}

void Connection::now(Doing doing, std::optional<std::chrono::milliseconds> within) {
  doing_ = doing;
  since_ = std::chrono::steady_clock::now();
  deadline_ = within ? std::optional(since_ + *within) : std::nullopt;
}

void Connection::look(SteadyTime now) {
  if (deadline_ && now >= *deadline_) return close();
  const bool over = doing_ == Doing::waiting || doing_ == Doing::shaking_hands ||
                    (doing_ == Doing::dropping && now - since_ > kDropTimeOfDrain);
  if (draining_ && over) return close();
  if (doing_ == Doing::waiting && now - since_ > kIdleTimeOfCrowd &&
      (gateway_.is_crowded() || place_->is_crowded()))
    return close();
  if (doing_ == Doing::answering && now - since_ > kGoneAfter && is_client_gone())
    cancellation_.emit(asio::cancellation_type::terminal);
}

bool Connection::is_client_gone() {
  if (tls_) {
    // A client of TLS says goodbye before it goes: there is something to read.
    pollfd waiting{socket_.native_handle(), POLLRDHUP, 0};
    return ::poll(&waiting, 1, 0) > 0;
  }
  char byte = 0;
  const ssize_t n = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return n == 0 || (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}

void Connection::close() {
  boost::system::error_code ignored;
  socket_.close(ignored);
}

}  // namespace guichet::http
