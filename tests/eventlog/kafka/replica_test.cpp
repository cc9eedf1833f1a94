// What a gateway reads of the states on a real broker: whether it is up to date, and with what it
// shares its folder.

#include <gmock/gmock.h>

#include <thread>

#include "eventlog/kafka/client.h"
#include "eventlog/kafka/kafka_log.h"
#include "eventlog/kafka/topics_admin.h"
#include "eventlog/sqlite/data_folder.h"
#include "tests/eventlog/kafka/broker.h"
#include "tests/eventlog/records.h"
#include "tests/eventlog/temporary_folder.h"

namespace guichet::eventlog {
namespace {

using namespace std::chrono_literals;

class KafkaReplica : public testing::Test {
 protected:
  void SetUp() override {
    GUICHET_NEEDS_BROKER();
    create_topics({.brokers = broker_address(),
                   .security = {},
                   .prefix = prefix_,
                   .partitions = 2,
                   .replicas = 1},
                  {{"in"}, {"states", true}});
  }

  std::unique_ptr<KafkaLog> open(const std::filesystem::path& folder, bool replica = true) {
    KafkaOptions options;
    options.brokers = broker_address();
    options.prefix = prefix_;
    options.partitions = 2;
    options.cache_folder = folder;
    if (replica) options.replicated = {"states"};
    return KafkaLog::open(std::move(options));
  }

  static std::unique_ptr<Session> owner(Log& log) {
    auto session = log.open_session(
        {.name = "owner", .subscriptions = {{"g", {"in"}}}, .state_topics = {"states"}});
    poll_all(*session, "g");
    return session;
  }

  /// Where the newest state of a key stands.
  static Record newest(Session& session, const std::string& key) {
    return session.latest("states", key).value();
  }

  std::string prefix_ = fresh_prefix();
  TemporaryFolder folder_;
};

TEST_F(KafkaReplica, IsCaughtUpOnceAllThatStoodThereWhenItWasOpenedCanBeRead) {
  const auto writing = open(folder_.path() / "writer", false);
  EXPECT_TRUE(writing->caught_up());  // it copies nothing
  const auto session = owner(*writing);
  constexpr int kKeys = 2'000;
  std::vector<Record> states;
  for (int i = 0; i < kKeys; ++i)
    states.push_back(state("states", "k" + std::to_string(i), "before"));
  session->commit(std::move(states));

  for (int opened = 0; opened < 2; ++opened) {  // from the beginning; from where it was left
    const auto log = open(folder_.path() / "reader");
    ASSERT_TRUE(eventually([&] { return log->caught_up(); }));
    for (int i = 0; i < kKeys; ++i) {
      const Record written = newest(*session, "k" + std::to_string(i));
      ASSERT_TRUE(log->applied("states", written.partition, written.position));
      ASSERT_TRUE(log->latest("states", written.header.key()));
    }
  }
}

TEST_F(KafkaReplica, SaysOfAPositionThatItCanBeReadOnlyWhenItCan) {
  const auto log = open(folder_.path());
  const auto session = owner(*log);
  ASSERT_TRUE(eventually([&] { return log->caught_up(); }));
  for (int i = 0; i < 20; ++i) {
    const std::string payload = std::to_string(i);
    session->commit({state("states", "k", payload)});
    const Record written = newest(*session, "k");
    EXPECT_FALSE(log->applied("states", written.partition, written.position + 1'000));
    while (!log->applied("states", written.partition, written.position)) {
    }
    EXPECT_EQ(log->latest("states", "k")->payload, payload);
  }
  EXPECT_FALSE(log->applied("in", 0, 0));
  EXPECT_FALSE(log->applied("states", 2, 0));
}

TEST_F(KafkaReplica, WaitsForATransactionThatIsOpenWhenItIsOpened) {
  // A commit may have been answered whose last marker is not written yet.
  kafka::Cluster cluster;
  cluster.properties["bootstrap.servers"] = broker_address();
  cluster.properties["transactional.id"] = prefix_ + "open";
  const kafka::Handle producer = kafka::open_producer(kafka::configure(cluster.properties));
  kafka::check(kafka::Error(rd_kafka_init_transactions(producer.get(), 10'000)).get(), "");
  kafka::check(kafka::Error(rd_kafka_begin_transaction(producer.get())).get(), "");
  kafka::check(rd_kafka_producev(producer.get(), RD_KAFKA_V_TOPIC((prefix_ + "states").c_str()),
                                 RD_KAFKA_V_PARTITION(0), RD_KAFKA_V_KEY("k", 1),
                                 RD_KAFKA_V_VALUE(nullptr, 0), RD_KAFKA_V_END),
               "");
  kafka::check(rd_kafka_flush(producer.get(), 10'000), "");

  const auto log = open(folder_.path());
  std::this_thread::sleep_for(500ms);
  EXPECT_FALSE(log->caught_up());
  kafka::check(kafka::Error(rd_kafka_commit_transaction(producer.get(), 10'000)).get(), "");
  EXPECT_TRUE(eventually([&] { return log->caught_up(); }));
  EXPECT_TRUE(log->applied("states", 0, 0));
}

TEST_F(KafkaReplica, SharesTheFolderOfItsProcessWithTheStatesOfASession) {
  const auto folder = DataFolder::lock(folder_.path(), DataFolder::Missing::kMake);
  ASSERT_TRUE(folder);
  EXPECT_FALSE(DataFolder::lock(folder_.path(), DataFolder::Missing::kMake));
  for (int opened = 0; opened < 2; ++opened) {
    const auto log = open(folder_.path());
    const auto session = owner(*log);
    session->commit({state("states", "k", std::to_string(opened))});
    EXPECT_EQ(newest(*session, "k").payload, std::to_string(opened));
    EXPECT_TRUE(eventually([&] {
      const auto read = log->latest("states", "k");
      return read && read->payload == std::to_string(opened);
    }));
  }
}

}  // namespace
}  // namespace guichet::eventlog
