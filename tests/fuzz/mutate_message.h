#pragma once

#include <google/protobuf/message.h>

#include <cstdint>

namespace guichet::fuzz {

/// SplitMix64 (Steele, Lea, Flood, 2014).
class Draw {
 public:
  explicit Draw(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }
  std::uint64_t below(std::uint64_t limit) { return next() % limit; }

 private:
  std::uint64_t state_;
};

/// Changes one field somewhere in a message: sets, clears, changes it, or adds, doubles, removes or
/// swaps elements of a list. It stays a message of its type, which bytes changed at random do not.
void mutate(google::protobuf::Message& message, Draw& draw);

}  // namespace guichet::fuzz
