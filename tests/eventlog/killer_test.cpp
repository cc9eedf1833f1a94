// A record that kills the process, whatever is tried with it.

#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include "eventlog/sqlite/sqlite_log.h"
#include "tests/eventlog/records.h"
#include "tests/eventlog/tally.h"
#include "tests/eventlog/temporary_folder.h"

namespace guichet::eventlog {
namespace {

constexpr int kDied = 9;
constexpr int kFound = 2;  // deaths that lead to it: one unawares, one in a batch

class Deadly : public TallyProcessor {
 public:
  Step take(std::shared_ptr<test::Tally> tally, const Record& input) const override {
    if (input.payload == "kill") _exit(kDied);
    return TallyProcessor::take(std::move(tally), input);
  }
};

class DeadlyAnswerer : public Answerer {
 public:
  std::vector<Output> handle(const Record& input) override {
    if (input.header.id() == "deadly/request") _exit(kDied);
    return Answerer::handle(input);
  }
};

class KillerTest : public testing::Test {
 protected:
  std::unique_ptr<SqliteLog> open() {
    SqliteOptions options;
    options.folder = folder_.path();
    options.topics = tally_topics();
    return SqliteLog::open(std::move(options)).value();
  }

  static void settle(Log& log, std::vector<Stage> stages) {
    Host host(log, "main", std::move(stages), [] { return from_micros(kTallyStart); });
    while (host.step()) {
    }
  }

  /// Starts processes until one comes to rest. How many died.
  int deaths() {
    for (int died = 0; died < 10; ++died) {
      const pid_t child = fork();
      if (child == 0) {
        auto log = open();
        std::vector<Stage> stages = tally_stages();
        std::get<KeyedStage>(stages[0]).processor = std::make_shared<Deadly>();
        std::get<PlainStage>(stages[1]).handler = std::make_shared<DeadlyAnswerer>();
        settle(*log, std::move(stages));
        log.reset();
        _exit(0);
      }
      int status = 0;
      waitpid(child, &status, 0);
      EXPECT_TRUE(WIFEXITED(status));
      if (WEXITSTATUS(status) == 0) return died;
      EXPECT_EQ(WEXITSTATUS(status), kDied);
    }
    return 10;
  }

  std::vector<std::string> letters(Log& log) {
    std::vector<std::string> classes;
    for (const Record& record : read_all(log, topics::kDeadLetters)) {
      v1::DeadLetter letter;
      letter.ParseFromString(record.payload);
      classes.push_back(letter.failure_class() + " " + letter.record().header().id());
    }
    return classes;
  }

  TemporaryFolder folder_;
};

TEST_F(KillerTest, ARecordThatKillsTheProcessHasThreeTriesAndThenHoldsItsKey) {
  {
    auto log = open();
    for (int i = 0; i < 40; ++i) {
      append(*log,
             {command("k" + std::to_string(i % 4), std::to_string(i), i == 21 ? "kill" : "")});
    }
  }
  EXPECT_EQ(deaths(), kFound + 3);
  EXPECT_EQ(deaths(), 0);
  {
    const auto log = open();
    EXPECT_THAT(letters(*log), testing::ElementsAre("killed_process 21"));
    // 30 of other keys, twice; and of k1, before it: 1, 5, 9, 13, 17.
    EXPECT_GE(read_all(*log, kEvents).size(), 60U + 5U);
    Record replay = command("k1", "replay");
    replay.header.set_kind(v1::KIND_REPLAY);
    append(*log, {replay});
  }
  EXPECT_EQ(deaths(), 1 + 3);  // not mended: held again
  {
    const auto log = open();
    EXPECT_EQ(letters(*log).size(), 2U);
    Record replay = command("k1", "replay 2");
    replay.header.set_kind(v1::KIND_REPLAY);
    append(*log, {replay});
    settle(*log, tally_stages());  // mended
  }
  EXPECT_EQ(read_all(*open(), kEvents).size(), 80U);
}

TEST_F(KillerTest, ARecordThatKillsAHandlerHasThreeTriesAndTheNextRecordsTurnComes) {
  {
    auto log = open();
    append(*log, {command("k", "1"), command("k", "deadly"), command("k", "3")});
  }
  EXPECT_EQ(deaths(), kFound + 3);
  const auto log = open();
  EXPECT_THAT(letters(*log), testing::ElementsAre("killed_process deadly/request"));
  EXPECT_EQ(read_all(*log, kEvents).size(), 5U);
}

}  // namespace
}  // namespace guichet::eventlog
