#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace guichet::audit {

/// SHA-256 of an entry's bytes as they are in the log: 32 bytes.
std::string digest_of(std::string_view entry);

/// The last entry of a chain that was seen.
struct Head {
  std::uint64_t number = 0;
  std::string digest;
};
using Heads = std::map<std::string, Head>;  // by chain

/// What is wrong at a place of a chain.
struct ChainFault {
  enum class Kind {
    unreadable,  // not the bytes of an entry
    missing,     // the entries between the one before and this are gone, or come out of order
    broken,      // the entry before it is not the one that this one was written after
    changed,     // the entry that was a head before is another now
    cut_short,   // a head that was there before is not there any more
  };
  Kind kind;
  std::string chain;  // empty where it cannot be read
  std::uint64_t number = 0;
};

/// Goes through entries of any number of chains, each chain's in its order, and finds what was
/// changed, left out or put in. Not for several threads.
class ChainCheck {
 public:
  static constexpr std::size_t kMaxFaults = 100;  // more are counted, and not kept

  /// `before`: heads of an earlier check, which must still be in their chains.
  explicit ChainCheck(Heads before = {}) : before_(std::move(before)) {}

  /// An entry's bytes as they are in the log.
  void add(std::string_view entry);
  /// After the last: finds the heads of before that did not come.
  void finish();

  const Heads& heads() const { return heads_; }
  std::uint64_t entries() const { return entries_; }
  std::uint64_t fault_count() const { return fault_count_; }
  const std::vector<ChainFault>& faults() const { return faults_; }

 private:
  void fault(ChainFault::Kind kind, std::string chain, std::uint64_t number);

  const Heads before_;
  Heads heads_;
  std::uint64_t entries_ = 0;
  std::uint64_t fault_count_ = 0;
  std::vector<ChainFault> faults_;
};

}  // namespace guichet::audit
