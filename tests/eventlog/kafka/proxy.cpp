#include "tests/eventlog/kafka/proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <stdexcept>

namespace guichet::eventlog {
namespace {

constexpr std::uint16_t kBrokerSide = 50;
constexpr std::uint16_t kClientSide = 70;
constexpr std::size_t kMaxFrame = 64 << 20;

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

bool read_all(int socket, char* to, std::size_t size) {
  while (size > 0) {
    const ssize_t got = recv(socket, to, size, 0);
    if (got <= 0) return false;
    to += got;
    size -= static_cast<std::size_t>(got);
  }
  return true;
}

bool write_all(int socket, const char* from, std::size_t size) {
  while (size > 0) {
    const ssize_t put = send(socket, from, size, MSG_NOSIGNAL);
    if (put <= 0) return false;
    from += put;
    size -= static_cast<std::size_t>(put);
  }
  return true;
}

/// A frame: its length in four bytes, then that many, which begin with the request's kind.
bool read_frame(int socket, std::string& frame) {
  std::uint32_t size = 0;
  frame.resize(sizeof size);
  if (!read_all(socket, frame.data(), sizeof size)) return false;
  std::memcpy(&size, frame.data(), sizeof size);
  size = ntohl(size);
  if (size > kMaxFrame) return false;
  frame.resize(sizeof size + size);
  return read_all(socket, frame.data() + sizeof size, size);
}

std::int16_t api_key_of(const std::string& frame) {
  std::uint16_t key = 0;
  if (frame.size() >= 6) std::memcpy(&key, frame.data() + 4, sizeof key);
  return static_cast<std::int16_t>(ntohs(key));
}

}  // namespace

struct KafkaProxy::Connection {
  int client = -1;
  int broker = -1;
  std::jthread requests;
  std::jthread answers;

  void cut_client() const { shutdown(client, SHUT_RDWR); }
  void cut() const {
    shutdown(client, SHUT_RDWR);
    shutdown(broker, SHUT_RDWR);
  }
};

KafkaProxy::KafkaProxy(std::uint16_t broker_port) : broker_port_(broker_port) {
  listener_ = socket(AF_INET, SOCK_STREAM, 0);
  const int yes = 1;
  setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  const sockaddr_in address = loopback(broker_port_ + kClientSide);
  if (bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      listen(listener_, 64) != 0)
    throw std::runtime_error("the proxy's port is taken");
  accepting_ = std::jthread([this] { accept(); });
}

KafkaProxy::~KafkaProxy() {
  shutdown(listener_, SHUT_RDWR);
  accepting_.join();
  close(listener_);
  cut_all();
  for (const auto& connection : connections_) {
    connection->requests.join();
    connection->answers.join();
    close(connection->client);
    close(connection->broker);
  }
}

std::string KafkaProxy::address() const {
  return "127.0.0.1:" + std::to_string(broker_port_ + kClientSide);
}

void KafkaProxy::hold_next(std::int16_t api_key) {
  const std::scoped_lock lock(mutex_);
  released_ = false;
  hold_ = api_key;
}

bool KafkaProxy::is_holding() const {
  const std::scoped_lock lock(mutex_);
  return held_on_ != nullptr;
}

void KafkaProxy::release_before(std::int16_t api_key) {
  release_before_ = api_key;
}

bool KafkaProxy::was_released() const {
  const std::scoped_lock lock(mutex_);
  return released_;
}

void KafkaProxy::cut_all() {
  const std::scoped_lock lock(mutex_);
  for (const auto& connection : connections_) connection->cut();
}

void KafkaProxy::accept() {
  for (;;) {
    const int client = ::accept(listener_, nullptr, nullptr);
    if (client < 0) return;
    auto connection = std::make_unique<Connection>();
    connection->client = client;
    connection->broker = socket(AF_INET, SOCK_STREAM, 0);
    const sockaddr_in address = loopback(broker_port_ + kBrokerSide);
    if (connect(connection->broker, reinterpret_cast<const sockaddr*>(&address), sizeof address) !=
        0) {
      close(client);
      close(connection->broker);
      continue;
    }
    Connection& live = *connection;
    const std::scoped_lock lock(mutex_);
    connections_.push_back(std::move(connection));
    live.requests = std::jthread([this, &live] { pump_requests(live); });
    live.answers = std::jthread([this, &live] { pump_answers(live); });
  }
}

void KafkaProxy::pump_requests(Connection& connection) {
  std::string frame;
  while (read_frame(connection.client, frame))
    if (!pass_on(connection, frame)) return;
  const std::scoped_lock lock(mutex_);
  if (held_on_ != &connection) connection.cut();
}

bool KafkaProxy::pass_on(Connection& connection, const std::string& frame) {
  const std::int16_t api_key = api_key_of(frame);
  const std::scoped_lock lock(mutex_);
  if (api_key == hold_) {
    hold_ = -1;
    held_ = frame;
    held_on_ = &connection;
    connection.cut_client();
    return false;
  }
  if (api_key == release_before_ && held_on_ != nullptr) {
    release_before_ = -1;
    write_all(held_on_->broker, held_.data(), held_.size());
    // Its answer, which nobody waits for, says that the broker is done with it.
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    held_on_ = nullptr;
    released_ = true;
  }
  return write_all(connection.broker, frame.data(), frame.size());
}

void KafkaProxy::pump_answers(Connection& connection) {
  std::string buffer(64 << 10, '\0');
  for (;;) {
    const ssize_t got = recv(connection.broker, buffer.data(), buffer.size(), 0);
    if (got <= 0) break;
    write_all(connection.client, buffer.data(), static_cast<std::size_t>(got));
  }
  connection.cut_client();
}

}  // namespace guichet::eventlog
