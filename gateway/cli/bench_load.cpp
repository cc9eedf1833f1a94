#include "gateway/cli/bench_load.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <random>
#include <thread>

#include "gateway/cli/bench_application.h"
#include "gateway/cli/json_access.h"

namespace guichet::cli {
namespace {

using SteadyClock = std::chrono::steady_clock;
using std::chrono::seconds;

constexpr seconds kWait{30};
constexpr seconds kTimeout{45};

/// What one connection saw.
struct Seen {
  std::vector<double> latencies_ms;
  std::map<std::string, std::uint64_t> errors;
};

struct LogCounters {
  double commits = 0;
  double records = 0;
};

double metric(const std::string& text, const std::string& name) {
  for (std::size_t at = 0; (at = text.find(name + " ", at)) != std::string::npos; ++at)
    if (at == 0 || text[at - 1] == '\n') return std::stod(text.substr(at + name.size() + 1));
  return 0;
}

void identify(const BenchPlan& plan, HttpRequest& request) {
  if (!plan.token.empty()) request.headers.emplace_back("Authorization", "Bearer " + plan.token);
}

LogCounters log_counters(const BenchPlan& plan) {
  HttpClient client(plan.server);
  HttpRequest request{"GET", "/metrics", {}, {}};
  identify(plan, request);
  const std::string text = client.send(request, kTimeout).body;
  return {metric(text, "guichet_log_commits_total"), metric(text, "guichet_log_records_total")};
}

HttpRequest request_of(const BenchPlan& plan, std::uint64_t n) {
  HttpRequest request{
      "POST", "/v1/applications", {}, bench_application(n, plan.programs, plan.desk)};
  request.headers = {{"Content-Type", "application/json"},
                     {"Prefer", "wait=" + std::to_string(kWait.count())}};
  identify(plan, request);
  return request;
}

/// Empty where the application was merged.
std::string send_one(HttpClient& client, const HttpRequest& request) {
  try {
    const HttpResponse answer = client.send(request, kTimeout);
    if (answer.status == 200) return {};
    return answer.status == 202 ? "not merged in " + std::to_string(kWait.count()) + " s"
                                : "HTTP " + std::to_string(answer.status);
  } catch (const CannotReach& away) {
    return "connection lost";
  }
}

/// Applications of one run, taken by whichever connection is free.
struct Queue {
  std::uint64_t first = 0;
  SteadyClock::time_point start;
  std::chrono::duration<double> time{0};
  std::atomic<std::uint64_t> next{0};
};

void run_connection(const BenchPlan& plan, Queue& queue, Seen& seen) {
  HttpClient client(plan.server);
  const auto as_steady = [](auto time) {
    return std::chrono::duration_cast<SteadyClock::duration>(time);
  };
  const auto end = queue.start + as_steady(queue.time);
  for (;;) {
    const std::uint64_t n = queue.next++;
    const HttpRequest request = request_of(plan, queue.first + n);
    auto intended = SteadyClock::now();
    if (plan.rate > 0) {
      intended = queue.start +
                 as_steady(std::chrono::duration<double>(static_cast<double>(n) / plan.rate));
      std::this_thread::sleep_until(std::min(intended, end));
    }
    if (intended >= end) return;
    // What the server was too slow for is still sent, however late: it belongs to the figures.
    if (SteadyClock::now() >= end + kWait) {
      ++seen.errors["not sent within " + std::to_string(kWait.count()) + " s of the end"];
      continue;
    }
    const std::string wrong = send_one(client, request);
    const std::chrono::duration<double, std::milli> took = SteadyClock::now() - intended;
    if (wrong.empty()) {
      seen.latencies_ms.push_back(took.count());
    } else {
      ++seen.errors[wrong];
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
  }
}

/// Returns how many were taken, and what each connection saw.
std::uint64_t run_connections(const BenchPlan& plan, std::uint64_t first, seconds time,
                              std::vector<Seen>& seen) {
  Queue queue;
  queue.first = first;
  queue.time = time;
  queue.start = SteadyClock::now();
  std::vector<std::jthread> threads;
  for (unsigned i = 0; i < plan.connections; ++i)
    threads.emplace_back([&, i] { run_connection(plan, queue, seen[i]); });
  threads.clear();
  return queue.next;
}

/// The smallest latency that a share of all does not exceed; `sorted` is not empty.
double percentile(const std::vector<double>& sorted, double share) {
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size())));
  return sorted[std::min(sorted.size(), std::max<std::size_t>(rank, 1)) - 1];
}

}  // namespace

BenchResult run_bench(const BenchPlan& plan) {
  log_counters(plan);  // whether it is there at all
  // Another run against the same server sends other people.
  std::uint64_t first = std::random_device{}() % kDistinctSins;
  if (plan.warm_up > seconds{0}) {
    std::vector<Seen> unseen(plan.connections);
    first += run_connections(plan, first, plan.warm_up, unseen);
  }
  const LogCounters before = log_counters(plan);
  std::vector<Seen> seen(plan.connections);
  const auto start = SteadyClock::now();
  run_connections(plan, first, plan.time, seen);
  BenchResult result;
  result.seconds = std::chrono::duration<double>(SteadyClock::now() - start).count();
  std::vector<double> latencies;
  for (const Seen& one : seen) {
    latencies.insert(latencies.end(), one.latencies_ms.begin(), one.latencies_ms.end());
    for (const auto& [what, times] : one.errors) result.errors[what] += times;
  }
  result.applications = latencies.size();
  if (latencies.empty()) return result;
  std::sort(latencies.begin(), latencies.end());
  result.p50_ms = percentile(latencies, 0.50);
  result.p99_ms = percentile(latencies, 0.99);
  result.max_ms = latencies.back();
  const LogCounters after = log_counters(plan);
  result.commits_per_second = (after.commits - before.commits) / result.seconds;
  result.records_per_application =
      (after.records - before.records) / static_cast<double>(result.applications);
  return result;
}

}  // namespace guichet::cli
