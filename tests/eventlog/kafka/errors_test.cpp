// Each class of librdkafka's errors, on its path: what heals by itself, what ends a transaction,
// what ends a producer, what ends a consumer, and what somebody must mend.

#include <gmock/gmock.h>

#include <fstream>
#include <thread>

#include "eventlog/kafka/group_consumer.h"
#include "eventlog/kafka/idempotent_producer.h"
#include "eventlog/kafka/kafka_log.h"
#include "eventlog/kafka/reader.h"
#include "eventlog/kafka/transaction.h"
#include "tests/eventlog/kafka/mock.h"
#include "tests/eventlog/records.h"
#include "tests/eventlog/temporary_folder.h"

namespace guichet::eventlog::kafka {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class KafkaErrors : public testing::Test {
 protected:
  KafkaErrors() {
    // The mock cluster needs no broker of its own; the client that plays it logs what it is told.
    for (const char* topic : {"in", "out", "states"}) mock_.make_topic(std::string("g.") + topic);
    cluster_.prefix = "g.";
    cluster_.properties["bootstrap.servers"] = mock_.address();
    // librdkafka forgets a topic after three of these. They must be longer than two joins, of 3 s
    // each with these brokers: else the topic seems new at the end of a join, and the member joins
    // over and over.
    cluster_.properties["topic.metadata.refresh.interval.ms"] = "5000";
    cluster_.properties["reconnect.backoff.ms"] = "10";
    cluster_.properties["reconnect.backoff.max.ms"] = "100";
  }

  bool send(IdempotentProducer& producer, const std::string& id) {
    try {
      producer.send_and_wait({record("in", "k", id)});
      return true;
    } catch (const LogUnavailable&) {
      return false;
    }
  }

  std::unique_ptr<GroupConsumer> consumer(const std::string& group = "g") {
    return std::make_unique<GroupConsumer>(cluster_, group, "one", std::vector<std::string>{"in"},
                                           arrivals_, GroupConsumer::Callbacks{});
  }

  /// Reads until this one comes.
  bool comes(GroupConsumer& consumer, const std::string& id) {
    for (;;) {
      const std::vector<std::string> some = read(consumer, 1);
      if (some.empty()) return false;
      if (std::find(some.begin(), some.end(), id) != some.end()) return true;
    }
  }

  /// Ids of what comes, until so many are there.
  std::vector<std::string> read(GroupConsumer& consumer, std::size_t count,
                                std::chrono::seconds most = 15s) {
    std::vector<std::string> found;
    const auto until = std::chrono::steady_clock::now() + most;
    while (found.size() < count && std::chrono::steady_clock::now() < until) {
      for (const Record& record : consumer.poll(100)) found.push_back(record.header.id());
      std::this_thread::sleep_for(5ms);
    }
    return found;
  }

  /// What the consumer says within some seconds; empty: nothing.
  std::string complaint(GroupConsumer& consumer, std::chrono::seconds most = 10s) {
    const auto until = std::chrono::steady_clock::now() + most;
    while (std::chrono::steady_clock::now() < until) {
      try {
        consumer.poll(100);
      } catch (const std::exception& said) {
        return said.what();
      }
      std::this_thread::sleep_for(5ms);
    }
    return "";
  }

  std::vector<std::string> written(const std::string& topic) {
    return ids(Reader(cluster_).read(topic, 0, 0, 1'000));
  }

  /// One output, in one transaction.
  bool commit(TransactionalProducer& producer, const std::string& id) {
    std::vector<Record> outputs = {record("out", "k", id)};
    try {
      producer.commit(outputs, {}, {});
      return true;
    } catch (const LogUnavailable&) {
      return false;
    }
  }

  MockCluster mock_{2};
  Cluster cluster_;
  Written written_;
  Arrivals arrivals_;
};

// ---- the producer without transactions

TEST_F(KafkaErrors, OfAProducerThatPassAreNotSeen) {
  IdempotentProducer producer(cluster_, written_);
  mock_.answer(Api::kProduce,
               {RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT,
                RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS});
  EXPECT_TRUE(send(producer, "1"));
  EXPECT_TRUE(send(producer, "2"));
  EXPECT_THAT(written("in"), ElementsAre("1", "2"));
}

TEST_F(KafkaErrors, OfARecordThatTheBrokerRefusesAreToldAndTheNextIsSent) {
  IdempotentProducer producer(cluster_, written_);
  for (const auto error :
       {RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE,
        RD_KAFKA_RESP_ERR_INVALID_RECORD}) {
    mock_.answer(Api::kProduce, {error});
    EXPECT_FALSE(send(producer, "refused")) << rd_kafka_err2name(error);
    // Where the topic is refused, from when its metadata is read again.
    EXPECT_TRUE(eventually([&] { return send(producer, "sent"); })) << rd_kafka_err2name(error);
  }
  EXPECT_THAT(written("in"), ElementsAre("sent", "sent", "sent"));
}

TEST_F(KafkaErrors, ThatEndAProducerReplaceItWithoutARestart) {
  mock_.answer(Api::kInitProducerId, {RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED});
  IdempotentProducer producer(cluster_, written_);
  EXPECT_FALSE(send(producer, "1"));
  EXPECT_TRUE(eventually([&] { return send(producer, "2"); }));
  EXPECT_THAT(written("in"), ElementsAre("2"));
}

TEST_F(KafkaErrors, AfterWhichARecordMayBeWrittenOrNotEndInAnAnswer) {
  // librdkafka #4438: fatal up to 2.2, a repeat that the broker drops since.
  IdempotentProducer producer(cluster_, written_);
  EXPECT_TRUE(send(producer, "1"));
  mock_.answer(Api::kProduce, {RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT,
                               RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER});
  send(producer, "2");
  EXPECT_TRUE(eventually([&] { return send(producer, "3"); }));
  const std::vector<std::string> found = written("in");
  EXPECT_EQ(found.front(), "1");
  EXPECT_EQ(found.back(), "3");
}

// ---- transactions

TEST_F(KafkaErrors, OfATransactionThatPassAreNotSeen) {
  TransactionalProducer producer(cluster_, "t", {});
  const auto consumer = this->consumer();
  IdempotentProducer input(cluster_, written_);
  ASSERT_TRUE(send(input, "input"));
  ASSERT_THAT(read(*consumer, 1), ElementsAre("input"));
  mock_.answer(Api::kInitProducerId,
               {RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS, RD_KAFKA_RESP_ERR_NOT_COORDINATOR});
  mock_.answer(Api::kAddPartitionsToTxn,
               {RD_KAFKA_RESP_ERR_CONCURRENT_TRANSACTIONS, RD_KAFKA_RESP_ERR_NOT_COORDINATOR});
  mock_.answer(Api::kProduce, {RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION});
  mock_.answer(Api::kAddOffsetsToTxn, {RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE});
  mock_.answer(Api::kTxnOffsetCommit, {RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS});
  std::vector<Record> outputs = {record("out", "k", "1")};
  const GroupOffsets positions[] = {consumer->positions()};
  EXPECT_NO_THROW(producer.commit(outputs, {}, positions));
  EXPECT_TRUE(commit(producer, "2"));
  EXPECT_THAT(written("out"), ElementsAre("1", "2"));
  EXPECT_EQ(producer.replaced(), 0U);
}

TEST_F(KafkaErrors, AfterWhichATransactionIsEndedTwiceReplaceTheProducer) {
  TransactionalProducer producer(cluster_, "t", {});
  ASSERT_TRUE(commit(producer, "1"));
  mock_.answer(Api::kEndTxn, {RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS});
  EXPECT_TRUE(commit(producer, "2"));  // librdkafka sent it again by itself
  EXPECT_EQ(producer.replaced(), 0U);
  EXPECT_TRUE(commit(producer, "3"));
  EXPECT_EQ(producer.replaced(), 1U);
}

struct Refusal {
  const char* what;
  Api api;
  rd_kafka_resp_err_t error;
};

TEST_F(KafkaErrors, ThatEndATransactionReplaceTheProducerAndTheNextIsCommitted) {
  const Refusal refusals[] = {
      // Abortable.
      {"no right to write", Api::kAddPartitionsToTxn, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED},
      {"refused record", Api::kProduce, RD_KAFKA_RESP_ERR_INVALID_RECORD},
      {"no right to the group", Api::kTxnOffsetCommit,
       RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED},
      {"partitions moved", Api::kTxnOffsetCommit, RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION},
      {"not in the group", Api::kTxnOffsetCommit, RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID},
      // Fatal.
      {"no right to the id", Api::kAddPartitionsToTxn,
       RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED},
      {"state unknown to the broker", Api::kEndTxn, RD_KAFKA_RESP_ERR_INVALID_TXN_STATE},
      {"id unknown to the broker", Api::kAddPartitionsToTxn,
       RD_KAFKA_RESP_ERR_INVALID_PRODUCER_ID_MAPPING},
      // Fenced: by another process, or because the transaction timed out.
      {"fenced when writing", Api::kProduce, RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH},
      {"fenced when adding", Api::kAddPartitionsToTxn, RD_KAFKA_RESP_ERR_PRODUCER_FENCED},
      {"fenced at the end", Api::kEndTxn, RD_KAFKA_RESP_ERR_PRODUCER_FENCED},
  };
  TransactionalProducer producer(cluster_, "t", {});
  const auto consumer = this->consumer();
  IdempotentProducer input(cluster_, written_);
  std::uint64_t replaced = 0;
  for (const Refusal& refusal : refusals) {
    ASSERT_TRUE(send(input, refusal.what));
    ASSERT_TRUE(comes(*consumer, refusal.what));
    mock_.answer(refusal.api, {refusal.error});
    std::vector<Record> outputs = {record("out", "k", refusal.what)};
    const GroupOffsets positions[] = {consumer->positions()};
    EXPECT_THROW(producer.commit(outputs, {}, positions), LogUnavailable) << refusal.what;
    consumer->rewind();
    EXPECT_TRUE(comes(*consumer, refusal.what)) << "is read again";
    const GroupOffsets again[] = {consumer->positions()};
    EXPECT_NO_THROW(producer.commit(outputs, {}, again)) << refusal.what;
    consumer->committed();
    EXPECT_EQ(producer.replaced(), ++replaced) << refusal.what;
  }
}

TEST_F(KafkaErrors, ThatKeepATransactionalIdAwayAreTriedAgain) {
  TransactionalProducer producer(cluster_, "t", {});
  mock_.answer(Api::kInitProducerId, {RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED});
  EXPECT_FALSE(commit(producer, "1"));
  EXPECT_TRUE(commit(producer, "2"));
}

// ---- consumers

TEST_F(KafkaErrors, OfAConsumerThatPassAreNotSeen) {
  IdempotentProducer input(cluster_, written_);
  ASSERT_TRUE(send(input, "1"));
  mock_.answer(Api::kJoinGroup, {RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE,
                                 RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS});
  mock_.answer(Api::kOffsetFetch, {RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS});
  mock_.answer(Api::kFetch,
               {RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR,
                RD_KAFKA_RESP_ERR_UNKNOWN_LEADER_EPOCH});
  const auto consumer = this->consumer();
  EXPECT_THAT(read(*consumer, 1, 40s), ElementsAre("1"));
}

TEST_F(KafkaErrors, ThatRefuseAConsumerAreSaidOnceAndHeal) {
  IdempotentProducer input(cluster_, written_);
  ASSERT_TRUE(send(input, "1"));
  const Refusal refusals[] = {
      {"Group authorization failed", Api::kJoinGroup, RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED},
      {"Topic authorization failed", Api::kFetch, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED},
  };
  for (const Refusal& refusal : refusals) {
    mock_.answer(refusal.api, refusal.error, 200);
    const auto consumer = this->consumer("g" + std::to_string(refusal.error));
    EXPECT_THAT(complaint(*consumer), HasSubstr(refusal.what));
    EXPECT_EQ(complaint(*consumer, 2s), "") << "said again";
    mock_.forget_answers(refusal.api);
    EXPECT_THAT(read(*consumer, 1), ElementsAre("1")) << refusal.what;
  }
}

TEST_F(KafkaErrors, OfATopicThatIsNotThereAreSaidOnceAndHealWhenItIsMade) {
  rd_kafka_mock_topic_set_error(mock_.get(), "g.in", RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART);
  const auto consumer = this->consumer();
  EXPECT_THAT(complaint(*consumer), HasSubstr("g.in"));
  EXPECT_EQ(complaint(*consumer, 2s), "");
  rd_kafka_mock_topic_set_error(mock_.get(), "g.in", RD_KAFKA_RESP_ERR_NO_ERROR);
  IdempotentProducer input(cluster_, written_);
  ASSERT_TRUE(eventually([&] { return send(input, "1"); }));
  EXPECT_TRUE(comes(*consumer, "1"));
}

TEST_F(KafkaErrors, ThatEndAConsumerMakeItBroken) {
  const auto consumer = this->consumer();
  rd_kafka_test_fatal_error(consumer->positions().consumer, RD_KAFKA_RESP_ERR__INVALID_ARG, "test");
  EXPECT_THAT(complaint(*consumer), HasSubstr("test"));
  EXPECT_TRUE(consumer->broken());
}

// By another process of its name, or by this one, come back: fencing_test.cpp.
TEST_F(KafkaErrors, OfAMemberThatWasReplacedMakeItBrokenAndFenced) {
  const auto consumer = this->consumer();
  consumer->poll(1);
  rd_kafka_test_fatal_error(consumer->positions().consumer, RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID,
                            "test");
  EXPECT_THAT(complaint(*consumer), HasSubstr("test"));
  EXPECT_TRUE(consumer->broken());
  EXPECT_TRUE(consumer->fenced());
}

TEST_F(KafkaErrors, ThatEndAConsumerAreHealedByTheSession) {
  TemporaryFolder folder;
  KafkaOptions options;
  options.brokers = mock_.address();
  options.prefix = "g.";
  options.cache_folder = folder.path();
  const auto log = KafkaLog::open(std::move(options));
  const auto session = log->open_session({.name = "s", .subscriptions = {{"g", {"in"}}}});
  append(*log, {record("in", "k", "1")});
  settle_time = 1s;
  EXPECT_THAT(ids(poll_some(*session, "g", 10)), ElementsAre("1"));
  session->commit({record("out", "k", "of 1")});
  // A commit that is refused: what was handled is committed with the next.
  mock_.answer(Api::kOffsetCommit, {RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED});
  append(*log, {record("in", "k", "2")});
  EXPECT_THAT(ids(poll_some(*session, "g", 10)), ElementsAre("2"));
  session->commit({});
  append(*log, {record("in", "k", "3")});
  EXPECT_THAT(ids(poll_some(*session, "g", 10)), ElementsAre("3"));
  session->abort();
  EXPECT_THAT(ids(poll_some(*session, "g", 10)), ElementsAre("3"));
  settle_time = 0s;
}

TEST_F(KafkaErrors, OfAMemberThatDidNotPollForTooLongMoveItsPartitionsAndItComesBack) {
  IdempotentProducer input(cluster_, written_);
  ASSERT_TRUE(send(input, "1"));
  cluster_.properties["session.timeout.ms"] = "4000";
  cluster_.properties["max.poll.interval.ms"] = "4000";
  int given = 0;
  int taken = 0;
  GroupConsumer consumer(
      cluster_, "g", "one", {"in"}, arrivals_,
      {.assigned = [&](const auto&) { ++given; }, .revoked = [&](const auto&) { ++taken; }});
  EXPECT_THAT(read(consumer, 1), ElementsAre("1"));
  std::this_thread::sleep_for(5500ms);
  EXPECT_THAT(read(consumer, 1), ElementsAre("1"));  // it was not committed
  EXPECT_EQ(given, 2);
  EXPECT_EQ(taken, 1);
}

// ---- leaders and coordinators that move

TEST_F(KafkaErrors, OfLeadersThatMoveLoseAndRepeatNothing) {
  // librdkafka #4261 (repeats), #4447 (positions reset), #4970 (half a second without records).
  mock_.make_topic("g.moving", 1, 2);
  IdempotentProducer input(cluster_, written_);
  constexpr int kRecords = 600;
  std::jthread writing([&] {
    for (int i = 0; i < kRecords; i += 10) {
      std::vector<Record> records;
      for (int n = i; n < i + 10; ++n) records.push_back(record("moving", "k", std::to_string(n)));
      EXPECT_NO_THROW(input.send_and_wait(records));
    }
  });
  std::jthread moving([&](std::stop_token stop) {
    for (int leader = 1; !stop.stop_requested(); leader = 3 - leader) {
      mock_.answer(Api::kOffsetForLeaderEpoch,
                   {RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, RD_KAFKA_RESP_ERR_UNKNOWN});
      rd_kafka_mock_partition_set_leader(mock_.get(), "g.moving", 0, leader);
      std::this_thread::sleep_for(200ms);
    }
  });
  GroupConsumer consumer(cluster_, "g", "one", {"moving"}, arrivals_, {});
  std::vector<std::string> expected;
  for (int i = 0; i < kRecords; ++i) expected.push_back(std::to_string(i));
  EXPECT_EQ(read(consumer, kRecords, 30s), expected);
  EXPECT_THAT(read(consumer, 1, 1s), IsEmpty());
}

TEST_F(KafkaErrors, OfACoordinatorThatGoesAwayAreHealedByTheNext) {
  // librdkafka #4970.
  if (rd_kafka_version() >= 0x020c0000)
    GTEST_SKIP() << "librdkafka 2.12.1 waits for ever in rd_kafka_send_offsets_to_transaction when "
                    "the group's coordinator goes away, whatever its time limit; 2.0.2 does not";
  rd_kafka_mock_coordinator_set(mock_.get(), "group", "g.g", 2);
  rd_kafka_mock_coordinator_set(mock_.get(), "transaction", "g.t", 2);
  rd_kafka_mock_partition_set_leader(mock_.get(), "g.in", 0, 1);
  rd_kafka_mock_partition_set_leader(mock_.get(), "g.out", 0, 1);
  IdempotentProducer input(cluster_, written_);
  TransactionalProducer producer(cluster_, "t", {});
  const auto consumer = this->consumer();
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(send(input, std::to_string(i)));
    ASSERT_THAT(read(*consumer, 1, 30s), ElementsAre(std::to_string(i)));
    for (bool done = false; !done;) {
      try {
        std::vector<Record> outputs = {record("out", "k", std::to_string(i))};
        const GroupOffsets positions[] = {consumer->positions()};
        producer.commit(outputs, {}, positions);
        consumer->committed();
        done = true;
      } catch (const LogUnavailable&) {
        consumer->rewind();
        ASSERT_THAT(read(*consumer, 1, 30s), ElementsAre(std::to_string(i)));
      }
    }
    rd_kafka_mock_coordinator_set(mock_.get(), "group", "g.g", 1);
    rd_kafka_mock_coordinator_set(mock_.get(), "transaction", "g.t", 1);
    rd_kafka_mock_broker_set_down(mock_.get(), 2);
  }
}

TEST(KafkaRules, NoPauseNoSeekNoBatchAndNoCooperativeMoves) {
  // librdkafka #4208, #4636, #4908: what they broke is not used.
  for (const auto& file :
       std::filesystem::directory_iterator(std::string(GUICHET_SOURCE_DIR) + "/eventlog/kafka")) {
    std::ifstream in(file.path());
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    for (const char* call : {"rd_kafka_pause", "rd_kafka_resume", "rd_kafka_seek", "consume_batch",
                             "incremental_assign", "\"cooperative"})
      EXPECT_EQ(text.find(call), std::string::npos) << file.path() << " uses " << call;
  }
}

}  // namespace
}  // namespace guichet::eventlog::kafka
