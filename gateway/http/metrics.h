#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

#include "eventlog/log.h"
#include "gateway/http/routes.h"

namespace guichet::http {

/// What the server counts. Counting is a few atomic additions; /metrics reads them out in
/// Prometheus' text format. Any thread.
class Metrics {
 public:
  void count(Route route, unsigned status, std::chrono::microseconds took);

  std::atomic<std::int64_t> connections{0};
  std::atomic<std::uint64_t> connections_refused{0};
  std::atomic<std::uint64_t> handshakes_failed{0};
  std::atomic<std::int64_t> body_bytes{0};
  std::atomic<std::int64_t> streams{0};  // of server-sent events, open now

  std::string text(const eventlog::LogStatistics& log, std::size_t waiting_requests) const;

 private:
  static constexpr std::array<double, 12> kBounds = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                                                     0.05,   0.1,   0.25,   1.0,   5.0,  60.0};
  static constexpr std::size_t kStatuses = 600;

  struct OfRoute {
    std::array<std::atomic<std::uint64_t>, kStatuses> by_status{};
    std::array<std::atomic<std::uint64_t>, kBounds.size() + 1> by_time{};
    std::atomic<std::uint64_t> total_us{0};
  };
  std::array<OfRoute, kRoutes> routes_{};
};

}  // namespace guichet::http
