#include "gateway/audit/trail.h"

#include <gmock/gmock.h>

#include <atomic>
#include <future>

#include "eventlog/memory/memory_log.h"
#include "gateway/audit/chain.h"
#include "schemas/topics.h"

namespace guichet::audit {
namespace {

using namespace std::chrono_literals;

/// A log that does with appends what a test says, one answer each, then as the memory does.
class Moody : public eventlog::Log {
 public:
  enum class Mood { takes, refuses, loses, keeps_and_says_it_lost, throws, never_says };

  explicit Moody(std::vector<Mood> moods) : moods_(std::move(moods)) {}

  bool append(std::vector<eventlog::Record> records, AppendDone done) override {
    const std::size_t call = calls++;
    switch (call < moods_.size() ? moods_[call] : Mood::takes) {
      case Mood::refuses:
        return false;
      case Mood::loses:
        done(false);
        return true;
      case Mood::keeps_and_says_it_lost: {
        std::promise<void> kept;
        log_.append(std::move(records), [&](bool) { kept.set_value(); });
        kept.get_future().get();
        done(false);
        return true;
      }
      case Mood::throws:
        throw eventlog::LogUnavailable("away");
      case Mood::never_says:
        kept_ = std::move(done);
        return true;
      case Mood::takes:
        break;
    }
    return log_.append(std::move(records), std::move(done));
  }
  std::unique_ptr<eventlog::Session> open_session(eventlog::SessionOptions options) override {
    return log_.open_session(std::move(options));
  }
  std::uint32_t partitions() const override { return log_.partitions(); }
  std::vector<eventlog::Record> read(std::string_view topic, std::uint32_t partition,
                                     std::uint64_t from, std::size_t most) const override {
    return log_.read(topic, partition, from, most);
  }
  std::uint64_t first_at(std::string_view topic, std::uint32_t partition,
                         Instant instant) const override {
    return log_.first_at(topic, partition, instant);
  }
  std::optional<eventlog::Record> latest(std::string_view topic,
                                         std::string_view key) const override {
    return log_.latest(topic, key);
  }
  std::unique_ptr<eventlog::Tail> tail(std::vector<std::string> topics, TailCall call) override {
    return log_.tail(std::move(topics), std::move(call));
  }
  eventlog::LogStatistics statistics() const override { return log_.statistics(); }

  /// What every entry in it says of the chain.
  ChainCheck check() const {
    ChainCheck check;
    for (std::uint32_t p = 0; p < partitions(); ++p)
      for (const auto& record : read(topics::kAudit, p, 0, 100'000)) check.add(record.payload);
    check.finish();
    return check;
  }

  std::atomic<std::size_t> calls{0};

 private:
  eventlog::MemoryLog log_{{.topics = topics::all({})}};
  const std::vector<Mood> moods_;
  AppendDone kept_;
};
using Mood = Moody::Mood;

v1::AuditEntry entry() {
  v1::AuditEntry entry;
  entry.set_call("read_application");
  return entry;
}

class AuditTrail : public testing::Test {
 protected:
  void begin(std::vector<Mood> moods = {}) {
    log_ = std::make_unique<Moody>(std::move(moods));
    trail_ = std::make_unique<Trail>(
        *log_, [] { return from_micros(1'700'000'000'000'000); }, "default",
        [this] { return "chain-" + std::to_string(++chains_); });
  }
  /// What became of one entry that was noted alone.
  bool note() {
    std::promise<bool> told;
    trail_->note(entry(), [&](bool durable) { told.set_value(durable); });
    return told.get_future().get();
  }

  int chains_ = 0;
  std::unique_ptr<Moody> log_;
  std::unique_ptr<Trail> trail_;
};

TEST_F(AuditTrail, IsOneChainWhoeverWrites) {
  begin();
  std::atomic<int> durable{0};
  {
    std::vector<std::jthread> writers;
    for (int writer = 0; writer < 4; ++writer)
      writers.emplace_back([&] {
        for (int i = 0; i < 500; ++i) trail_->note(entry(), [&](bool is) { durable += is; });
      });
  }
  while (durable < 2'000) std::this_thread::sleep_for(1ms);
  const ChainCheck check = log_->check();
  EXPECT_EQ(check.fault_count(), 0U);
  EXPECT_EQ(check.entries(), 2'000U);
  EXPECT_EQ(check.heads().at("chain-1").number, 2'000U);
  EXPECT_LT(log_->calls, 2'000U) << "what comes together is written together";
}

TEST_F(AuditTrail, WhatTheLogDoesNotTakeLeavesNoHole) {
  begin({Mood::takes, Mood::refuses, Mood::throws});
  EXPECT_TRUE(note());
  EXPECT_FALSE(note());
  EXPECT_FALSE(note());
  EXPECT_TRUE(note());
  const ChainCheck check = log_->check();
  EXPECT_EQ(check.fault_count(), 0U);
  EXPECT_EQ(check.heads().at("chain-1").number, 2U);
}

TEST_F(AuditTrail, AfterAWriteThatFailedAnotherChainBeginsWhateverBecameOfIt) {
  begin({Mood::takes, Mood::loses, Mood::takes, Mood::keeps_and_says_it_lost, Mood::takes});
  EXPECT_TRUE(note());
  EXPECT_FALSE(note());
  EXPECT_TRUE(note());
  EXPECT_FALSE(note());
  EXPECT_TRUE(note());
  const ChainCheck check = log_->check();
  EXPECT_EQ(check.fault_count(), 0U);
  EXPECT_EQ(check.heads().at("chain-1").number, 1U);
  EXPECT_EQ(check.heads().at("chain-2").number, 2U) << "the second is there all the same";
  EXPECT_EQ(check.heads().at("chain-3").number, 1U);
}

TEST_F(AuditTrail, WhatWaitsIsToldWhenItEnds) {
  begin({Mood::never_says});
  std::atomic<int> told{0};
  std::atomic<int> durable{0};
  const auto done = [&](bool is) {
    ++told;
    durable += is;
  };
  trail_->note(entry(), done);
  while (log_->calls == 0) std::this_thread::sleep_for(1ms);
  for (std::size_t i = 0; i < Trail::kMaxWaiting; ++i) trail_->note(entry(), done);
  EXPECT_EQ(told, 0);
  trail_->note(entry(), done);
  EXPECT_EQ(told, 1) << "one too many is told at once";
  trail_.reset();
  EXPECT_EQ(told, static_cast<int>(Trail::kMaxWaiting) + 2);
  EXPECT_EQ(durable, 0);
}

}  // namespace
}  // namespace guichet::audit
