#include "gateway/cli/http_client.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/version.hpp>
#include <boost/url/parse.hpp>
#include <charconv>
#include <optional>

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

std::unique_ptr<asio::ssl::context> make_context(const ServerAddress& address) {
  namespace ssl = asio::ssl;
  const TlsTrust& trust = address.trust;
  auto context = std::make_unique<ssl::context>(ssl::context::tls_client);
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  const auto check = [](const beast::error_code& failed, const char* what,
                        const std::string& file) {
    if (failed)
      throw CannotReach(std::string(what) + file + " cannot be used: " + failed.message());
  };
  beast::error_code failed;
  if (trust.ca.empty())
    context->set_default_verify_paths(failed);
  else
    context->load_verify_file(trust.ca, failed);
  check(failed, "the CA ", trust.ca);
  context->set_verify_mode(ssl::verify_peer);
  context->set_verify_callback(ssl::host_name_verification(address.host));
  if (trust.certificate.empty()) return context;
  context->use_certificate_chain_file(trust.certificate, failed);
  check(failed, "the certificate ", trust.certificate);
  context->use_private_key_file(trust.key, ssl::context::pem, failed);
  check(failed, "the key ", trust.key);
  return context;
}

}  // namespace

bool harmless_to_repeat(const HttpRequest& request) {
  if (request.method == "GET") return true;
  for (const auto& header : request.headers)
    if (beast::iequals(header.first, "Idempotency-Key")) return true;
  return false;
}

std::string ServerAddress::to_string() const {
  const bool ipv6 = host.find(':') != std::string::npos;
  return (tls ? "https://" : "http://") + (ipv6 ? "[" + host + "]" : host) + ":" + port;
}

Result<ServerAddress> parse_server_address(const std::string& text) {
  const Failure bad{"--server " + text +
                    ": not an address; write http://HOST:PORT or https://HOST:PORT, such as "
                    "http://127.0.0.1:8080"};
  const auto url = boost::urls::parse_uri(text);
  if (!url || (url->scheme() != "http" && url->scheme() != "https") ||
      url->encoded_host_address().empty() || url->has_userinfo() || url->has_query() ||
      url->has_fragment())
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
  address.tls = url->scheme() == "https";
  address.port = url->has_port() ? std::string(url->port()) : address.tls ? "443" : "80";
  return address;
}

std::string HttpResponse::header(const std::string& name) const {
  for (const auto& [key, value] : headers)
    if (beast::iequals(key, name)) return value;
  return {};
}

class HttpClient::Impl {
 public:
  Impl(ServerAddress address, std::uint64_t most_bytes)
      : address_(std::move(address)), most_bytes_(most_bytes) {}

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
    const auto written = [&](beast::error_code error, std::size_t) { failed = error; };
    if (tls_)
      http::async_write(*tls_, message, written);
    else
      http::async_write(*stream_, message, written);
    run();
    if (failed == asio::error::broken_pipe || failed == asio::error::connection_reset) closed();
    check(failed, "could not send to ");

    http::response_parser<http::string_body> parser;
    parser.body_limit(most_bytes_);
    std::size_t received = 0;
    const auto got = [&](beast::error_code error, std::size_t bytes) {
      failed = error;
      received = bytes;
    };
    if (tls_)
      http::async_read(*tls_, buffer_, parser, got);
    else
      http::async_read(*stream_, buffer_, parser, got);
    run();
    if (received == 0 &&
        (failed == http::error::end_of_stream || failed == asio::error::connection_reset ||
         failed == asio::ssl::error::stream_truncated))
      closed();
    check(failed, "no answer from ");

    auto answer = parser.release();
    HttpResponse response;
    response.status = answer.result_int();
    for (const auto& field : answer)
      response.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
    response.body = std::move(answer.body());
    if (!answer.keep_alive()) end();
    return response;
  }

  void connect() {
    buffer_.clear();
    end();
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
    if (address_.tls) shake_hands();
  }

  void shake_hands() {
    namespace ssl = asio::ssl;
    beast::error_code failed;
    if (!tls_context_) tls_context_ = make_context(address_);
    tls_.emplace(*stream_, *tls_context_);
    // To a name, so that a server with several certificates knows which; an address is none.
    asio::ip::make_address(address_.host, failed);
    if (failed) SSL_set_tlsext_host_name(tls_->native_handle(), address_.host.c_str());
    failed = {};
    stream_->expires_after(kConnectTimeout);
    tls_->async_handshake(ssl::stream_base::client,
                          [&](beast::error_code error) { failed = error; });
    run();
    check(failed, "cannot trust ");
  }

  void end() {
    tls_.reset();
    stream_.reset();
  }

  void run() {
    context_.restart();
    context_.run();
  }

  [[noreturn]] void closed() {
    end();
    throw StaleConnection(address_.to_string() + " closed the connection before it answered");
  }

  void check(const beast::error_code& failed, const char* what) {
    if (!failed) return;
    end();
    const bool late = failed == beast::error::timeout;
    throw CannotReach(what + address_.to_string() + ": " +
                      (late ? "no answer in time" : failed.message()));
  }

  ServerAddress address_;
  std::uint64_t most_bytes_;
  asio::io_context context_{1};
  std::unique_ptr<asio::ssl::context> tls_context_;
  std::unique_ptr<beast::tcp_stream> stream_;
  std::optional<asio::ssl::stream<beast::tcp_stream&>> tls_;
  beast::flat_buffer buffer_;
};

HttpClient::HttpClient(ServerAddress address, std::uint64_t most_bytes)
    : impl_(std::make_unique<Impl>(std::move(address), most_bytes)) {}
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
