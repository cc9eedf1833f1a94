#pragma once

#include <atomic>
#include <boost/asio/ip/address.hpp>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "gateway/http/proxies.h"

namespace guichet::http {

/// What one caller may hold at a time, so that nobody takes all the room: connections, and bytes of
/// bodies under way. A caller is who connects, by caller_key; a trusted proxy, through which many
/// ask, has no bound but that of all. Any thread.
class CallerShares {
  struct Held {
    std::atomic<std::size_t> connections{0};
    std::atomic<std::size_t> body_bytes{0};
  };

 public:
  CallerShares(const Proxies& proxies, std::size_t most_connections, std::size_t most_body_bytes)
      : proxies_(proxies), most_connections_(most_connections), most_body_bytes_(most_body_bytes) {}

  /// One connection's place; given back when it goes, before the shares do.
  class Place {
   public:
    Place(CallerShares& shares, std::string key, Held* held)
        : shares_(shares), key_(std::move(key)), held_(held) {}
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place();

    /// Whether the caller has so many connections that the last tenth of its own is left.
    bool is_crowded() const;

    /// Whether the caller may have so many more bytes of bodies under way; then they are taken.
    bool take_body(std::size_t bytes);
    void give_back_body(std::size_t bytes);

   private:
    CallerShares& shares_;
    std::string key_;
    Held* held_;  // null: without bound
  };

  /// Null where the caller holds as many connections as one may.
  std::unique_ptr<Place> enter(const boost::asio::ip::address& caller);

 private:
  const Proxies& proxies_;
  const std::size_t most_connections_;
  const std::size_t most_body_bytes_;
  std::mutex mutex_;
  std::unordered_map<std::string, Held> held_;  // of those who are connected
};

}  // namespace guichet::http
