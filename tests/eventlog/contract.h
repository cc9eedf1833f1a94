#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/eventlog/records.h"

// The contract of the Log port: what every home must do. contract.cpp holds the tests; the test
// program of a home links it and says how to make one:
//
//   INSTANTIATE_TEST_SUITE_P(Memory, LogContract, testing::Values(HomeKind{"memory",
//   make_memory}));

namespace guichet::eventlog {

struct HomeOptions {
  std::vector<topics::Topic> topics;
  std::uint32_t partitions = 1;
  std::size_t most_waiting_records = 10'000;
};

/// A log under test, with the place it lives in.
class Home {
 public:
  virtual ~Home() = default;
  virtual Log& log() = 0;
  /// Ends the log in order and starts it again. Sessions and tails are gone by then.
  virtual void restart() = 0;
};

struct HomeKind {
  std::string name;
  std::function<std::unique_ptr<Home>(HomeOptions)> make;
  std::vector<std::uint32_t> partitions = {1};  // counts that this home can have
  /// How long nothing must come before there is nothing: what others wrote may be on its way.
  std::chrono::milliseconds settle{0};
  /// The partitions of a group are shared by the sessions that read for it, in any process; else
  /// only one session may.
  bool shares_groups = false;
  /// A tail that does not return lets records wait, until appends are refused.
  bool tails_hold_back = true;
};

inline void PrintTo(const HomeKind& kind, std::ostream* out) {
  *out << kind.name;
}

class LogContract : public testing::TestWithParam<HomeKind> {
 protected:
  void SetUp() override { settle_time = GetParam().settle; }
  void TearDown() override { settle_time = {}; }
};

}  // namespace guichet::eventlog
