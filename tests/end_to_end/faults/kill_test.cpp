// kill -9 at any moment, again and again, on one data folder.

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <random>
#include <thread>

#include "tests/end_to_end/faults/booked_load.h"

namespace guichet::end_to_end {
namespace {

using std::chrono::milliseconds;

constexpr int kKills = 10;
constexpr int kKillsNightly = 50;
constexpr unsigned kLongestLife = 400;  // ms under load
constexpr unsigned kLongestStart = 60;  // ms, of those that are killed while they start
constexpr std::uint64_t kApplicationsOfALife = 10'000;

std::uint64_t seed() {
  const char* given = std::getenv("GUICHET_SEED");
  return given ? std::strtoull(given, nullptr, 10) : std::random_device{}();
}

/// Kills the process that it becomes.
std::vector<std::string> killed_after(unsigned ms) {
  return {"sh", "-c",
          "(sleep " + std::to_string(ms / 1000.0) + "; kill -9 $$) >/dev/null 2>&1 & exec \"$@\"",
          "sh"};
}

TEST(Killed, AtAnyMomentUnderLoadTheServerKeepsEveryPromise) {
  const int kills = std::getenv("GUICHET_NIGHTLY") ? kKillsNightly : kKills;
  const std::uint64_t first = seed();
  SCOPED_TRACE("again with GUICHET_SEED=" + std::to_string(first));
  std::cout << "seed " << first << std::endl;
  std::mt19937_64 random(first);

  RunningServer server({}, RunningServer::Start::kLater);
  Book book;
  int while_starting = 0;
  for (int kill = 0; kill < kills; ++kill) {
    const std::uint64_t applications = 1'000 + kill * kApplicationsOfALife;
    const bool at_start = random() % 4 == 0;
    server.set_wrapper(at_start ? killed_after(1 + random() % kLongestStart)
                                : std::vector<std::string>());
    if (!server.try_start()) {
      ASSERT_TRUE(at_start) << server.log();
      ASSERT_EQ(server.exit_code(), 128 + 9);
      ++while_starting;
      continue;
    }
    BookedLoad load(server, book, applications);
    if (at_start) {
      ASSERT_TRUE(server.ends_within(std::chrono::seconds(5)));
    } else {
      ASSERT_TRUE(load.wait_for(1));
      std::this_thread::sleep_for(milliseconds(random() % kLongestLife));
      server.kill();
    }
  }
  std::cout << kills << " kills, " << while_starting << " before it listened; "
            << book.acknowledged() << " applications acknowledged of " << book.sent().size()
            << std::endl;
  EXPECT_GT(book.acknowledged(), 100U);
  server.set_wrapper({});
  server.start();
  book.audit(server);
}

}  // namespace
}  // namespace guichet::end_to_end
