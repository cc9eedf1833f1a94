#include "gateway/cli/http_client.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/version.hpp>
#include <boost/url/parse.hpp>
#include <charconv>

namespace guichet::cli {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;

/// The connection ended before the first byte of an answer: closed while idle, or the server is
/// gone.
struct StaleConnection : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace

bool harmless_to_repeat(const HttpRequest& request) {
  if (request.method == "GET") return true;
  for (const auto& header : request.headers)
    if (beast::iequals(header.first, "Idempotency-Key")) return true;
  return false;
}

std::string ServerAddress::to_string() const {
  const bool ipv6 = host.find(':') != std::string::npos;
  return "http://" + (ipv6 ? "[" + host + "]" : host) + ":" + port;
}

Result<ServerAddress> parse_server_address(const std::string& text) {
  const Failure bad{"--server " + text +
                    ": not an address; write http://HOST:PORT, such as http://127.0.0.1:8080"};
  const auto url = boost::urls::parse_uri(text);
  if (!url || url->scheme() != "http" || url->encoded_host_address().empty() ||
      url->has_userinfo() || url->has_query() || url->has_fragment())
    return bad;
  if (!url->encoded_path().empty() && url->encoded_path() != "/") return bad;
  if (url->has_port()) {
    const std::string port(url->port());
    std::uint16_t number = 0;
    const auto [end, failed] = std::from_chars(port.data(), port.data() + port.size(), number);
    if (failed != std::errc{} || end != port.data() + port.size() || number == 0) return bad;
  }
  ServerAddress address;
  address.host = url->host_address();
  address.port = url->has_port() ? std::string(url->port()) : "80";
  return address;
}

std::string HttpResponse::header(const std::string& name) const {
  for (const auto& [key, value] : headers)
    if (beast::iequals(key, name)) return value;
  return {};
}

class HttpClient::Impl {
 public:
  explicit Impl(ServerAddress address) : address_(std::move(address)) {}

  HttpResponse send(const HttpRequest& request, std::chrono::milliseconds timeout) {
    const bool again = stream_ != nullptr && harmless_to_repeat(request);
    try {
      return exchange(request, timeout);
    } catch (const StaleConnection& closed) {
      if (!again) throw CannotReach(closed.what());
    }
    try {
      return exchange(request, timeout);
    } catch (const StaleConnection& closed) {
      throw CannotReach(closed.what());
    }
  }

  const ServerAddress& address() const { return address_; }

 private:
  HttpResponse exchange(const HttpRequest& request, std::chrono::milliseconds timeout) {
    if (!stream_) connect();
    http::request<http::string_body> message{http::string_to_verb(request.method), request.target,
                                             11};
    if (message.method() == http::verb::unknown) message.method_string(request.method);
    message.set(http::field::host, address_.host + ":" + address_.port);
    message.set(http::field::user_agent, "guichet");
    for (const auto& [name, value] : request.headers) message.set(name, value);
    message.body() = request.body;
    if (!request.body.empty() || request.method == "POST" || request.method == "PUT")
      message.prepare_payload();

    beast::error_code failed;
    stream_->expires_after(timeout);
    http::async_write(*stream_, message,
                      [&](beast::error_code error, std::size_t) { failed = error; });
    run();
    if (failed == asio::error::broken_pipe || failed == asio::error::connection_reset) closed();
    check(failed, "could not send to ");

    http::response_parser<http::string_body> parser;
    parser.body_limit(kMaxResponseBytes);
    std::size_t received = 0;
    http::async_read(*stream_, buffer_, parser, [&](beast::error_code error, std::size_t bytes) {
      failed = error;
      received = bytes;
    });
    run();
    if (received == 0 &&
        (failed == http::error::end_of_stream || failed == asio::error::connection_reset))
      closed();
    check(failed, "no answer from ");

    auto answer = parser.release();
    HttpResponse response;
    response.status = answer.result_int();
    for (const auto& field : answer)
      response.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
    response.body = std::move(answer.body());
    if (!answer.keep_alive()) stream_.reset();
    return response;
  }

  void connect() {
    buffer_.clear();
    stream_ = std::make_unique<beast::tcp_stream>(context_);
    beast::error_code failed;
    tcp::resolver resolver(context_);
    const auto found = resolver.resolve(address_.host, address_.port, failed);
    check(failed, "cannot find ");
    stream_->expires_after(kConnectTimeout);
    stream_->async_connect(found,
                           [&](beast::error_code error, const tcp::endpoint&) { failed = error; });
    run();
    check(failed, "cannot connect to ");
    stream_->socket().set_option(tcp::no_delay(true));
  }

  void run() {
    context_.restart();
    context_.run();
  }

  [[noreturn]] void closed() {
    stream_.reset();
    throw StaleConnection(address_.to_string() + " closed the connection before it answered");
  }

  void check(const beast::error_code& failed, const char* what) {
    if (!failed) return;
    stream_.reset();
    const bool late = failed == beast::error::timeout;
    throw CannotReach(what + address_.to_string() + ": " +
                      (late ? "no answer in time" : failed.message()));
  }

  ServerAddress address_;
  asio::io_context context_{1};
  std::unique_ptr<beast::tcp_stream> stream_;
  beast::flat_buffer buffer_;
};

HttpClient::HttpClient(ServerAddress address) : impl_(std::make_unique<Impl>(std::move(address))) {}
HttpClient::~HttpClient() = default;
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&&) noexcept = default;

HttpResponse HttpClient::send(const HttpRequest& request, std::chrono::milliseconds timeout) {
  return impl_->send(request, timeout);
}

const ServerAddress& HttpClient::address() const {
  return impl_->address();
}

}  // namespace guichet::cli
