#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "eventlog/log.h"
#include "eventlog/processor.h"

namespace guichet::eventlog {

inline constexpr std::size_t kMaxCachedStates = 8192;
inline constexpr std::size_t kMaxCachedStateBytes = 16 * 1024 * 1024;  // as stored

/// One key as its host knows it: the newest v1::KeyState, with the processor's state parsed.
struct KeyEntry {
  std::string key;
  std::uint32_t partition = 0;
  std::uint64_t version = 0;  // of the newest state record; 0: none yet
  State state;
  OwnState own;            // the same, while no record holds it
  std::string unreadable;  // the state's bytes where the processor cannot parse them
  std::optional<v1::Hold> held;
  std::deque<v1::ParkedRecord> parked;
  std::size_t parked_bytes = 0;
  v1::Header cause;  // header of what changed it last
  std::size_t bytes = 0;
  bool changed = false;  // since its last state record

  /// Released, with records still waiting their turn.
  bool draining() const { return !held && !parked.empty(); }
};

/// The states of one compacted topic: read from the session when first wanted, kept in a bounded
/// cache, and written as one record for each key that changed.
class KeyStates {
 public:
  KeyStates(std::string topic, const Processor& processor, Session& session);

  /// The entry of a key; the reference holds until `committed` or `forget`.
  KeyEntry& find(const std::string& key);

  /// The same of a key whose newest committed record is at hand.
  KeyEntry& find(const Record& newest);

  /// Marks an entry to be written, because of what this header belongs to.
  void change(KeyEntry& entry, const v1::Header& cause);

  /// Appends a state record for each entry that changed. Then, and only then, one of the two below.
  void write(std::vector<Record>& records);
  void committed();
  void forget();

  /// When the entry wants to be looked at again, as its state record says; 0 for never.
  std::int64_t wake_at_us(const KeyEntry& entry) const;

 private:
  KeyEntry* known(const std::string& key);
  KeyEntry& add(const std::string& key, const Record* newest);
  void load(KeyEntry& entry, const Record& record);
  Record record_of(KeyEntry& entry);

  std::string topic_;
  const Processor& processor_;
  Session& session_;
  std::list<KeyEntry> entries_;  // last used first
  std::unordered_map<std::string_view, std::list<KeyEntry>::iterator> by_key_;
  std::vector<KeyEntry*> changed_;
  std::size_t bytes_ = 0;
};

}  // namespace guichet::eventlog
