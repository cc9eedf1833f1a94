// Two processes of one name: a copied data folder, or an orchestrator that starts a process twice.

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <stdexcept>
#include <thread>

#include "eventlog/kafka/kafka_log.h"
#include "eventlog/kafka/topics_admin.h"
#include "tests/eventlog/kafka/broker.h"

namespace guichet::eventlog {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds kMostTime{45};

/// Polls under the common name until it must stop; true where it was told that another goes by it.
bool must_stop(const std::string& prefix, const std::filesystem::path& folder,
               const std::atomic<bool>& enough) {
  KafkaOptions options;
  options.brokers = broker_address();
  options.security = {{"heartbeat.interval.ms", "300"}};
  options.prefix = prefix;
  options.cache_folder = folder;
  const auto log = KafkaLog::open(std::move(options));
  const auto session = log->open_session({.name = "twin", .subscriptions = {{"group", {"inbox"}}}});
  const auto until = steady_clock::now() + kMostTime;
  while (!enough && steady_clock::now() < until) {
    try {
      session->poll("group", 10);
      session->wait(std::chrono::milliseconds(50));
    } catch (const LogUnavailable&) {
      try {
        session->abort();
      } catch (const LogUnavailable&) {  // tried again with the next poll
      } catch (const std::runtime_error&) {
        return true;
      }
    } catch (const std::runtime_error&) {
      return true;
    }
  }
  return false;
}

TEST(KafkaFencing, OfTwoProcessesOfOneNameOneStops) {
  GUICHET_NEEDS_BROKER();
  const std::string prefix = fresh_prefix();
  create_topics({.brokers = broker_address(), .security = {}, .prefix = prefix}, {{"inbox"}});
  const auto folder = std::filesystem::temp_directory_path() / ("guichet-" + prefix);
  std::atomic<bool> enough = false;
  std::atomic<int> stopped = 0;
  const auto one = [&](const char* name) {
    if (must_stop(prefix, folder / name, enough)) ++stopped;
    if (stopped > 0) {
      std::this_thread::sleep_for(std::chrono::seconds(3));  // the other has time to go wrong
      enough = true;
    }
  };
  {
    std::jthread a(one, "a");
    std::jthread b(one, "b");
  }
  std::filesystem::remove_all(folder);
  EXPECT_EQ(stopped, 1);
}

}  // namespace
}  // namespace guichet::eventlog
