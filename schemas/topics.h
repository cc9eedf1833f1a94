#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace guichet::topics {

// The names of design: on Kafka each has the prefix "guichet.".
inline constexpr std::string_view kCasesInbox = "cases-inbox";
inline constexpr std::string_view kCases = "cases";
inline constexpr std::string_view kEvents = "events";
inline constexpr std::string_view kPaymentsInbox = "payments-inbox";
inline constexpr std::string_view kAccounts = "accounts";
inline constexpr std::string_view kLedger = "ledger";
inline constexpr std::string_view kRunsInbox = "runs-inbox";
inline constexpr std::string_view kRuns = "runs";
inline constexpr std::string_view kInstructions = "payments-instructions";
inline constexpr std::string_view kDeadLetters = "dead-letters";
inline constexpr std::string_view kAudit = "audit";

inline std::string requests(std::string_view program) {
  return "requests." + std::string(program);
}
inline std::string determinations(std::string_view program) {
  return "determinations." + std::string(program);
}
/// The program whose answers the topic has; empty: it is another kind of topic.
std::string_view program_of_determinations(std::string_view topic);

/// Records a message may have: a dead letter holds a whole record, and is larger than it.
inline constexpr std::uint32_t kMaxMessageBytes = 4 * 1024 * 1024;

/// A topic as it is declared, once and for all homes of the log.
struct Topic {
  std::string name;
  /// Only the newest record of each key is kept: the whole state of that key.
  bool compacted = false;
  /// How long a record is kept; nothing: for ever.
  std::optional<std::chrono::days> retention = {};
  /// Strangers write it: the time of a record is the broker's, not theirs.
  bool broker_time = false;
  /// Still taken when a disk has little room, as long as there is half of what is kept back then.
  bool from_reserve = false;
  /// Roles of processes, and "partner" for the program's own.
  std::vector<std::string> writers = {};
  std::vector<std::string> readers = {};
  std::string carries_en = {};
  std::string carries_fr = {};
};

/// Every topic that a deployment offering these programs has. Partition counts are equal and belong
/// to the deployment, not to a topic.
std::vector<Topic> all(const std::vector<std::string>& programs);

}  // namespace guichet::topics
