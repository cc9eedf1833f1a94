#include "tests/gateway/http/client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "tests/exchange_record.h"

namespace guichet::testing {

std::string Reply::header(const std::string& name) const {
  const auto at = headers.find(name);
  return at == headers.end() ? std::string() : at->second;
}

Client::Client(std::uint16_t port, const char* from)
    : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in own{};
  own.sin_family = AF_INET;
  if (from != nullptr && (::inet_pton(AF_INET, from, &own.sin_addr) != 1 ||
                          ::bind(fd_, reinterpret_cast<sockaddr*>(&own), sizeof own) != 0))
    throw std::runtime_error("cannot connect from that address");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (fd_ < 0 || ::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
    throw std::runtime_error("cannot connect");
}

Client::~Client() {
  if (fd_ >= 0) ::close(fd_);
}

Client::Client(Client&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), buffer_(std::move(other.buffer_)) {}

bool Client::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

bool Client::read_some(std::chrono::milliseconds within) {
  pollfd waiting{fd_, POLLIN, 0};
  if (::poll(&waiting, 1, static_cast<int>(within.count())) <= 0) return false;
  char bytes[16384];
  const ssize_t n = ::recv(fd_, bytes, sizeof bytes, 0);
  if (n <= 0) return false;
  buffer_.append(bytes, static_cast<std::size_t>(n));
  return true;
}

bool Client::is_closed(std::chrono::milliseconds within) {
  pollfd waiting{fd_, POLLIN, 0};
  if (::poll(&waiting, 1, static_cast<int>(within.count())) <= 0) return false;
  char byte = 0;
  return ::recv(fd_, &byte, 1, MSG_PEEK) <= 0;
}

std::optional<Reply> Client::receive(std::chrono::milliseconds within, bool head) {
  std::size_t end = 0;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos)
    if (!read_some(within)) return std::nullopt;
  Reply reply;
  reply.status = std::stoi(buffer_.substr(9, 3));
  std::size_t at = buffer_.find("\r\n") + 2;
  while (at < end + 2) {
    const std::size_t stop = buffer_.find("\r\n", at);
    const std::size_t colon = buffer_.find(": ", at);
    std::string name = buffer_.substr(at, colon - at);
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    reply.headers[name] = buffer_.substr(colon + 2, stop - colon - 2);
    at = stop + 2;
  }
  buffer_.erase(0, end + 4);
  if (head || reply.header("content-length").empty()) return reply;
  const std::size_t length = std::stoul(reply.header("content-length"));
  while (buffer_.size() < length)
    if (!read_some(within)) return std::nullopt;
  reply.body = buffer_.substr(0, length);
  buffer_.erase(0, length);
  return reply;
}

std::optional<std::string> Client::receive_chunk(std::chrono::milliseconds within) {
  std::size_t line = 0;
  while ((line = buffer_.find("\r\n")) == std::string::npos)
    if (!read_some(within)) return std::nullopt;
  const std::size_t length = std::stoul(buffer_.substr(0, line), nullptr, 16);
  const std::size_t whole = line + 2 + length + 2;
  while (buffer_.size() < whole)
    if (!read_some(within)) return std::nullopt;
  std::string chunk = buffer_.substr(line + 2, length);
  buffer_.erase(0, whole);
  return chunk;
}

Reply Client::exchange(std::string_view method, std::string_view target, std::string_view body,
                       std::string_view header_lines) {
  std::string request =
      std::string(method) + " " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\n";
  if (!body.empty()) {
    if (header_lines.find("Content-Type") == std::string_view::npos)
      request += "Content-Type: application/json\r\n";
    request += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  }
  request += header_lines;
  request += "\r\n";
  request += body;
  send(request);
  auto reply = receive(std::chrono::seconds(8), method == "HEAD");
  if (!reply)
    throw std::runtime_error("no response to " + std::string(method) + " " + std::string(target));
  record_exchange(method, target, reply->status, reply->headers, reply->body);
  return *reply;
}

}  // namespace guichet::testing
