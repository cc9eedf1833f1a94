#include "eventlog/sqlite/segment.h"

#include <gtest/gtest.h>

namespace guichet::eventlog {
namespace {

TEST(Segment, WhosePositionsWouldGoRoundIsDamaged) {
  // A distance of 2⁶⁴ − 1, no header, a payload of one byte.
  const std::string bytes = std::string(9, '\xff') + std::string("\x01\x00\x01x", 4);
  const auto read = [&] {
    for_each_record(bytes, 7, 0, "topic", 0, [](Record&&) { return true; });
  };
  EXPECT_THROW(read(), DamagedError);
}

}  // namespace
}  // namespace guichet::eventlog
