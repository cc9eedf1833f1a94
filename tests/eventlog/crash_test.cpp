// The tally application of tally.h under crashes.

#include <gmock/gmock.h>

#include <random>
#include <sstream>

#include "eventlog/memory/memory_log.h"
#include "tests/eventlog/crash.h"
#include "tests/eventlog/records.h"
#include "tests/eventlog/tally.h"

namespace guichet::eventlog {
namespace {

class TallyWorkload : public CrashWorkload {
 public:
  std::vector<topics::Topic> topics() const override { return tally_topics(); }
  std::vector<Stage> stages() override { return tally_stages(faults_); }
  Instant start() const override { return from_micros(kTallyStart); }
  std::chrono::microseconds longest_wait() const override { return std::chrono::hours(1); }

  std::vector<Record> inputs(std::uint64_t seed) const override {
    std::mt19937_64 random(seed);
    const std::uint64_t keys = 1 + random() % 5;
    const bool with_faults = random() % 2 == 0;
    std::vector<Record> inputs;
    for (std::uint64_t i = 5 + random() % 20; i > 0; --i) {
      const std::string key = "k" + std::to_string(random() % keys);
      std::string id = "c" + std::to_string(i);
      if (random() % 3 == 0) id += "w";
      inputs.push_back(command(key, id, with_faults && random() % 10 == 0 ? "boom" : ""));
    }
    return inputs;
  }

  std::vector<Record> release(const Log& log) override {
    faults_->broken = false;
    std::vector<Record> replays;
    for (std::uint32_t partition = 0; partition < log.partitions(); ++partition) {
      for (const Record& record : read_all(log, kTallies, partition)) {
        v1::KeyState state;
        state.ParseFromString(record.payload);
        if (!state.has_held()) continue;
        replays.push_back(command(record.header.key(), "replay of " + record.header.key()));
        replays.back().header.set_kind(v1::KIND_REPLAY);
      }
    }
    return replays;
  }

  std::string check(const Log& log, const std::set<std::string>& acknowledged) override {
    wrong_.str("");
    std::set<std::string> expected;  // what must have counted, each once
    std::set<std::string> waits;
    for (const Record& input : all(log, kInbox)) {
      once(input);
      if (input.header.kind() != v1::KIND_SUBMIT_APPLICATION) continue;
      expected.insert(input.header.id());
      expected.insert(input.header.id() + "/request/answer");
      if (input.header.id().ends_with("w")) waits.insert(input.header.key());
    }
    for (const std::string& id : acknowledged) {
      if (!expected.contains(id)) wrong_ << "acknowledged and lost: " << id << '\n';
    }
    for (const Record& request : all(log, kRequests)) once(request);
    for (const Record& letter : all(log, topics::kDeadLetters)) {
      once(letter);
      v1::DeadLetter stored;
      stored.ParseFromString(letter.payload);
      if (stored.failure_class() != "processor_fault")
        wrong_ << "dead letter: " << stored.text() << '\n';
    }

    std::map<std::string, std::uint64_t> sequence;
    std::set<std::string> counted;
    for (const Record& event : all(log, kEvents)) {
      once(event);
      if (event.payload == "held") continue;
      const std::string& key = event.header.key();
      if (event.header.id() != key + "/e" + std::to_string(++sequence[key])) {
        wrong_ << "out of sequence: " << event.header.id() << '\n';
      }
      if (!counted.insert(event.payload).second) wrong_ << "twice: " << event.payload << '\n';
      if (event.payload.find("/tick/") != std::string::npos) {
        waits.erase(key);
      } else if (!expected.contains(event.payload)) {
        wrong_ << "nobody sent " << event.payload << '\n';
      }
    }
    for (const std::string& id : expected) {
      if (!counted.contains(id)) wrong_ << "never counted: " << id << '\n';
    }
    for (const std::string& key : waits) wrong_ << "no tick for " << key << '\n';
    for (const auto& [key, last] : sequence) check_state(log, key, last);
    return wrong_.str();
  }

 private:
  static std::vector<Record> all(const Log& log, std::string_view topic) {
    std::vector<Record> records;
    for (std::uint32_t partition = 0; partition < log.partitions(); ++partition) {
      std::ranges::move(read_all(log, topic, partition), std::back_inserter(records));
    }
    return records;
  }

  /// The same id, the same content.
  void once(const Record& record) {
    const std::string content = record.header.key() + record.payload;
    const auto [known, is_new] =
        contents_.try_emplace(record.topic + " " + record.header.id(), content);
    if (!is_new && known->second != content) wrong_ << "two contents of " << known->first << '\n';
  }

  void check_state(const Log& log, const std::string& key, std::uint64_t last) {
    const std::optional<Record> record = log.latest(kTallies, key);
    v1::KeyState state;
    test::Tally tally;
    if (!record || !state.ParseFromString(record->payload) ||
        !tally.ParseFromString(state.state())) {
      wrong_ << "no state of " << key << '\n';
    } else if (tally.sequence() != last || tally.wake_at_us() != 0 || state.has_held() ||
               state.parked_size() > 0) {
      wrong_ << "the state of " << key << " is not that of its events: " << tally.ShortDebugString()
             << '\n';
    }
  }

  std::shared_ptr<TallyFaults> faults_ = std::make_shared<TallyFaults>();
  std::map<std::string, std::string> contents_;
  std::ostringstream wrong_;
};

std::unique_ptr<CrashWorkload> tally() {
  return std::make_unique<TallyWorkload>();
}

TEST(Crashes, OnMemoryNothingIsLostRepeatedOrTorn) {
  const CrashSeeds seeds = crash_seeds(GUICHET_CRASH_SEEDS);
  const CrashTotals totals = run_memory_crashes(tally, seeds);
  if (seeds.count < 100) return;
  EXPECT_GT(totals.crashes, totals.seeds);
  EXPECT_GT(totals.acknowledged, 5 * totals.seeds);
  for (int point = 0; point <= static_cast<int>(CrashPoint::kAfterAcknowledgement); ++point) {
    EXPECT_GT(totals.crashes_at.count(point), 0U) << "crash point " << point << " was never met";
  }
}

TEST(Crashes, OnSqliteKilledProcessesLoseRepeatAndTearNothing) {
  const CrashSeeds seeds = crash_seeds(GUICHET_KILL_SEEDS);
  const CrashTotals totals = run_sqlite_kills(tally, seeds);
  if (seeds.count < 20) return;
  EXPECT_EQ(totals.crashes, 3 * totals.seeds);
  EXPECT_GT(totals.acknowledged, 3 * totals.seeds);
}

}  // namespace
}  // namespace guichet::eventlog
