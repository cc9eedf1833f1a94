#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "eventlog/record.h"

namespace guichet::eventlog {

/// What is stored is not what was written, or not where it was written.
struct DamagedError {};

/// Many records of one partition as one row: their bytes, a checksum over them as they are stored,
/// and a chain over the checksums of all segments of the partition up to this one. Records of one
/// time are much alike: compressed together they take a sixth, and less time to write.
struct Segment {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  std::uint64_t count = 0;
  std::uint64_t checksum = 0;
  std::uint64_t chain = 0;
  std::string bytes;

  void add(const Record& record);
  /// Compresses the bytes, where that makes them fewer; nothing can be added after it.
  void seal(std::uint64_t chain_before);
};

std::uint64_t segment_checksum(std::string_view bytes);
std::uint64_t segment_chain(std::uint64_t chain_before, std::uint64_t first, std::uint64_t last,
                            std::uint64_t count, std::uint64_t checksum);

/// Calls with each record from a position on, until it answers false. Topic and partition are set.
/// `bytes` are as they are stored. Throws DamagedError.
void for_each_record(std::string_view bytes, std::uint64_t first, std::uint64_t from,
                     const std::string& topic, std::uint32_t partition,
                     const std::function<bool(Record&&)>& call);

/// One state record as a row. The checksum binds it to its position.
std::string state_bytes(const Record& record);
std::uint64_t state_checksum(std::string_view bytes, std::uint64_t position);
/// Header and payload of `record`. Throws DamagedError.
void read_state(std::string_view bytes, Record& record);

}  // namespace guichet::eventlog
