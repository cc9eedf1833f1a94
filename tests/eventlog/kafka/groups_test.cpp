// Groups on a real broker: how long they wait, what becomes of positions, partitions that move
// between processes that come, go and are killed, and a record that kills its process.

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <set>
#include <thread>

#include "eventlog/kafka/client.h"
#include "eventlog/kafka/kafka_log.h"
#include "eventlog/kafka/topics_admin.h"
#include "tests/eventlog/kafka/again.h"
#include "tests/eventlog/kafka/broker.h"
#include "tests/eventlog/records.h"
#include "tests/eventlog/tally.h"
#include "tests/eventlog/temporary_folder.h"

namespace guichet::eventlog {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::uint32_t kPartitions = 4;

class KafkaGroups : public testing::Test {
 protected:
  void SetUp() override { GUICHET_NEEDS_BROKER(); }
  void TearDown() override { settle_time = 0ms; }

  void make(std::vector<topics::Topic> topics, std::uint32_t partitions = kPartitions) {
    partitions_ = partitions;
    create_topics({.brokers = broker_address(),
                   .security = {},
                   .prefix = prefix_,
                   .partitions = partitions,
                   .replicas = 1},
                  topics);
    settle_time = 1'000ms;
  }

  std::unique_ptr<KafkaLog> open(const std::string& folder = "process") const {
    KafkaOptions options;
    options.brokers = broker_address();
    options.prefix = prefix_;
    options.partitions = partitions_;
    options.cache_folder = folder_.path() / folder;
    return KafkaLog::open(std::move(options));
  }

  /// Deletes what stands before the offset, as retention does.
  void delete_before(const std::string& topic, std::int64_t offset) const {
    using namespace kafka;
    const Handle client = open_producer(configure({{"bootstrap.servers", broker_address()}}));
    const Partitions list = make_partitions();
    rd_kafka_topic_partition_list_add(list.get(), (prefix_ + topic).c_str(), 0)->offset = offset;
    rd_kafka_DeleteRecords_t* request = rd_kafka_DeleteRecords_new(list.get());
    rd_kafka_queue_t* queue = rd_kafka_queue_new(client.get());
    rd_kafka_DeleteRecords(client.get(), &request, 1, nullptr, queue);
    rd_kafka_event_t* answer = rd_kafka_queue_poll(queue, 10'000);
    ASSERT_NE(answer, nullptr);
    EXPECT_EQ(rd_kafka_event_error(answer), RD_KAFKA_RESP_ERR_NO_ERROR);
    rd_kafka_event_destroy(answer);
    rd_kafka_queue_destroy(queue);
    rd_kafka_DeleteRecords_destroy(request);
  }

  /// What this and other processes of the test need to find one another.
  std::map<std::string, std::string> words(const std::string& name) const {
    return {{"GUICHET_TEST_PREFIX", prefix_},
            {"GUICHET_TEST_FOLDER", (folder_.path() / name).string()},
            {"GUICHET_TEST_NAME", name}};
  }

  std::string prefix_ = fresh_prefix();
  std::uint32_t partitions_ = kPartitions;
  TemporaryFolder folder_;
};

// ---- memory

TEST_F(KafkaGroups, LargeRecordsArePolledAFewAtATime) {
  make({{"in"}}, 1);
  const auto log = open();
  constexpr std::size_t kSize = 2'000'000;
  constexpr int kRecords = 20;
  for (int i = 0; i < kRecords; ++i)
    append(*log, {record("in", "k", std::to_string(i), std::string(kSize, 'x'))});
  const auto session = log->open_session({.name = "reader", .subscriptions = {{"g", {"in"}}}});
  int count = 0;
  for (const auto until = steady_clock::now() + 30s;
       count < kRecords && steady_clock::now() < until;) {
    session->wait(100ms);
    std::this_thread::sleep_for(200ms);  // more is on its way than one poll may give
    std::size_t bytes = 0;
    for (const Record& record : session->poll("g", 512)) {
      EXPECT_EQ(record.header.id(), std::to_string(count++));
      bytes += record.payload.size();
    }
    EXPECT_LE(bytes, kafka::kMostBytesAtOnce + kSize);
  }
  EXPECT_EQ(count, kRecords);
}

// ---- waiting

/// How long a record takes from its acknowledgement to the session that waits for it: the median.
std::chrono::microseconds latency(Log& log, int groups) {
  SessionOptions options{.name = "session-" + std::to_string(groups)};
  for (int i = 0; i < groups; ++i)
    options.subscriptions.push_back(
        {"g" + std::to_string(groups) + "-" + std::to_string(i), {"t" + std::to_string(i)}});
  const auto session = log.open_session(options);
  const std::string topic = "t" + std::to_string(groups - 1);
  const std::string& group = options.subscriptions.back().group;
  for (const auto until = steady_clock::now() + 2s;
       steady_clock::now() < until;) {  // all have joined
    for (const Subscription& subscription : options.subscriptions)
      session->poll(subscription.group, 10);
    session->wait(50ms);
  }
  std::vector<steady_clock::duration> times;
  for (int i = 0; i < 41; ++i) {
    append(log, {record(topic, "k", std::to_string(i))});
    const auto sent = steady_clock::now();
    for (;;) {
      std::size_t came = 0;
      for (const Subscription& subscription : options.subscriptions)
        came += session->poll(subscription.group, 10).size();
      if (came > 0) break;
      session->wait(10s);
    }
    times.push_back(steady_clock::now() - sent);
    session->commit({});
  }
  EXPECT_THAT(session->poll(group, 10), IsEmpty());
  std::nth_element(times.begin(), times.begin() + 20, times.end());
  return std::chrono::duration_cast<std::chrono::microseconds>(times[20]);
}

TEST_F(KafkaGroups, ManyAreWaitedForNoLongerThanOne) {
  constexpr int kMany = 12;
  std::vector<topics::Topic> topics;
  for (int i = 0; i < kMany; ++i) topics.push_back({"t" + std::to_string(i)});
  make(topics, 1);
  const auto log = open();
  const auto one = latency(*log, 1);
  const auto many = latency(*log, kMany);
  std::printf("from acknowledged to polled, median: 1 group %ld us, %d groups %ld us\n",
              static_cast<long>(one.count()), kMany, static_cast<long>(many.count()));
  EXPECT_LT(many, one + 15ms);
}

TEST_F(KafkaGroups, OneThatIsNotPolledStillGivesItsPartitionsAway) {
  make({{"a"}, {"b"}});
  const auto log = open();
  const auto first =
      log->open_session({.name = "first", .subscriptions = {{"busy", {"a"}}, {"idle", {"b"}}}});
  poll_all(*first, "busy");
  std::jthread working([&](std::stop_token stop) {
    while (!stop.stop_requested()) {
      first->poll("busy", 10);
      first->wait(100ms);
    }
  });
  std::vector<Record> records;
  for (int i = 0; i < 100; ++i) records.push_back(record("b", "k" + std::to_string(i), "b"));
  append(*log, records);
  const auto second = log->open_session({.name = "second", .subscriptions = {{"idle", {"b"}}}});
  EXPECT_THAT(poll_some(*second, "idle", 1), SizeIs(1));
}

// ---- positions

TEST_F(KafkaGroups, WithoutStateCommitBehindWhatTheyHandleAndAllOfItWhenTheyAreClosed) {
  make({{"in"}, {"out"}}, 1);
  const auto log = open();
  constexpr int kRecords = 300;
  for (int i = 0; i < kRecords; ++i) append(*log, {record("in", "k", std::to_string(i))});
  for (int half = 0; half < 2; ++half) {
    const auto session = log->open_session({.name = "s", .subscriptions = {{"g", {"in"}}}});
    for (int handled = 0; handled < kRecords / 2; ++handled) {
      const std::vector<Record> one = poll_some(*session, "g", 1);
      ASSERT_THAT(one, SizeIs(1));
      session->commit({record("out", "k", one[0].header.id())});
    }
  }
  EXPECT_THAT(read_all(*log, "out"), SizeIs(kRecords));  // none again
}

TEST_F(KafkaGroups, StandingWhereRecordsAreGoneStopAndSaySo) {
  make({{"in"}, {"states", true}}, 1);
  const auto log = open();
  const SessionOptions options{
      .name = "s", .subscriptions = {{"g", {"in"}}}, .state_topics = {"states"}};
  for (int i = 0; i < 5; ++i) append(*log, {record("in", "k", std::to_string(i))});
  {
    const auto session = log->open_session(options);
    EXPECT_THAT(ids(poll_some(*session, "g", 2)), ElementsAre("0", "1"));
    session->commit({});
  }
  delete_before("in", 4);  // 2 and 3 were never handled
  const auto session = log->open_session(options);
  std::string said;
  for (int tries = 0; tries < 3;) {
    try {
      ASSERT_THAT(session->poll("g", 10), IsEmpty());
      session->wait(100ms);
    } catch (const LogUnavailable& gone) {
      said = gone.what();
      ++tries;
    }
  }
  EXPECT_THAT(said, HasSubstr("stands at 2 of " + prefix_ + "in [0], which holds 4 to 5"));
  EXPECT_THAT(said, HasSubstr("--reset-offsets"));
}

TEST_F(KafkaGroups, ThatHandledAllGoOnWhenWhatTheyHandledIsDeleted) {
  // What is written in transactions ends in a mark that no reader sees; it is deleted too.
  make({{"in"}, {"states", true}}, 1);
  const auto log = open();
  const SessionOptions options{
      .name = "s", .subscriptions = {{"g", {"in"}}}, .state_topics = {"states"}};
  {
    const auto writer = log->open_session(
        {.name = "w", .subscriptions = {{"w", {"states"}}}, .state_topics = {"states"}});
    writer->commit({record("in", "k", "1")});
    const auto session = log->open_session(options);
    EXPECT_THAT(ids(poll_some(*session, "g", 10)), ElementsAre("1"));
    session->commit({});
    session->wait(1s);  // the mark comes after the record
    session->wait(1s);
  }
  delete_before("in", 2);
  append(*log, {record("in", "k", "2")});
  const auto session = log->open_session(options);
  EXPECT_THAT(ids(poll_some(*session, "g", 10)), ElementsAre("2"));
}

// ---- processes

std::string word(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::unique_ptr<KafkaLog> open_here() {
  KafkaOptions options;
  options.brokers = broker_address();
  options.prefix = word("GUICHET_TEST_PREFIX");
  options.partitions = kPartitions;
  options.cache_folder = word("GUICHET_TEST_FOLDER");
  return KafkaLog::open(std::move(options));
}

Instant wall_clock() {
  return std::chrono::time_point_cast<Instant::duration>(std::chrono::system_clock::now());
}

// Not `events`: that topic holds events of cases and nothing else.
constexpr const char* kCounted = "counted";

std::vector<topics::Topic> counting_topics() {
  std::vector<topics::Topic> topics = tally_topics();
  topics.push_back({kCounted});
  return topics;
}

class Counting : public TallyProcessor {
 public:
  Step take(std::shared_ptr<test::Tally> tally, const Record& input) const override {
    Step step = TallyProcessor::take(std::move(tally), input);
    for (Output& output : step.outputs)
      if (output.topic == kEvents) output.topic = kCounted;
    return step;
  }
};

/// A process as it is put together: the stage with state has a session of its own.
TEST(KafkaProcess, DISABLED_Member) {
  sigset_t ending;
  sigemptyset(&ending);
  sigaddset(&ending, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ending, nullptr);  // before any thread
  const std::string name = word("GUICHET_TEST_NAME");
  const auto log = open_here();
  std::vector<Stage> stages = tally_stages();
  std::get<KeyedStage>(stages[0]).processor = std::make_shared<Counting>();
  Host keyed(*log, "tally." + name, {stages[0]}, wall_clock);
  Host plain(*log, "answers." + name, {stages[1]}, wall_clock);
  std::jthread first([&](std::stop_token stop) { keyed.run(stop); });
  std::jthread second([&](std::stop_token stop) { plain.run(stop); });
  int number = 0;
  sigwait(&ending, &number);
}

struct Counts {
  std::size_t events = 0;
  std::size_t repeats = 0;  // of the same event
  std::map<std::string, std::size_t> by_key;
};

Counts count_events(Log& log, std::uint32_t partitions) {
  Counts counts;
  std::set<std::string> seen;
  for (std::uint32_t partition = 0; partition < partitions; ++partition)
    for (const Record& event : read_all(log, kCounted, partition)) {
      ++counts.events;
      if (!seen.insert(event.header.id()).second) {
        ++counts.repeats;
        continue;
      }
      const std::string& key = event.header.key();
      // 1..n in order: never handled without the state of its key.
      EXPECT_EQ(event.header.id(), key + "/e" + std::to_string(++counts.by_key[key]));
    }
  return counts;
}

TEST_F(KafkaGroups, WhoseProcessesComeGoAndAreKilledCountEachRecordOnce) {
  make(counting_topics());
  const auto log = open("parent");
  constexpr int kKeys = 40;
  constexpr int kCommands = 800;
  const std::string test = "KafkaProcess.DISABLED_Member";
  Again a(test, words("a"));
  std::jthread sending([&] {
    for (int i = 0; i < kCommands; ++i) {
      append(*log, {command("k" + std::to_string(i % kKeys), std::to_string(i))});
      std::this_thread::sleep_for(10ms);
    }
  });
  std::this_thread::sleep_for(2s);
  auto b = std::make_unique<Again>(test, words("b"));
  std::this_thread::sleep_for(2s);
  b->signal(SIGKILL);
  b->wait();
  b = std::make_unique<Again>(test, words("b"));  // back at once, with its partitions
  Again c(test, words("c"));
  std::this_thread::sleep_for(2s);
  a.signal(SIGTERM);  // for good
  const auto asked = steady_clock::now();
  EXPECT_EQ(a.wait(), 0);
  std::printf("a process left in order in %.1f s\n",
              std::chrono::duration<double>(steady_clock::now() - asked).count());
  EXPECT_LT(steady_clock::now() - asked, 5s);
  sending.join();

  Counts counts;
  const auto until = steady_clock::now() + 40s;
  do {
    std::this_thread::sleep_for(500ms);
    counts = count_events(*log, partitions_);
  } while (counts.events - counts.repeats < 2 * kCommands && steady_clock::now() < until);
  std::printf("all was handled %.1f s after it left; %zu events, %zu repeats\n",
              std::chrono::duration<double>(steady_clock::now() - asked).count(), counts.events,
              counts.repeats);
  EXPECT_EQ(counts.repeats, 0U);
  EXPECT_EQ(counts.by_key.size(), std::size_t{kKeys});
  for (const auto& [key, events] : counts.by_key) {
    // The tally counts each id once: the commands of this key, and their answers.
    EXPECT_EQ(events, std::size_t{2 * kCommands / kKeys}) << key;
  }
}

// ---- a record that kills

class Deadly : public Counting {
 public:
  Step take(std::shared_ptr<test::Tally> tally, const Record& input) const override {
    if (input.payload == "kill") kill(getpid(), SIGKILL);
    return Counting::take(std::move(tally), input);
  }
};

class DeadlyAnswerer : public Answerer {
 public:
  std::vector<Output> handle(const Record& input) override {
    if (input.header.id() == "deadly/request") kill(getpid(), SIGKILL);
    return Answerer::handle(input);
  }
};

/// A process that ends when nothing has come for a while.
TEST(KafkaProcess, DISABLED_Deadly) {
  const auto log = open_here();
  std::vector<Stage> stages = tally_stages();
  std::get<KeyedStage>(stages[0]).processor = std::make_shared<Deadly>();
  std::get<PlainStage>(stages[1]).handler = std::make_shared<DeadlyAnswerer>();
  if (word("GUICHET_TEST_STAGE") == "answerer")
    stages.erase(stages.begin());
  else
    stages.pop_back();
  Host host(*log, "deadly", stages, [] { return from_micros(kTallyStart); });
  for (auto last = steady_clock::now(); steady_clock::now() - last < 2s;) {
    if (host.step()) last = steady_clock::now();
    std::this_thread::sleep_for(1ms);
  }
}

class KafkaKiller : public KafkaGroups {
 protected:
  /// Starts processes until one comes to rest. How many died.
  int deaths(const std::string& stage) {
    auto with_stage = words("deadly");
    with_stage["GUICHET_TEST_STAGE"] = stage;
    for (int died = 0; died < 10; ++died) {
      const int status = Again("KafkaProcess.DISABLED_Deadly", with_stage).wait();
      if (WIFEXITED(status)) {
        EXPECT_EQ(WEXITSTATUS(status), 0);
        return died;
      }
      EXPECT_EQ(WTERMSIG(status), SIGKILL);
    }
    return 10;
  }

  static std::vector<std::string> letters(Log& log) {
    std::vector<std::string> classes;
    for (std::uint32_t partition = 0; partition < kPartitions; ++partition)
      for (const Record& record : read_all(log, topics::kDeadLetters, partition)) {
        v1::DeadLetter letter;
        letter.ParseFromString(record.payload);
        classes.push_back(letter.failure_class() + " " + letter.record().header().id());
      }
    return classes;
  }
};

constexpr int kFound = 2;  // deaths that lead to it: one unawares, one in a batch

TEST_F(KafkaKiller, ARecordThatKillsTheProcessHasThreeTriesAndThenHoldsItsKey) {
  make(counting_topics());
  const auto log = open("parent");
  for (int i = 0; i < 40; ++i)
    append(*log, {command("k" + std::to_string(i % 4), std::to_string(i), i == 21 ? "kill" : "")});
  EXPECT_EQ(deaths("tally"), kFound + 3);
  EXPECT_THAT(letters(*log), ElementsAre("killed_process 21"));
  EXPECT_EQ(deaths("tally"), 0);
  // All of other keys; and of k1, before it: 1, 5, 9, 13, 17.
  EXPECT_EQ(count_events(*log, kPartitions).events, 30U + 5U);
}

TEST_F(KafkaKiller, ARecordThatKillsAHandlerHasThreeTriesAndTheNextRecordsTurnComes) {
  make(counting_topics());
  const auto log = open("parent");
  for (const char* id : {"1/request", "deadly/request", "3/request"}) {
    Record request = command("k", id);
    request.topic = kRequests;
    append(*log, {request});
  }
  EXPECT_EQ(deaths("answerer"), kFound + 3);
  EXPECT_THAT(letters(*log), ElementsAre("killed_process deadly/request"));
  std::set<std::string> answers;  // repeats are harmless here
  for (std::uint32_t partition = 0; partition < kPartitions; ++partition)
    for (const Record& answer : read_all(*log, kInbox, partition))
      answers.insert(answer.header.id());
  EXPECT_THAT(answers, ElementsAre("1/request/answer", "3/request/answer"));
}

TEST_F(KafkaKiller, AFolderThatIsDeletedLosesTheMemoryOfAttemptsAndNothingElse) {
  make(counting_topics());
  const SessionOptions options{
      .name = "s", .subscriptions = {{"g", {kInbox}}}, .state_topics = {kTallies}};
  const auto log = open();
  const Attempt attempt{.topic = kInbox, .partition = 1, .position = 7, .tries = 2};
  {
    const auto session = log->open_session(options);
    EXPECT_TRUE(session->stopped_in_order());
    session->note_attempt("g", attempt);
    std::filesystem::copy(folder_.path(), folder_.path().string() + ".died",
                          std::filesystem::copy_options::recursive);
  }
  EXPECT_TRUE(log->open_session(options)->stopped_in_order());  // it was closed
  std::filesystem::remove_all(folder_.path());
  std::filesystem::rename(folder_.path().string() + ".died", folder_.path());
  {
    const auto session = log->open_session(options);
    EXPECT_FALSE(session->stopped_in_order());
    const auto last = session->last_attempt("g");
    ASSERT_TRUE(last);
    EXPECT_EQ(last->topic, kInbox);
    EXPECT_EQ(last->partition, 1U);
    EXPECT_EQ(last->position, 7U);
    EXPECT_EQ(last->tries, 2U);
    EXPECT_FALSE(session->last_attempt("other"));
  }
  std::filesystem::remove_all(folder_.path());
  const auto session = log->open_session(options);
  EXPECT_TRUE(session->stopped_in_order());
  EXPECT_FALSE(session->last_attempt("g"));
}

}  // namespace
}  // namespace guichet::eventlog
