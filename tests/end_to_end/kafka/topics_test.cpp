// The command and the server over a real broker whose topics are, and are not, as declared.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "eventlog/kafka/topics_admin.h"
#include "schemas/topics.h"
#include "tests/end_to_end/running_server.h"
#include "tests/eventlog/kafka/broker.h"

namespace guichet::end_to_end {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class KafkaTopics : public testing::Test {
 protected:
  void SetUp() override { GUICHET_NEEDS_BROKER(); }

  Ended topics(std::vector<std::string> arguments, const std::string& partitions = "2") const {
    arguments.insert(arguments.begin(), "topics");
    for (const std::string& more :
         {std::string("--kafka"), eventlog::broker_address(), std::string("--topic-prefix"),
          prefix_, std::string("--partitions"), partitions})
      arguments.push_back(more);
    return run_guichet(arguments);
  }

  Ended serve(const std::string& partitions) const {
    return run_guichet({"serve", "--kafka", eventlog::broker_address(), "--topic-prefix", prefix_,
                        "--partitions", partitions, "--roles", "cases", "--listen", "127.0.0.1:0",
                        "--data", (folder_.path() / "data").string()});
  }

  const std::string prefix_ = eventlog::fresh_prefix();
  const TemporaryFolder folder_;
};

TEST_F(KafkaTopics, AreMadeOnceAndThenAreAsDeclared) {
  const Ended missing = topics({"check"});
  EXPECT_EQ(missing.code, 1);
  EXPECT_THAT(missing.out,
              HasSubstr(prefix_ + "cases-inbox is missing; make it with: guichet topics "
                                  "create"));
  for (int again = 0; again < 2; ++again) {
    const Ended made = topics({"create"});
    EXPECT_EQ(made.code, 0) << made.err;
    EXPECT_THAT(made.out, HasSubstr("21 topics with 2 partitions are as declared"));
  }
  EXPECT_EQ(topics({"check", "--json"}).out,
            "{\"as_declared\":true,\"topics\":21,\"findings\":[]}\n");
}

TEST_F(KafkaTopics, WithAnotherPartitionCountStopTheStartAndSayWhich) {
  ASSERT_EQ(topics({"create"}).code, 0);
  EXPECT_EQ(topics({"check"}, "3").code, 1);
  const Ended started = serve("3");
  EXPECT_EQ(started.code, 1);
  EXPECT_THAT(started.err,
              AllOf(HasSubstr("not as declared"),
                    HasSubstr(prefix_ + "cases has 2 partitions, and 3 are declared")));
}

TEST_F(KafkaTopics, WithOtherSettingsStopTheStartAndSayHowToMendThem) {
  // Made by hand, with a state topic that is not compacted: states would be lost.
  eventlog::TopicsOptions where;
  where.brokers = eventlog::broker_address();
  where.prefix = prefix_;
  where.partitions = 2;
  eventlog::create_topics(where, {topics::Topic{.name = std::string(topics::kCases)}});
  ASSERT_EQ(topics({"create"}).code, 1);  // makes the others, and says what is wrong with this one
  const Ended started = serve("2");
  EXPECT_EQ(started.code, 1);
  EXPECT_THAT(started.err,
              AllOf(HasSubstr(prefix_ + "cases has cleanup.policy=delete"),
                    HasSubstr("kafka-configs --alter --add-config cleanup.policy=compact")));
}

TEST_F(KafkaTopics, WhoseBrokerIsAwayIsReachedByNothing) {
  const Ended away = run_guichet({"topics", "check", "--kafka", "127.0.0.1:1"});
  EXPECT_EQ(away.code, 3);
  EXPECT_THAT(away.err, HasSubstr("--kafka HOST:PORT"));
}

TEST_F(KafkaTopics, AreDescribedInBothLanguages) {
  EXPECT_THAT(run_guichet({"topics", "describe"}).out,
              AllOf(HasSubstr("guichet.events"), HasSubstr("for ever"), HasSubstr("30 days")));
  EXPECT_THAT(run_guichet({"topics", "describe", "--language", "fr"}).out,
              AllOf(HasSubstr("toujours"), HasSubstr("30 jours")));
}

TEST(Keys, AreMadeOnceForAllGateways) {
  const TemporaryFolder folder;
  const std::string keys = (folder.path() / "keys").string();
  EXPECT_EQ(run_guichet({"keys", "create", keys}).code, 0);
  const Ended again = run_guichet({"keys", "create", keys});
  EXPECT_EQ(again.code, 1);
  EXPECT_THAT(again.err, HasSubstr("is there already"));
  const Ended without = run_guichet({"serve", "--kafka", "127.0.0.1:1"});
  EXPECT_EQ(without.code, 2);
  EXPECT_THAT(without.err, HasSubstr("guichet keys create DIR"));
}

}  // namespace
}  // namespace guichet::end_to_end
