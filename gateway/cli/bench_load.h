#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "gateway/cli/http_client.h"

namespace guichet::cli {

inline constexpr unsigned kMaxBenchConnections = 1024;

struct BenchPlan {
  ServerAddress server;
  std::string token;
  std::string desk;  // at which the applications come in; none where empty
  std::chrono::seconds time{30};
  std::chrono::seconds warm_up{0};  // of the same load before, not counted
  unsigned connections = 64;
  double rate = 0;  // applications a second; 0: as many as the connections can
  std::vector<std::string> programs;
};

struct BenchResult {
  std::uint64_t applications = 0;               // merged: complete or partial
  std::map<std::string, std::uint64_t> errors;  // what went wrong, how often
  double seconds = 0;
  double p50_ms = 0;
  double p99_ms = 0;
  double max_ms = 0;
  double commits_per_second = 0;
  double records_per_application = 0;
};

/// Sends distinct applications over all connections at once, each waited for until it is merged.
/// Without a rate each connection sends its next when its last was merged. With one, every
/// application has a time at which it should be sent, and its latency counts from then; those whose
/// time is within the run are all sent, however late, so that a server that stalls hides nothing of
/// what waited (coordinated omission). Throws CannotReach where the server is not there at the
/// start.
BenchResult run_bench(const BenchPlan& plan);

}  // namespace guichet::cli
