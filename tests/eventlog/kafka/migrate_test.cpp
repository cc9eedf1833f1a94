#include "eventlog/migrate/migrate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <map>
#include <random>
#include <utility>

#include "eventlog/kafka/kafka_log.h"
#include "eventlog/partition.h"
#include "eventlog/sqlite/connection.h"
#include "eventlog/sqlite/sqlite_log.h"
#include "tests/eventlog/kafka/broker.h"
#include "tests/eventlog/records.h"
#include "tests/eventlog/temporary_folder.h"

namespace guichet::eventlog {
namespace {

using testing::HasSubstr;

constexpr int kKeys = 100;
constexpr int kRecords = 1'500;
constexpr std::size_t kConsumed = 700;
const std::string kDone = "done";  // a group that consumed all

std::vector<topics::Topic> all_topics() {
  return {{.name = "inbox"},
          {.name = "states", .compacted = true},
          {.name = std::string(topics::kDeadLetters)},
          {.name = "unused"}};
}

/// A stopped server's folder: records of many keys, states with and without a time to wake, a large
/// dead letter; the group "half" consumed the first 700 of the inbox, "done" all, "none" nothing.
class Migrate : public testing::TestWithParam<std::uint32_t> {
 protected:
  void SetUp() override {
    GUICHET_NEEDS_BROKER();
    options_.kafka.brokers = broker_address();
    options_.kafka.prefix = fresh_prefix();
    options_.kafka.partitions = GetParam();
    options_.topics = all_topics();
    create_topics(options_.kafka, options_.topics);
    write_log();
  }

  SqliteOptions sqlite() const {
    SqliteOptions options;
    options.folder = folder_.path();
    options.topics = all_topics();
    return options;
  }

  void write_log() {
    auto log = SqliteLog::open(sqlite());
    ASSERT_TRUE(log) << log.error().message;
    std::mt19937 random(7);
    std::vector<Record> records;
    for (int i = 0; i < kRecords; ++i) {
      const std::string key = "key-" + std::to_string(random() % kKeys);
      Record made = record("inbox", key, "id-" + std::to_string(i), std::string(1, '\0') + key);
      made.header.set_recorded_at_us(1'700'000'000'000'000 + i);
      records.push_back(std::move(made));
    }
    append(**log, std::move(records));
    append(**log, {record(std::string(topics::kDeadLetters), "key-1", "large",
                          std::string(3'000'000, 'x'))});
    auto session = (*log)->open_session({.name = "writer",
                                         .subscriptions = {{"half", {"inbox"}}, {kDone, {"inbox"}}},
                                         .state_topics = {"states"}});
    ASSERT_EQ(poll_up_to(*session, "half", kConsumed), kConsumed);
    ASSERT_EQ(poll_up_to(*session, kDone, kRecords), std::size_t{kRecords});
    std::vector<Record> states;
    for (int round = 0; round < 2; ++round)
      for (int i = 0; i < kKeys; ++i)
        states.push_back(state("states", "key-" + std::to_string(i),
                               "state " + std::to_string(round), i % 2 == 0 ? 0 : 1'000 + i));
    session->commit(std::move(states));
  }

  static std::size_t poll_up_to(Session& session, const std::string& group, std::size_t most) {
    std::size_t polled = 0;
    while (polled < most) {
      const std::size_t some = session.poll(group, most - polled).size();
      if (some == 0) break;
      polled += some;
    }
    return polled;
  }

  Result<MigrateReport> run() {
    const auto folder = DataFolder::lock(folder_.path(), DataFolder::Missing::kFail);
    if (!folder) return folder.error();
    return migrate(*folder, options_);
  }

  std::unique_ptr<KafkaLog> kafka(const std::filesystem::path& cache) const {
    KafkaOptions options;
    options.brokers = options_.kafka.brokers;
    options.prefix = options_.kafka.prefix;
    options.partitions = options_.kafka.partitions;
    options.cache_folder = cache;
    return KafkaLog::open(std::move(options));
  }

  std::string file_bytes() const {
    std::ifstream in(folder_.path() / "guichet.db", std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  /// Of the largest one.
  std::string beginning_of_a_segment() const {
    Connection connection(folder_.path() / "guichet.db", Connection::Mode::kReadOnly);
    auto& query = connection.statement(
        "SELECT substr(records, 1, 64) FROM segments ORDER BY length(records) DESC LIMIT 1");
    EXPECT_TRUE(query.executeStep());
    return query.getColumn(0).getString();
  }

  TemporaryFolder folder_;
  MigrateOptions options_;
};

TEST_P(Migrate, EveryRecordIsThereAndEveryGroupGoesOnWhereItStood) {
  const std::string before = file_bytes();
  const auto report = run();
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->difference, "");
  EXPECT_EQ(file_bytes(), before);
  std::map<std::string, std::uint64_t> counts;
  for (const MigratedTopic& topic : report->topics) {
    EXPECT_EQ(topic.in_file, topic.on_kafka) << topic.name;
    counts[topic.name] = topic.on_kafka;
  }
  EXPECT_EQ(counts["inbox"], std::uint64_t{kRecords});
  EXPECT_EQ(counts["states"], std::uint64_t{kKeys});
  EXPECT_EQ(counts[std::string(topics::kDeadLetters)], 1U);

  // Not by what the migration says of itself: a session of the group, and its states.
  TemporaryFolder cache;
  const auto log = kafka(cache.path());
  auto session = log->open_session(
      {.name = "after", .subscriptions = {{"half", {"inbox"}}}, .state_topics = {"states"}});
  std::vector<Record> rest;
  ASSERT_TRUE(eventually([&] {
    for (const Record& more : session->poll("half", 500)) rest.push_back(more);
    return rest.size() >= kRecords - kConsumed;
  })) << rest.size();
  session->wait(std::chrono::milliseconds(300));
  EXPECT_TRUE(session->poll("half", 500).empty());
  ASSERT_EQ(rest.size(), kRecords - kConsumed);
  std::map<std::string, int> last;
  for (const Record& one : rest) {
    const int number = std::stoi(one.header.id().substr(3));
    EXPECT_GE(number, static_cast<int>(kConsumed));
    EXPECT_EQ(one.header.recorded_at_us(), 1'700'000'000'000'000 + number);
    EXPECT_EQ(one.payload, std::string(1, '\0') + one.header.key());
    EXPECT_GT(number, std::exchange(last[one.header.key()], number)) << one.header.key();
  }
  EXPECT_EQ(session->latest("states", "key-7")->payload, "state 1");
  EXPECT_EQ(session->due("states", from_micros(5'000), 1'000).size(), std::size_t{kKeys / 2});
}

TEST_P(Migrate, OneRecordMoreOnKafkaIsFound) {
  TemporaryFolder cache;
  const auto log = kafka(cache.path());
  bool added = false;
  options_.progress = [&](std::string_view what, std::uint64_t, std::uint64_t) {
    if (what == "compare" && !std::exchange(added, true))
      append(*log, {record("states", "stranger", "more")});
  };
  const auto report = run();
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_THAT(report->difference, HasSubstr("not in the file"));
}

TEST_P(Migrate, KilledWhileItCopiesItSaysHowToBeginAgain) {
  const std::string before = file_bytes();
  const std::uint64_t moment = std::mt19937(GetParam())() % kRecords;
  const pid_t child = fork();
  if (child == 0) {
    options_.progress = [&](std::string_view what, std::uint64_t records, std::uint64_t) {
      if (what == "copy" && records > moment) raise(SIGKILL);
    };
    (void)run();
    _exit(0);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << status;
  EXPECT_EQ(file_bytes(), before);
  const auto again = run();
  ASSERT_FALSE(again);
  EXPECT_THAT(again.error().message, HasSubstr(options_.kafka.prefix + "inbox: "));
  EXPECT_THAT(again.error().message, HasSubstr("kafka-topics.sh --bootstrap-server"));

  options_.kafka.prefix = fresh_prefix();  // the other way that it names
  create_topics(options_.kafka, options_.topics);
  const auto fresh = run();
  ASSERT_TRUE(fresh) << fresh.error().message;
  EXPECT_EQ(fresh->difference, "");
}

TEST_P(Migrate, ADamagedFileIsRefusedAndNothingIsWritten) {
  std::string bytes = file_bytes();
  // Within a segment of the inbox, whose records are compressed.
  const std::size_t at = bytes.find(beginning_of_a_segment());
  ASSERT_NE(at, std::string::npos);
  bytes[at + 40] = static_cast<char>(bytes[at + 40] ^ 1);
  std::ofstream(folder_.path() / "guichet.db", std::ios::binary) << bytes;
  const auto refused = run();
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("is damaged: topic "));
  TemporaryFolder cache;
  EXPECT_TRUE(kafka(cache.path())->read("inbox", 0, 0, 1).empty());
}

TEST_P(Migrate, TopicsThatAreMissingOrUndeclaredAreRefused) {
  const std::string prefix = std::exchange(options_.kafka.prefix, fresh_prefix());
  auto refused = run();
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("guichet topics create"));
  options_.kafka.prefix = prefix;
  options_.topics.erase(options_.topics.begin());
  refused = run();
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("topic inbox"));
  EXPECT_THAT(refused.error().message, HasSubstr("--programs"));
}

TEST_P(Migrate, AFolderInUseIsRefused) {
  const auto log = SqliteLog::open(sqlite());
  ASSERT_TRUE(log);
  const auto refused = run();
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("in use by process"));
}

INSTANTIATE_TEST_SUITE_P(Partitions, Migrate, testing::Values(1U, 8U),
                         [](const auto& of) { return std::to_string(of.param); });

}  // namespace
}  // namespace guichet::eventlog
