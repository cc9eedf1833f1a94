// What a request to end a transaction does that arrives late, in the next transaction; and that the
// two rules of TransactionalProducer make it harmless.

#include "eventlog/kafka/transaction.h"

#include <gmock/gmock.h>

#include <thread>

#include "eventlog/kafka/group_consumer.h"
#include "eventlog/kafka/idempotent_producer.h"
#include "eventlog/kafka/reader.h"
#include "eventlog/kafka/topics_admin.h"
#include "tests/eventlog/kafka/broker.h"
#include "tests/eventlog/kafka/proxy.h"
#include "tests/eventlog/records.h"

namespace guichet::eventlog::kafka {
namespace {

using testing::ElementsAre;

// Kafka protocol, ApiKey.
constexpr std::int16_t kEndTxn = 26;
constexpr std::int16_t kProduce = 0;
constexpr std::int16_t kAddOffsetsToTxn = 25;

std::uint16_t broker_port() {
  const std::string address = broker_address();
  return static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
}

class LateEndOfTransaction : public testing::Test {
 protected:
  void SetUp() override {
    GUICHET_NEEDS_BROKER();
    direct_.prefix = fresh_prefix();
    direct_.properties["bootstrap.servers"] = broker_address();
    create_topics({.brokers = broker_address(),
                   .security = {},
                   .prefix = direct_.prefix,
                   .partitions = 1,
                   .replicas = 1},
                  {{"in"}, {"out"}});
    proxy_ = std::make_unique<KafkaProxy>(broker_port());
    proxied_ = direct_;
    proxied_.properties["bootstrap.servers"] = proxy_->address();
    // The client sends a request again at once when its connection broke.
    proxied_.properties["reconnect.backoff.ms"] = "10";
    for (int i = 0; i < 3; ++i) send_input(std::to_string(i));
    consumer_ =
        std::make_unique<GroupConsumer>(direct_, "g", "test", std::vector<std::string>{"in"},
                                        arrivals_, GroupConsumer::Callbacks{});
  }

  void send_input(const std::string& id) {
    Written written;
    IdempotentProducer(direct_, written).send_and_wait({record("in", "k", id)});
  }

  /// Handles the next input: one output of the same id, in one transaction. False when there is no
  /// input.
  bool handle_one(TransactionalProducer& producer) {
    std::vector<Record> inputs;
    for (int i = 0; i < 300 && inputs.empty(); ++i) {
      inputs = consumer_->poll(1);
      if (inputs.empty()) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    if (inputs.empty()) return false;
    std::vector<Record> outputs = {record("out", "k", inputs[0].header.id())};
    const GroupOffsets positions[] = {consumer_->positions()};
    producer.commit(outputs, {}, positions);
    consumer_->committed();
    return true;
  }

  /// As a session does: a commit that failed is read again from what is committed.
  void handle_all(TransactionalProducer& producer) {
    for (int tries = 0; tries < 20; ++tries) {
      try {
        if (!handle_one(producer)) return;
      } catch (const LogUnavailable&) {
        producer.take_over();
        consumer_->rewind();
      }
    }
  }

  std::vector<std::string> outputs() {
    std::vector<std::string> found = ids(Reader(direct_).read("out", 0, 0, 100));
    found.erase(std::unique(found.begin(), found.end()), found.end());  // repeats are dropped by id
    return found;
  }

  /// A transaction that is aborted once the broker knows of it: its state is too large to be sent.
  void abort_one(TransactionalProducer& producer) {
    std::vector<Record> outputs = {record("out", "k", "aborted")};
    std::vector<Record> states = {record("out", "k", "large", std::string(8 << 20, 'x'))};
    EXPECT_THROW(producer.commit(outputs, states, {}), LogUnavailable);
  }

  /// All that is left, by a producer that nothing happened to.
  void finish() {
    TransactionalProducer fresh(direct_, "test", {});
    fresh.take_over();
    consumer_->rewind();
    handle_all(fresh);
  }

  Cluster direct_;
  Cluster proxied_;
  std::unique_ptr<KafkaProxy> proxy_;
  Arrivals arrivals_;
  std::unique_ptr<GroupConsumer> consumer_;
};

TEST_F(LateEndOfTransaction, CommitThatLandsInTheNextTransactionLosesNothing) {
  TransactionalProducer producer(proxied_, "test", {});
  proxy_->hold_next(kEndTxn);
  ASSERT_TRUE(handle_one(producer));
  ASSERT_TRUE(proxy_->is_holding());
  proxy_->release_before(kAddOffsetsToTxn);
  handle_all(producer);
  EXPECT_TRUE(proxy_->was_released());
  EXPECT_THAT(outputs(), ElementsAre("0", "1", "2"));
  EXPECT_GE(producer.replaced(), 1U);
}

TEST_F(LateEndOfTransaction, AbortThatLandsInTheNextTransactionLosesNothing) {
  TransactionalProducer producer(proxied_, "test", {});
  proxy_->hold_next(kEndTxn);
  abort_one(producer);
  ASSERT_TRUE(proxy_->is_holding());
  proxy_->release_before(kAddOffsetsToTxn);
  handle_all(producer);
  EXPECT_TRUE(proxy_->was_released());
  EXPECT_THAT(outputs(), ElementsAre("0", "1", "2"));
}

// What the rules are for. Each of these shows the loss that a rule keeps away; should one of them
// begin to lose nothing, the client or broker has changed, and the rules can be looked at again.

TEST_F(LateEndOfTransaction, WithoutTheGuardALateAbortLosesOutputs) {
  TransactionalProducer producer(proxied_, "test", {.one_end_of_transaction = false});
  proxy_->hold_next(kEndTxn);
  abort_one(producer);
  ASSERT_TRUE(proxy_->is_holding());
  proxy_->release_before(kAddOffsetsToTxn);
  handle_all(producer);
  EXPECT_TRUE(proxy_->was_released());
  finish();
  EXPECT_NE(outputs(), (std::vector<std::string>{"0", "1", "2"}));
}

TEST_F(LateEndOfTransaction, WithoutBothALateCommitLosesOutputs) {
  TransactionalProducer producer(
      proxied_, "test", {.outputs_before_offsets = false, .one_end_of_transaction = false});
  proxy_->hold_next(kEndTxn);
  ASSERT_TRUE(handle_one(producer));
  ASSERT_TRUE(proxy_->is_holding());
  proxy_->release_before(kProduce);
  handle_all(producer);
  EXPECT_TRUE(proxy_->was_released());
  finish();
  EXPECT_NE(outputs(), (std::vector<std::string>{"0", "1", "2"}));
}

}  // namespace
}  // namespace guichet::eventlog::kafka
