// The same over a real Kafka: a process is killed again and again, and another goes on.

#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <random>
#include <thread>

#include "eventlog/append.h"
#include "eventlog/kafka/kafka_log.h"
#include "eventlog/kafka/topics_admin.h"
#include "tests/eventlog/kafka/broker.h"
#include "tests/eventlog/temporary_folder.h"
#include "tests/payments/crash_workload.h"

namespace guichet::testing {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

constexpr int kKills = 20;
constexpr std::uint32_t kPartitions = 3;
constexpr auto kQuiet = 15s;
constexpr auto kPatience = 180s;

class KafkaKills {
 public:
  KafkaKills(eventlog::CrashWorkload& workload, std::uint64_t seed)
      : workload_(workload), random_(seed), inputs_(workload.inputs(seed)) {}

  void run() {
    in_child([this] {
      eventlog::create_topics({.brokers = eventlog::broker_address(),
                               .security = {},
                               .prefix = prefix_,
                               .partitions = kPartitions,
                               .replicas = 1},
                              workload_.topics());
      _exit(0);
    });
    for (int kill = 0; kill < kKills; ++kill) {
      // Of the inputs some are sent by each, and the first ones again.
      const std::size_t upto = inputs_.size() * static_cast<std::size_t>(kill + 1) / kKills;
      const auto life = std::chrono::milliseconds(2'000 + random_() % 4'000);
      const int status = in_child([&] { live(upto, life); });
      ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << status;
    }
    const auto log = open();
    eventlog::Host host(*log, "main", workload_.stages_over(*log), clock(), print_);
    ASSERT_TRUE(eventlog::append_and_wait(*log, stamped(inputs_.size())));
    std::set<std::string> acknowledged;
    for (const eventlog::Record& input : inputs_) acknowledged.insert(input.header.id());
    drain(host);
    ASSERT_TRUE(eventlog::append_and_wait(*log, workload_.release(*log)));
    drain(host);
    EXPECT_EQ(workload_.check(*log, acknowledged), "");
  }

 private:
  /// No thread of a client of Kafka is in this process before the last child is gone.
  template <class Call>
  static int in_child(const Call& call) {
    const pid_t child = fork();
    if (child == 0) {
      call();
      _exit(99);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return status;
  }

  [[noreturn]] void live(std::size_t upto, std::chrono::milliseconds life) {
    const std::jthread killer([life] {
      std::this_thread::sleep_for(life);
      kill(getpid(), SIGKILL);
    });
    const auto log = open();
    eventlog::Host host(*log, "main", workload_.stages_over(*log), clock(), print_);
    const std::jthread hosting([&](const std::stop_token& stop) { host.run(stop); });
    eventlog::append_and_wait(*log, stamped(upto));
    for (;;) pause();
  }

  std::unique_ptr<eventlog::KafkaLog> open() const {
    eventlog::KafkaOptions options;
    options.brokers = eventlog::broker_address();
    options.prefix = prefix_;
    options.partitions = kPartitions;
    options.cache_folder = folder_.path();
    return eventlog::KafkaLog::open(std::move(options));
  }

  std::vector<eventlog::Record> stamped(std::size_t upto) const {
    std::vector<eventlog::Record> records(inputs_.begin(),
                                          inputs_.begin() + static_cast<std::ptrdiff_t>(upto));
    for (eventlog::Record& record : records)
      record.header.set_recorded_at_us(to_micros(workload_.start()));
    return records;
  }

  eventlog::Clock clock() const {
    return [start = workload_.start(), born = steady_clock::now()] {
      return start +
             std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - born);
    };
  }

  static void drain(eventlog::Host& host) {
    const auto until = steady_clock::now() + kPatience;
    for (auto last = steady_clock::now(); steady_clock::now() - last < kQuiet;) {
      ASSERT_LT(steady_clock::now(), until) << "the host never comes to rest";
      if (host.step())
        last = steady_clock::now();
      else
        std::this_thread::sleep_for(20ms);
    }
  }

  eventlog::CrashWorkload& workload_;
  std::mt19937_64 random_;
  std::vector<eventlog::Record> inputs_;
  std::string prefix_ = eventlog::fresh_prefix();
  eventlog::TemporaryFolder folder_;
  eventlog::Print print_ = [](const std::string&) {};
};

TEST(PaymentCrashesOnKafka, KilledProcessesPayNobodyTwice) {
  GUICHET_NEEDS_BROKER();
  const auto workload = payments_workload(true);
  const char* seed = std::getenv("GUICHET_SEED");
  KafkaKills(*workload, seed == nullptr ? 7 : std::strtoull(seed, nullptr, 10)).run();
}

}  // namespace
}  // namespace guichet::testing
