#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "eventlog/memory/memory_log.h"
#include "tests/eventlog/crash.h"

namespace guichet::eventlog {

namespace {

constexpr int kMaxCrashes = 6;
constexpr int kMaxSteps = 100'000;

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

/// One seed: chaos, faults off, drain, audit.
class MemoryRun {
 public:
  MemoryRun(CrashWorkload& workload, std::uint64_t seed, CrashTotals& totals)
      : workload_(workload),
        totals_(totals),
        random_(seed),
        inputs_(workload.inputs(seed)),
        now_(workload.start()),
        log_({.topics = workload.topics(),
              .partitions = chance(3) ? 3U : 1U,
              .manual_sync = true,
              .most_waiting_records = 1'000,
              .seed = seed}) {}

  std::string run() {
    for (int crashes = below(kMaxCrashes); crashes >= 0; --crashes) {
      log_.set_faults({.repeated_delivery = chance(2) ? below(200) : 0U,
                       .refused_append = chance(2) ? below(200) : 0U,
                       .unavailable = chance(2) ? below(50) : 0U});
      log_.crash_at(1 + below(chance(2) ? 25 : 250));
      if (!chaos()) break;
    }
    log_.crash_at(0);
    log_.set_faults({});
    workload_.end_faults();
    if (!host_) open();
    while (!inputs_.empty() || !unanswered_.empty()) {
      send();
      if (!drain()) return "the host never comes to rest";
    }
    if (!drain()) return "the host never comes to rest";
    log_.append(workload_.release(log_), nullptr);
    if (!drain()) return "the host never comes to rest after the release";
    now_ += workload_.longest_wait();
    if (!drain()) return "the host never comes to rest after the last tick";
    totals_.acknowledged += acknowledged_.size();
    return workload_.check(log_, acknowledged_);
  }

 private:
  unsigned below(unsigned bound) { return static_cast<unsigned>(random_() % bound); }
  bool chance(unsigned in) { return below(in) == 0; }

  void open() {
    host_.reset();
    host_ = std::make_unique<Host>(
        log_, "main", workload_.stages_over(log_), [this] { return now_; },
        [](const std::string&) {});
  }

  /// Until the process dies (true), or has nothing more to do.
  bool chaos() {
    int idle = 0;
    try {
      while (idle < 20) {
        try {
          if (!host_) open();
          idle = act() ? 0 : idle + 1;
        } catch (const LogUnavailable&) {
          if (!log_.is_dead()) continue;
          die();  // a handler met the crash, and its host has no way to tell it from a fault
          return true;
        }
      }
      return false;
    } catch (const Crash& crash) {
      ++totals_.crashes_at[static_cast<int>(crash.point)];
      die();
      return true;
    }
  }

  void die() {
    ++totals_.crashes;
    host_.reset();
    log_.restart();
    // Clients that were not answered send again.
    for (auto& [id, record] : unanswered_) inputs_.push_back(std::move(record));
    unanswered_.clear();
  }

  bool act() {
    switch (below(6)) {
      case 0:
        return send();
      case 1:
        return log_.sync(below(3)) > 0;
      case 2:
        now_ += std::chrono::milliseconds(below(300));
        return false;
      default:
        return host_->step();
    }
  }

  bool send() {
    if (inputs_.empty()) return false;
    const std::size_t which =
        below(static_cast<unsigned>(std::min<std::size_t>(inputs_.size(), 4)));
    Record record = inputs_[which];
    record.header.set_recorded_at_us(to_micros(now_));
    const std::string id = record.header.id();
    if (!log_.append({record}, [this, id](bool durable) {
          if (!durable) return;
          acknowledged_.insert(id);
          unanswered_.erase(id);
        })) {
      return false;
    }
    unanswered_[id] = std::move(record);
    if (!chance(20)) inputs_.erase(inputs_.begin() + static_cast<std::ptrdiff_t>(which));
    return true;
  }

  bool drain() {
    for (int steps = 0; steps < kMaxSteps; ++steps) {
      if (!host_->step() && log_.sync() == 0) return true;
    }
    return false;
  }

  CrashWorkload& workload_;
  CrashTotals& totals_;
  std::mt19937_64 random_;
  std::vector<Record> inputs_;
  std::map<std::string, Record> unanswered_;
  std::set<std::string> acknowledged_;
  Instant now_;
  MemoryLog log_;
  std::unique_ptr<Host> host_;
};

}  // namespace

CrashSeeds crash_seeds(std::uint64_t count) {
  return {number_from("GUICHET_SEED", 1), number_from("GUICHET_SEEDS", count)};
}

CrashTotals run_memory_crashes(const MakeWorkload& make, CrashSeeds seeds) {
  CrashTotals totals;
  for (std::uint64_t seed = seeds.first; seed < seeds.first + seeds.count; ++seed) {
    const std::unique_ptr<CrashWorkload> workload = make();
    const std::string wrong = MemoryRun(*workload, seed, totals).run();
    ++totals.seeds;
    if (wrong.empty()) continue;
    ADD_FAILURE() << wrong << "\nagain with GUICHET_SEED=" << seed << " GUICHET_SEEDS=1";
    break;
  }
  return totals;
}

}  // namespace guichet::eventlog
