#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "eventlog/care.h"
#include "eventlog/dead_letter.h"
#include "eventlog/host.h"
#include "eventlog/key_states.h"

namespace guichet::eventlog {

/// A processor failed on a state that it was changing in place: the pass is to be done again, after
/// an abort, and then with copies, so that the fault finds the state that it met.
struct DoAgain {};

/// Runs the processor of one keyed stage: states, ticks, holds and parking. It makes records and
/// leaves it to the host to commit them.
class KeyedRunner {
 public:
  KeyedRunner(KeyedStage stage, Session& session);

  const std::string& group() const { return stage_.group; }
  Care& care() { return care_; }

  /// Appends ticks for states whose time has come, what comes of records that drain, and of keys
  /// that are scanned; throws DoAgain.
  void wake(Instant now, std::vector<Record>& records);

  /// Appends what comes of one input record; throws DoAgain. False: nothing does, for it came
  /// before or too late.
  bool handle(const Record& input, std::vector<Record>& records);

  /// Appends the states that changed; to be called once before each commit.
  void write_states(std::vector<Record>& records);
  void committed();
  void forget();

 private:
  enum class Came { nothing, something, fault };

  bool handle_keyed(KeyEntry& entry, const Record& input, std::vector<Record>& records);
  Came run(KeyEntry& entry, const Record& input, std::vector<Record>& records);
  v1::DeadLetter hold(KeyEntry& entry, const Record& input, std::string failure_class,
                      std::string what, std::vector<Record>& records);
  void hold_after_fault(KeyEntry& entry, const Record& input, std::string what,
                        std::vector<Record>& records);
  void park(KeyEntry& entry, const Record& input, std::vector<Record>& records);
  std::size_t drain(KeyEntry& entry, std::size_t most, std::vector<Record>& records);
  std::size_t scan(KeyEntry& scanner, std::size_t most, std::vector<Record>& records);
  void visit(const Scan& scan, google::protobuf::MessageLite& state, KeyEntry& seen,
             std::vector<Record>& records);
  void tick(KeyEntry& entry, const DueState& due, Instant now, std::vector<Record>& records);
  void refuse(const Record& input, std::string failure_class, std::string text,
              std::vector<Record>& records);

  KeyedStage stage_;
  Session& session_;
  KeyStates states_;
  Care care_;
  // From a fault in place until what came of it, met again, is committed: states are copied.
  bool copies_ = false;
  bool met_again_ = false;
  // Ticks sent for states that have not changed since, by key: not to be sent again.
  std::unordered_map<std::string, std::int64_t> in_flight_;
};

}  // namespace guichet::eventlog
