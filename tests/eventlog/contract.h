#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "eventlog/log.h"

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
};

inline void PrintTo(const HomeKind& kind, std::ostream* out) {
  *out << kind.name;
}

class LogContract : public testing::TestWithParam<HomeKind> {};

/// A record as a test wants it.
Record record(std::string topic, std::string key, std::string id, std::string payload = "payload");
/// A state record that wants a tick then.
Record state(std::string topic, std::string key, std::string payload, std::int64_t wake_at_us = 0);

/// Appends and waits until it is durable. Tries again while there is no room.
void append(Log& log, std::vector<Record> records);

/// Everything durable in a partition, read in small pieces.
std::vector<Record> read_all(const Log& log, std::string_view topic, std::uint32_t partition = 0);

std::vector<std::string> ids(const std::vector<Record>& records);

/// Polls until there is nothing.
std::vector<Record> poll_all(Session& session, std::string_view group, std::size_t most = 100);

/// Waits for the condition, 10 s at most.
bool eventually(const std::function<bool()>& condition);

}  // namespace guichet::eventlog
