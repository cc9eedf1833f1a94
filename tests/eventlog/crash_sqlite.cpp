#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <mutex>
#include <random>
#include <thread>

#include "eventlog/sqlite/sqlite_log.h"
#include "tests/eventlog/crash.h"
#include "tests/eventlog/temporary_folder.h"

namespace guichet::eventlog {

namespace {

using std::chrono::microseconds;
using std::chrono::steady_clock;

constexpr int kKills = 3;
constexpr int kClockSpeed = 200;  // so that ticks come due while a process lives
constexpr auto kDrainPatience = std::chrono::seconds(20);

std::unique_ptr<SqliteLog> open(CrashWorkload& workload, const std::filesystem::path& folder) {
  SqliteOptions options;
  options.folder = folder;
  options.topics = workload.topics();
  return SqliteLog::open(std::move(options)).value();
}

[[noreturn]] void die() {
  kill(getpid(), SIGKILL);
  _exit(99);
}

/// A process: sends what is left, tells the parent what is acknowledged, and is killed.
[[noreturn]] void live(CrashWorkload& workload, const std::filesystem::path& folder,
                       std::vector<Record> inputs, std::uint64_t seed, int acknowledged) {
  std::mt19937_64 random(seed);
  std::ranges::shuffle(inputs, random);
  const auto born = steady_clock::now();
  const auto clock = [&] {
    return workload.start() +
           std::chrono::duration_cast<microseconds>(steady_clock::now() - born) * kClockSpeed;
  };
  // Killed after so many acknowledgements, or at any moment.
  const bool at_acknowledgement = !inputs.empty() && random() % 2 == 0;
  const std::uint64_t most = 1 + random() % std::max<std::size_t>(1, inputs.size());
  const microseconds life(random() % 25'000);
  std::atomic<std::uint64_t> count = 0;

  const auto log = open(workload, folder);
  std::jthread killer([&] {
    std::this_thread::sleep_for(at_acknowledgement ? microseconds(200'000) : life);
    die();
  });
  Host host(*log, "main", workload.stages_over(*log), clock, [](const std::string&) {});
  std::jthread hosting([&](std::stop_token stop) { host.run(stop); });
  for (Record& record : inputs) {
    record.header.set_recorded_at_us(to_micros(clock()));
    const std::string id = record.header.id() + "\n";
    while (!log->append({record}, [&, id](bool durable) {
      if (durable && write(acknowledged, id.data(), id.size()) < 0) _exit(98);
      if (at_acknowledgement && ++count == most) die();
    })) {
      std::this_thread::yield();
    }
    if (random() % 4 == 0) std::this_thread::sleep_for(microseconds(random() % 2'000));
  }
  pause();
  die();
}

void drain(Host& host, Log& log) {
  const auto patience = steady_clock::now() + kDrainPatience;
  while (host.step() || log.statistics().waiting_records > 0) {
    ASSERT_LT(steady_clock::now(), patience) << "the host never comes to rest";
  }
}

std::string run(CrashWorkload& workload, std::uint64_t seed, CrashTotals& totals) {
  TemporaryFolder folder;
  std::map<std::string, Record> left;
  for (Record& record : workload.inputs(seed)) left[record.header.id()] = record;
  std::set<std::string> acknowledged;
  for (int i = 0; i < kKills; ++i) {
    std::vector<Record> inputs;
    for (const auto& [id, record] : left) inputs.push_back(record);
    int told[2];
    if (pipe(told) != 0) return "no pipe";
    const pid_t child = fork();
    if (child == 0) {
      close(told[0]);
      live(workload, folder.path(), std::move(inputs), seed * kKills + static_cast<unsigned>(i),
           told[1]);
    }
    close(told[1]);
    std::string text;
    char buffer[4096];
    for (ssize_t size = 0; (size = read(told[0], buffer, sizeof(buffer))) > 0;) {
      text.append(buffer, static_cast<std::size_t>(size));
    }
    close(told[0]);
    int status = 0;
    waitpid(child, &status, 0);
    if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL) {
      return "the process ended by itself, with status " + std::to_string(status);
    }
    ++totals.crashes;
    for (std::size_t end = 0; (end = text.find('\n')) != std::string::npos;
         text.erase(0, end + 1)) {
      acknowledged.insert(text.substr(0, end));
      left.erase(text.substr(0, end));
    }
  }
  {
    const auto log = open(workload, folder.path());
    Instant now = workload.start();
    Host host(
        *log, "main", workload.stages_over(*log), [&] { return now; }, [](const std::string&) {});
    for (auto& [id, record] : left) {
      record.header.set_recorded_at_us(to_micros(now));
      log->append({record}, nullptr);
    }
    drain(host, *log);
    if (std::vector<Record> released = workload.release(*log); !released.empty()) {
      log->append(std::move(released), nullptr);
    }
    drain(host, *log);
    now += workload.longest_wait();
    drain(host, *log);
    totals.acknowledged += acknowledged.size();
    if (std::string wrong = workload.check(*log, acknowledged); !wrong.empty()) return wrong;
  }
  return verify_sqlite_log(folder.path()).value().damage;
}

}  // namespace

CrashTotals run_sqlite_kills(const MakeWorkload& make, CrashSeeds seeds) {
  CrashTotals totals;
  for (std::uint64_t seed = seeds.first; seed < seeds.first + seeds.count; ++seed) {
    const std::unique_ptr<CrashWorkload> workload = make();
    const std::string wrong = run(*workload, seed, totals);
    ++totals.seeds;
    if (wrong.empty() && !testing::Test::HasFailure()) continue;
    ADD_FAILURE() << wrong << "\nagain with GUICHET_SEED=" << seed << " GUICHET_SEEDS=1";
    break;
  }
  return totals;
}

}  // namespace guichet::eventlog
