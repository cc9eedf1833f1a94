#include "gateway/cli/kafka_connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace guichet::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;
using testing::UnorderedElementsAre;

auto read(const std::string& text) {
  const auto file =
      std::filesystem::temp_directory_path() / ("guichet-properties-" + std::to_string(getpid()));
  std::ofstream(file) << text;
  auto properties = read_kafka_properties(file);
  std::filesystem::remove(file);
  return properties;
}

TEST(KafkaConnection, TakesHostsWithPorts) {
  EXPECT_TRUE(is_broker_list("127.0.0.1:9092"));
  EXPECT_TRUE(is_broker_list("kafka-1:9092,kafka-2:9092"));
  for (const char* wrong : {"", "kafka", "kafka:", "kafka:0", "kafka:99999", ":9092", "a:1,",
                            "a :1", "http://kafka:9092"})
    EXPECT_FALSE(is_broker_list(wrong)) << wrong;
}

TEST(KafkaConnection, TakesWhatATopicsNameMayHave) {
  EXPECT_TRUE(is_topic_prefix("guichet."));
  EXPECT_TRUE(is_topic_prefix(""));
  EXPECT_FALSE(is_topic_prefix("gui/chet"));
  EXPECT_FALSE(is_topic_prefix(std::string(65, 'a')));
}

TEST(KafkaProperties, AreLinesOfNameAndValue) {
  const auto properties = read(
      "# how to get in\n\nsecurity.protocol=SASL_SSL\n  sasl.mechanism = PLAIN \r\n"
      "sasl.password=a=b#c\n");
  ASSERT_TRUE(properties) << properties.error().message;
  EXPECT_THAT(*properties, UnorderedElementsAre(Pair("security.protocol", "SASL_SSL"),
                                                Pair("sasl.mechanism", "PLAIN"),
                                                Pair("sasl.password", "a=b#c")));
}

TEST(KafkaProperties, AreRefusedWithTheirPlaceAndNeverTheirValue) {
  for (const char* wrong : {"\nacks=hunter2\n", "\nhunter2\n", "\n=hunter2\n"}) {
    const auto properties = read(wrong);
    ASSERT_FALSE(properties) << wrong;
    EXPECT_THAT(properties.error().message, AllOf(HasSubstr(":2: "), Not(HasSubstr("hunter2"))));
  }
  EXPECT_FALSE(read_kafka_properties("/no/such/file"));
}

}  // namespace
}  // namespace guichet::cli
