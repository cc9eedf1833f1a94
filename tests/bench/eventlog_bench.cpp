// How fast the SQLite home of the log is on this machine:
//
//   eventlog_bench FOLDER        appends from 64 threads, a cascade through a small processor
//   eventlog_bench FOLDER 1000000    also: so many states, then how long a start takes
//
// FOLDER must be on the disk that is meant; what the bench makes there stays.

#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <future>
#include <string>
#include <thread>

#include "eventlog/sqlite/sqlite_log.h"
#include "tests/eventlog/tally.h"

namespace guichet::eventlog {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

long resident_megabytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) return std::strtol(line.c_str() + 6, nullptr, 10) / 1024;
  }
  return 0;
}

std::unique_ptr<SqliteLog> open(const std::filesystem::path& folder) {
  SqliteOptions options;
  options.folder = folder;
  options.topics = tally_topics();
  return SqliteLog::open(std::move(options)).value();
}

void append_when_there_is_room(Log& log, const Record& record, const Log::AppendDone& done) {
  while (!log.append({record}, done)) std::this_thread::sleep_for(std::chrono::microseconds(200));
}

/// Each thread waits for one record before it sends the next, as HTTP requests do.
void appenders(const std::filesystem::path& folder, int count, double seconds) {
  const auto log = open(folder);
  const Record record = command("key", "id", std::string(1024, 'x'));
  std::atomic<std::uint64_t> records = 0;
  const auto start = Clock::now();
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < count; ++i) {
      threads.emplace_back([&] {
        while (seconds_since(start) < seconds) {
          const auto durable = std::make_shared<std::promise<void>>();
          append_when_there_is_room(*log, record, [durable](bool) { durable->set_value(); });
          durable->get_future().wait();
          ++records;
        }
      });
    }
  }
  const double took = seconds_since(start);
  std::printf("%d appenders of 1 KiB: %.0f records/s, %.0f commits/s\n", count,
              static_cast<double>(records) / took,
              static_cast<double>(log->statistics().commits) / took);
}

/// As fast as there is room.
void pipeline(const std::filesystem::path& folder, int count) {
  const auto log = open(folder);
  const Record record = command("key", "id", std::string(1024, 'x'));
  std::atomic<int> durable = 0;
  const auto start = Clock::now();
  for (int i = 0; i < count; ++i) {
    append_when_there_is_room(*log, record, [&](bool) { ++durable; });
  }
  while (durable < count) std::this_thread::yield();
  std::printf("one appender that does not wait: %.0f records/s of 1 KiB\n",
              count / seconds_since(start));
}

/// A command makes an event, a request, an answer, another event, and one or two states.
void cascade(const std::filesystem::path& folder, int count) {
  const auto log = open(folder);
  std::atomic<int> finished = 0;
  const auto tail = log->tail({kEvents}, [&](std::span<const Record> events) {
    finished += static_cast<int>(events.size());
  });
  Host host(*log, "main", tally_stages(), [] { return from_micros(kTallyStart); });
  std::jthread hosting([&](std::stop_token stop) { host.run(stop); });
  const auto start = Clock::now();
  for (int i = 0; i < count; ++i) {
    const std::string id = std::to_string(i) + "-5f0c2e9e-8b1d-7c55-a0d1-aaaaaaaaaaaa";
    append_when_there_is_room(*log, command(id, id, std::string(600, 'x')), nullptr);
  }
  while (finished < 2 * count) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  const double took = seconds_since(start);
  const LogStatistics statistics = log->statistics();
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  std::printf("cascade: %.0f commands/s, %.0f records/s, %.0f commits/s, %ld MB\n", count / took,
              static_cast<double>(statistics.records) / took,
              static_cast<double>(statistics.commits) / took, resident_megabytes());
}

void many_states(const std::filesystem::path& folder, int count) {
  {
    const auto log = open(folder);
    const auto session = log->open_session({.name = "bench", .state_topics = {kTallies}});
    const auto start = Clock::now();
    std::vector<Record> states;
    for (int i = 0; i < count; ++i) {
      // Keys at random, as UUIDs are.
      const std::string key = std::to_string(static_cast<std::uint64_t>(i) * 0x9e3779b97f4a7c15) +
                              "-0000-0000-aaaaaaaaaaaa";
      states.push_back(command(key, key + "/v1", std::string(1500, 's')));
      states.back().topic = kTallies;
      states.back().header.set_wake_at_us(i % 3 == 0 ? kTallyStart + i : 0);
      if (states.size() == 500) session->commit(std::exchange(states, {}));
    }
    session->commit(std::move(states));
    while (log->statistics().waiting_records > 0) std::this_thread::yield();
    std::printf("states: %.0f/s of 1.5 KB\n", count / seconds_since(start));
  }
  const auto start = Clock::now();
  const auto log = open(folder);
  const auto session = log->open_session({.name = "bench", .state_topics = {kTallies}});
  const std::size_t due = session->due(kTallies, from_micros(kTallyStart + 1'000), 1024).size();
  std::printf("start with %d states: %.3f s, %zu due, %ld MB\n", count, seconds_since(start), due,
              resident_megabytes());
}

}  // namespace
}  // namespace guichet::eventlog

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: eventlog_bench FOLDER [STATES]\n");
    return 2;
  }
  const std::filesystem::path folder = argv[1];
  using namespace guichet::eventlog;
  std::printf("empty: %ld MB\n", (open(folder / "empty"), resident_megabytes()));
  appenders(folder / "appenders", 1, 2);
  appenders(folder / "appenders", 64, 4);
  pipeline(folder / "pipeline", 300'000);
  cascade(folder / "cascade", 100'000);
  if (argc > 2) many_states(folder / "states", std::atoi(argv[2]));
  return 0;
}
