#include "gateway/http/rate_limit.h"

#include <algorithm>

namespace guichet::http {
namespace {

namespace ip = boost::asio::ip;

template <class Bytes>
std::string as_key(const Bytes& bytes, std::size_t count) {
  return {reinterpret_cast<const char*>(bytes.data()), count};
}

std::chrono::seconds rounded_up(std::chrono::nanoseconds time) {
  return std::chrono::ceil<std::chrono::seconds>(std::max(time, std::chrono::nanoseconds(0)));
}

}  // namespace

std::string caller_key(const ip::address& caller) {
  if (caller.is_v4()) return as_key(caller.to_v4().to_bytes(), 4);
  const ip::address_v6 six = caller.to_v6();
  if (six.is_v4_mapped()) return as_key(ip::make_address_v4(ip::v4_mapped, six).to_bytes(), 4);
  return as_key(six.to_bytes(), 8);
}

RateLimit::RateLimit(unsigned requests, std::chrono::seconds window)
    : requests_(requests),
      window_(window),
      each_(requests > 0 ? std::chrono::nanoseconds(window) / requests
                         : std::chrono::nanoseconds(0)) {}

RateLimit::Allowance RateLimit::take(const ip::address& caller, Time now) {
  std::string key = caller_key(caller);
  Shard& shard = shards_[std::hash<std::string>{}(key) % kShards];
  const std::lock_guard lock(shard.mutex);
  Time& full_at = place_of(shard, std::move(key), now);
  const Time after = std::max(full_at, now) + each_;
  Allowance allowance;
  allowance.allowed = after - now <= window_;
  if (allowance.allowed)
    full_at = after;
  else
    allowance.retry = rounded_up(after - now - window_);
  const auto left =
      std::max(std::chrono::nanoseconds(window_) - (full_at - now), std::chrono::nanoseconds(0));
  allowance.remaining = static_cast<unsigned>(left / each_);
  allowance.reset = rounded_up(full_at - now);
  return allowance;
}

RateLimit::Time& RateLimit::place_of(Shard& shard, std::string key, Time now) {
  auto& known = shard.full_at;
  if (known.size() >= kMaxCallers / kShards && !known.contains(key)) {
    // Not at every call: many callers must not make each request cost a look at all of them.
    if (now - shard.swept >= kSweepEvery) {
      std::erase_if(known, [&](const auto& entry) { return entry.second <= now; });
      shard.swept = now;
    }
    if (known.size() >= kMaxCallers / kShards) key.clear();
  }
  return known.try_emplace(std::move(key), now).first->second;
}

std::string RateLimit::policy() const {
  return "\"caller\";q=" + std::to_string(requests_) + ";w=" + std::to_string(window_.count());
}

std::string RateLimit::field(const Allowance& allowance) {
  return "\"caller\";r=" + std::to_string(allowance.remaining) +
         ";t=" + std::to_string(allowance.reset.count());
}

}  // namespace guichet::http
