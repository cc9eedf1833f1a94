#include "eventlog/partition.h"

#include <cstddef>

#include "schemas/values/invariant.h"

namespace guichet::eventlog {

namespace {

// MurmurHash2, 32 bits, Austin Appleby; seed of org.apache.kafka.common.utils.Utils.
std::uint32_t murmur2(std::string_view bytes) {
  constexpr std::uint32_t kSeed = 0x9747b28c;
  constexpr std::uint32_t kMultiplier = 0x5bd1e995;
  const auto byte = [&](std::size_t i) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i]));
  };
  std::uint32_t hash = kSeed ^ static_cast<std::uint32_t>(bytes.size());
  std::size_t at = 0;
  for (; at + 4 <= bytes.size(); at += 4) {
    std::uint32_t word =
        byte(at) | (byte(at + 1) << 8) | (byte(at + 2) << 16) | (byte(at + 3) << 24);
    word *= kMultiplier;
    word ^= word >> 24;
    word *= kMultiplier;
    hash = (hash * kMultiplier) ^ word;
  }
  const std::size_t rest = bytes.size() - at;
  if (rest >= 3) hash ^= byte(at + 2) << 16;
  if (rest >= 2) hash ^= byte(at + 1) << 8;
  if (rest >= 1) hash = (hash ^ byte(at)) * kMultiplier;
  hash ^= hash >> 13;
  hash *= kMultiplier;
  return hash ^ (hash >> 15);
}

}  // namespace

std::uint32_t partition_of(std::string_view key, std::uint32_t partitions) {
  if (partitions <= 1) return 0;
  return (murmur2(key) & 0x7fffffff) % partitions;
}

std::string key_of_partition(std::uint32_t partition, std::uint32_t partitions) {
  GUICHET_INVARIANT(partition < partitions);
  for (unsigned n = 0;; ++n) {
    std::string key = "partition-" + std::to_string(partition) + "-" + std::to_string(n);
    if (partition_of(key, partitions) == partition) return key;
  }
}

}  // namespace guichet::eventlog
