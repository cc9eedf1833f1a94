#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace guichet::eventlog {

/// The partition of a key, the same in every home: murmur2 as Kafka's own Java producer computes
/// it, so that a partner that writes with a stock client reaches the partition that we expect.
std::uint32_t partition_of(std::string_view key, std::uint32_t partitions);

/// A key that falls into this partition, always the same: that of messages to its owner, and of the
/// owner's own state.
std::string key_of_partition(std::uint32_t partition, std::uint32_t partitions);

}  // namespace guichet::eventlog
