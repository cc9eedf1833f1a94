#include "eventlog/memory/memory_log.h"

#include <gmock/gmock.h>

#include "tests/eventlog/contract.h"

namespace guichet::eventlog {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class MemoryHome : public Home {
 public:
  explicit MemoryHome(HomeOptions options)
      : log_({.topics = std::move(options.topics),
              .partitions = options.partitions,
              .most_waiting_records = options.most_waiting_records}) {}
  Log& log() override { return log_; }
  void restart() override {
    EXPECT_TRUE(eventually([&] { return log_.statistics().waiting_records == 0; }));
    log_.restart();
  }

 private:
  MemoryLog log_;
};

INSTANTIATE_TEST_SUITE_P(Memory, LogContract,
                         testing::Values(HomeKind{"memory",
                                                  [](HomeOptions options) {
                                                    return std::make_unique<MemoryHome>(
                                                        std::move(options));
                                                  },
                                                  {1, 3}}));

MemoryOptions manual() {
  return {.topics = {{"in"}, {"out"}, {"states", true}}, .manual_sync = true};
}

TEST(MemoryLog, NothingIsDurableBeforeItIsSynced) {
  MemoryLog log(manual());
  int acknowledged = 0;
  for (const char* id : {"1", "2", "3"}) {
    log.append({record("in", "k", id)}, [&](bool durable) { acknowledged += durable ? 1 : 0; });
  }
  EXPECT_THAT(log.read("in", 0, 0, 10), IsEmpty());
  EXPECT_EQ(log.sync(2), 2U);
  EXPECT_EQ(acknowledged, 2);
  EXPECT_THAT(ids(read_all(log, "in")), ElementsAre("1", "2"));

  const auto session = log.open_session({.name = "s", .subscriptions = {{"g", {"in"}}}});
  EXPECT_THAT(ids(session->poll("g", 10)), ElementsAre("1", "2", "3"));
  session->commit({state("states", "k", "v1")});

  log.restart();  // as after a power cut
  EXPECT_THROW(session->poll("g", 1), LogUnavailable);
  const auto next = log.open_session({.name = "s", .subscriptions = {{"g", {"in"}}}});
  EXPECT_THAT(ids(next->poll("g", 10)), ElementsAre("1", "2"));
  EXPECT_FALSE(next->latest("states", "k"));
  EXPECT_EQ(acknowledged, 2);
}

TEST(MemoryLog, CrashesWhereItIsToldTo) {
  MemoryLog log(manual());
  const auto session = log.open_session({.name = "s", .subscriptions = {{"g", {"in"}}}});
  log.crash_at(2);
  try {
    session->commit({record("out", "k", "1")});
    FAIL() << "did not crash";
  } catch (const Crash& crash) {
    EXPECT_EQ(crash.point, CrashPoint::kDuringCommit);
  }
  EXPECT_THROW(session->poll("g", 1), LogUnavailable);
  EXPECT_THROW(log.append({record("in", "k", "2")}, nullptr), LogUnavailable);
  EXPECT_EQ(log.sync(), 0U);
  log.restart();
  EXPECT_TRUE(log.append({record("in", "k", "2")}, nullptr));
  EXPECT_EQ(log.sync(), 1U);
  EXPECT_THAT(read_all(log, "out"), IsEmpty());
}

TEST(MemoryLog, FaultsComeAsOftenAsToldAndAlikeForASeed) {
  const auto run = [](std::uint64_t seed) {
    MemoryOptions options = manual();
    options.seed = seed;
    MemoryLog log(options);
    log.set_faults({.repeated_delivery = 300, .refused_append = 200, .unavailable = 100});
    const auto session = log.open_session({.name = "s", .subscriptions = {{"g", {"in"}}}});
    std::string what;
    for (int i = 0; i < 300; ++i) {
      try {
        what += log.append({record("in", "k", std::to_string(i))}, nullptr) ? 'a' : 'r';
        what += std::to_string(session->poll("g", 10).size());
        session->commit({});
      } catch (const LogUnavailable&) {
        what += 'u';
      }
    }
    return what;
  };
  const std::string first = run(1);
  EXPECT_EQ(first, run(1));
  EXPECT_NE(first, run(2));
  for (const char* fault : {"r", "u", "2"}) EXPECT_NE(first.find(fault), std::string::npos);
}

}  // namespace
}  // namespace guichet::eventlog
