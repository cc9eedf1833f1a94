#pragma once

#include <array>
#include <boost/asio/ip/address.hpp>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>

namespace guichet::http {

/// What callers are told apart by: an IPv4 address, or an IPv6 /64.
std::string caller_key(const boost::asio::ip::address& caller);

/// So many requests of one caller within so long (GCRA: a bucket that leaks evenly, one instant
/// kept for each caller). Any thread.
class RateLimit {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// No more callers than this are told apart at a time; others share what is left over.
  static constexpr std::size_t kMaxCallers = 65'536;

  /// `requests` 0: there is no limit.
  RateLimit(unsigned requests, std::chrono::seconds window);

  struct Allowance {
    bool allowed = true;
    unsigned remaining = 0;
    std::chrono::seconds reset{0};  // until all of it is there again, rounded up
    std::chrono::seconds retry{0};  // where not allowed: until the next request is, rounded up
  };
  Allowance take(const boost::asio::ip::address& caller, Time now);

  /// Callers of this machine are not limited: a load test, a console, a proxy that is not named.
  bool applies_to(const boost::asio::ip::address& caller) const {
    return requests_ > 0 && !caller.is_loopback();
  }

  // The fields RateLimit-Policy and RateLimit (draft-ietf-httpapi-ratelimit-headers).
  std::string policy() const;
  static std::string field(const Allowance& allowance);

 private:
  static constexpr std::size_t kShards = 16;
  static constexpr std::chrono::seconds kSweepEvery{1};
  struct Shard {
    std::mutex mutex;
    std::unordered_map<std::string, Time> full_at;  // when the caller has all of it again
    Time swept{};                                   // when those who have it were last let go
  };
  Time& place_of(Shard& shard, std::string key, Time now);

  unsigned requests_;
  std::chrono::seconds window_;
  std::chrono::nanoseconds each_;
  std::array<Shard, kShards> shards_;
};

}  // namespace guichet::http
