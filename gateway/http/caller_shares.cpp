#include "gateway/http/caller_shares.h"

#include "gateway/http/rate_limit.h"

namespace guichet::http {

std::unique_ptr<CallerShares::Place> CallerShares::enter(const boost::asio::ip::address& caller) {
  if (proxies_.is_trusted(caller)) return std::make_unique<Place>(*this, std::string(), nullptr);
  std::string key = caller_key(caller);
  const std::lock_guard lock(mutex_);
  Held& held = held_[key];
  if (held.connections >= most_connections_) return nullptr;
  ++held.connections;
  return std::make_unique<Place>(*this, std::move(key), &held);
}

CallerShares::Place::~Place() {
  if (held_ == nullptr) return;
  const std::lock_guard lock(shares_.mutex_);
  if (--held_->connections == 0) shares_.held_.erase(key_);
}

bool CallerShares::Place::is_crowded() const {
  const std::size_t most = shares_.most_connections_;
  return held_ != nullptr && held_->connections >= most - most / 10;
}

bool CallerShares::Place::take_body(std::size_t bytes) {
  if (held_ == nullptr) return true;
  if ((held_->body_bytes += bytes) <= shares_.most_body_bytes_) return true;
  held_->body_bytes -= bytes;
  return false;
}

void CallerShares::Place::give_back_body(std::size_t bytes) {
  if (held_ != nullptr) held_->body_bytes -= bytes;
}

}  // namespace guichet::http
