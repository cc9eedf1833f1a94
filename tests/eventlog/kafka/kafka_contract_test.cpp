// The contract of the log, on a real broker.

#include <gmock/gmock.h>

#include <filesystem>

#include "eventlog/kafka/kafka_log.h"
#include "eventlog/kafka/topics_admin.h"
#include "tests/eventlog/contract.h"
#include "tests/eventlog/kafka/broker.h"

namespace guichet::eventlog {
namespace {

class KafkaHome : public Home {
 public:
  explicit KafkaHome(HomeOptions options) : prefix_(fresh_prefix()), options_(std::move(options)) {
    folder_ = std::filesystem::temp_directory_path() / ("guichet-" + prefix_);
    create_topics({.brokers = broker_address(),
                   .security = {},
                   .prefix = prefix_,
                   .partitions = options_.partitions},
                  options_.topics);
    open();
  }
  ~KafkaHome() override {
    log_.reset();
    std::filesystem::remove_all(folder_);
  }
  Log& log() override { return *log_; }
  void restart() override {
    log_.reset();
    open();
  }

 private:
  void open() {
    KafkaOptions options;
    options.brokers = broker_address();
    options.prefix = prefix_;
    options.partitions = options_.partitions;
    options.cache_folder = folder_;
    for (const topics::Topic& topic : options_.topics)
      if (topic.compacted) options.replicated.push_back(topic.name);
    log_ = KafkaLog::open(std::move(options));
  }

  std::string prefix_;
  HomeOptions options_;
  std::filesystem::path folder_;
  std::unique_ptr<KafkaLog> log_;
};

std::vector<HomeKind> kinds() {
  if (broker_address().empty()) return {};
  HomeKind kafka{
      "kafka", [](HomeOptions options) { return std::make_unique<KafkaHome>(std::move(options)); }};
  kafka.partitions = {1, 3};
  kafka.settle = std::chrono::milliseconds(700);
  kafka.shares_groups = true;
  kafka.tails_hold_back = false;
  return {kafka};
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(LogContract);
INSTANTIATE_TEST_SUITE_P(Kafka, LogContract, testing::ValuesIn(kinds()));

TEST(KafkaBroker, IsThere) {
  GUICHET_NEEDS_BROKER();
}

}  // namespace
}  // namespace guichet::eventlog
