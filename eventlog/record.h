#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "guichet/v1/envelope.pb.h"

namespace guichet::eventlog {

struct KeySnapshot;

/// One record as it stands in a topic: its place, its clear header, and its payload as stored.
///
/// Before it is appended only topic, header and payload are meant: the log chooses the partition
/// from header.key and gives the position. A record whose envelope could not be read has
/// KIND_UNSPECIFIED and the bytes as they came in `payload`.
struct Record {
  std::string topic;
  std::uint32_t partition = 0;
  std::uint64_t position = 0;
  v1::Header header;
  std::string payload;
  /// Of a state record that was written in this process: what its payload says. Null says nothing:
  /// ask snapshot_of.
  std::shared_ptr<const KeySnapshot> snapshot = nullptr;
};

}  // namespace guichet::eventlog
