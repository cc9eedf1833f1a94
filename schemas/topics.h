#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace guichet::topics {

// The names of design: on Kafka each has the prefix "guichet.".
inline constexpr std::string_view kCasesInbox = "cases-inbox";
inline constexpr std::string_view kCases = "cases";
inline constexpr std::string_view kEvents = "events";
inline constexpr std::string_view kPaymentsInbox = "payments-inbox";
inline constexpr std::string_view kDeadLetters = "dead-letters";

inline std::string requests(std::string_view program) {
  return "requests." + std::string(program);
}
inline std::string determinations(std::string_view program) {
  return "determinations." + std::string(program);
}

/// A topic as it is declared, once and for all homes of the log.
struct Topic {
  std::string name;
  /// Only the newest record of each key is kept: the whole state of that key.
  bool compacted = false;
};

/// Every topic that a deployment offering these programs has. Partition counts are equal and belong
/// to the deployment, not to a topic.
std::vector<Topic> all(const std::vector<std::string>& programs);

}  // namespace guichet::topics
