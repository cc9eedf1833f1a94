// The keys of an identity provider, fetched from a real little server.

#include "gateway/cli/key_url.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <mutex>
#include <thread>

#include "gateway/http/key_source.h"
#include "gateway/identity/sign.h"

namespace guichet::cli {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

/// Answers every request with what it is told to, as bytes; each connection once.
class LittleServer {
 public:
  LittleServer() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::listen(listener_, 16) != 0 ||
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
      throw std::runtime_error("cannot listen");
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { run(); });
  }
  ~LittleServer() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  void answer(std::string bytes, std::chrono::milliseconds each = 0ms) {
    const std::lock_guard lock(mutex_);
    bytes_ = std::move(bytes);
    each_ = each;
  }
  void answer_with(const std::string& body) {
    answer("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\n\r\n" + body);
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/jwks?a=b"; }
  int asked() const { return asked_; }
  std::string request() const {
    const std::lock_guard lock(mutex_);
    return request_;
  }

 private:
  void run() {
    for (int fd = 0; (fd = ::accept(listener_, nullptr, nullptr)) >= 0; ::close(fd)) {
      char read[4096];
      const ssize_t n = ::recv(fd, read, sizeof read, 0);
      ++asked_;
      std::string bytes;
      std::chrono::milliseconds each{};
      {
        const std::lock_guard lock(mutex_);
        request_.assign(read, n > 0 ? static_cast<std::size_t>(n) : 0);
        bytes = bytes_;
        each = each_;
      }
      if (each == 0ms) {
        ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        continue;
      }
      for (const char byte : bytes) {
        if (::send(fd, &byte, 1, MSG_NOSIGNAL) != 1) break;
        std::this_thread::sleep_for(each);
      }
    }
  }

  int listener_;
  std::uint16_t port_ = 0;
  std::atomic<int> asked_ = 0;
  mutable std::mutex mutex_;
  std::string bytes_;
  std::string request_;
  std::chrono::milliseconds each_{};
  std::thread thread_;
};

std::string set_of(const char* name) {
  return identity::jwk_set_of({identity::make_signing_key(identity::Algorithm::es256, name)});
}

/// What is fetched; the failure where nothing is.
std::string fetched(const LittleServer& server, std::chrono::milliseconds time = 2s) {
  const auto text = keys_of_url(*parse_key_url(server.url()), {}, time)();
  return text ? *text : "failed: " + text.error().message;
}

TEST(KeyUrl, IsHttpsOrOfThisMachine) {
  for (const char* good : {"https://id.example.ca/realms/nb/protocol/openid-connect/certs",
                           "https://id.example.ca", "https://10.0.0.1:8443/keys?x=1",
                           "http://127.0.0.1:9000/keys", "http://localhost/k", "http://[::1]/k"})
    EXPECT_TRUE(parse_key_url(good)) << good;
  for (const char* bad : {"http://id.example.ca/keys", "http://10.0.0.1/keys", "ftp://a/keys",
                          "file:///etc/passwd", "https://", "https://a@b/keys", "https://a/#x",
                          "https://a:0/keys", "http://localhost.example.ca/k", "id.example.ca"})
    EXPECT_FALSE(parse_key_url(bad)) << bad;
}

TEST(KeyUrl, IsFetched) {
  LittleServer server;
  server.answer_with("the keys");
  EXPECT_EQ(fetched(server), "the keys");
  EXPECT_THAT(server.request(), HasSubstr("GET /jwks?a=b HTTP/1.1\r\n"));
}

TEST(KeyUrl, NoRedirectIsFollowed) {
  LittleServer other;
  other.answer_with(set_of("theirs"));
  LittleServer server;
  server.answer("HTTP/1.1 302 Found\r\nLocation: " + other.url() + "\r\nContent-Length: 0\r\n\r\n");
  EXPECT_THAT(fetched(server), HasSubstr("302"));
  EXPECT_EQ(other.asked(), 0);
}

TEST(KeyUrl, IsBoundedInBytes) {
  LittleServer server;
  server.answer_with(std::string(kKeysBytes, 'x'));
  EXPECT_EQ(fetched(server).size(), kKeysBytes);
  server.answer_with(std::string(kKeysBytes + 1, 'x'));
  EXPECT_THAT(fetched(server), HasSubstr("failed"));
  server.answer("HTTP/1.1 200 OK\r\n\r\n" + std::string(2 * kKeysBytes, 'x'));  // no length said
  EXPECT_THAT(fetched(server), HasSubstr("failed"));
  server.answer("HTTP/1.1 200 OK\r\nX: " + std::string(100'000, 'x') + "\r\n\r\n");
  EXPECT_THAT(fetched(server), HasSubstr("failed"));
}

TEST(KeyUrl, IsBoundedInTimeThoughBytesKeepComing) {
  LittleServer server;
  server.answer("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + std::string(200, 'x'), 20ms);
  const auto began = std::chrono::steady_clock::now();
  EXPECT_THAT(fetched(server, 300ms), HasSubstr("no answer in time"));
  EXPECT_LT(std::chrono::steady_clock::now() - began, 2s);
}

TEST(KeyUrl, WhatIsNoAnswerIsAFailure) {
  LittleServer server;
  for (const char* bytes : {"", "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n", "rubbish\r\n\r\n",
                            "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nx"}) {
    server.answer(bytes);
    EXPECT_THAT(fetched(server), HasSubstr("failed")) << bytes;
  }
}

TEST(KeyUrl, AnUnknownKeyBringsOneFetchInAPause) {
  LittleServer server;
  server.answer_with(set_of("first"));
  http::KeySource source(keys_of_url(*parse_key_url(server.url()), {}),
                         {.name = "test", .every = 1h, .least_pause = 400ms});
  ASSERT_TRUE(source.keys());
  EXPECT_EQ(server.asked(), 1);
  for (int i = 0; i < 50; ++i) source.ask();
  std::this_thread::sleep_for(100ms);
  EXPECT_EQ(server.asked(), 1) << "nothing newer comes so soon";
  std::this_thread::sleep_for(400ms);
  server.answer_with(
      identity::jwk_set_of({identity::make_signing_key(identity::Algorithm::es256, "first"),
                            identity::make_signing_key(identity::Algorithm::es256, "second")}));
  for (int i = 0; i < 50; ++i) source.ask();
  std::this_thread::sleep_for(200ms);
  EXPECT_EQ(server.asked(), 2);
  EXPECT_EQ(source.keys()->size(), 2U);
}

TEST(KeyUrl, KeysAreFetchedAgainByThemselves) {
  LittleServer server;
  const auto first = identity::make_signing_key(identity::Algorithm::es256, "first");
  const auto second = identity::make_signing_key(identity::Algorithm::es256, "second");
  server.answer_with(identity::jwk_set_of({first, second}));
  const http::KeySource source(keys_of_url(*parse_key_url(server.url()), {}),
                               {.name = "test", .every = 50ms, .least_pause = 0ms});
  EXPECT_EQ(source.keys()->size(), 2U);
  server.answer_with(identity::jwk_set_of({second}));
  for (int i = 0; i < 100 && source.keys()->size() > 1; ++i) std::this_thread::sleep_for(20ms);
  EXPECT_EQ(source.keys()->size(), 1U) << "a key that was withdrawn is out";
}

TEST(KeyUrl, LastKeysStayWhileTheProviderIsAwayAndThenThereAreNone) {
  LittleServer server;
  server.answer_with(set_of("first"));
  const http::KeySource source(keys_of_url(*parse_key_url(server.url()), {}),
                               {.name = "test", .every = 20ms, .least_pause = 0ms, .keep = 400ms});
  server.answer("HTTP/1.1 503 Away\r\nContent-Length: 0\r\n\r\n");
  std::this_thread::sleep_for(100ms);
  EXPECT_TRUE(source.keys());
  EXPECT_THAT(source.trouble(), HasSubstr("503"));
  std::this_thread::sleep_for(500ms);
  EXPECT_FALSE(source.keys()) << "never open";
  server.answer_with(set_of("first"));
  for (int i = 0; i < 100 && !source.keys(); ++i) std::this_thread::sleep_for(20ms);
  EXPECT_TRUE(source.keys());
}

TEST(KeyUrl, AStartWhileTheProviderIsAwayHasNoKeys) {
  LittleServer server;
  server.answer("");
  const http::KeySource source(keys_of_url(*parse_key_url(server.url()), {}),
                               {.name = "test", .every = 1h, .after_failure = 50ms});
  EXPECT_FALSE(source.keys());
  server.answer_with(set_of("first"));
  for (int i = 0; i < 100 && !source.keys(); ++i) std::this_thread::sleep_for(20ms);
  EXPECT_TRUE(source.keys()) << "tried again soon after a failure";
}

}  // namespace
}  // namespace guichet::cli
