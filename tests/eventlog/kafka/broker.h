#pragma once

#include <cstdlib>
#include <string>

namespace guichet::eventlog {

/// The address of a real broker that tests may use: GUICHET_KAFKA, as scripts/test sets it. Empty:
/// there is none, and the test is skipped.
inline std::string broker_address() {
  const char* address = std::getenv("GUICHET_KAFKA");
  return address == nullptr ? "" : address;
}

/// A prefix for names on the broker that no other test has used.
std::string fresh_prefix();

}  // namespace guichet::eventlog

#define GUICHET_NEEDS_BROKER()                                                                \
  if (::guichet::eventlog::broker_address().empty())                                          \
  GTEST_SKIP() << "no Kafka: set GUICHET_KAFKA to what `scripts/kafka start` prints, or run " \
                  "scripts/test"
