#pragma once

#include <google/protobuf/message_lite.h>

#include <cstdint>
#include <memory>

#include "eventlog/record.h"

namespace guichet::eventlog {

/// What a state record says of its key, as its readers want it.
struct KeySnapshot {
  std::uint64_t version = 0;
  bool held = false;
  /// The processor's own message; never null. Nobody may change it.
  std::shared_ptr<const google::protobuf::MessageLite> state;
};

/// Of a state record whose processor keeps messages of the type of `kind`; an empty one where the
/// key is held and has no state yet. Null where the record cannot be read. Cheap where the record
/// was written in this process and has not left it. Any thread.
std::shared_ptr<const KeySnapshot> snapshot_of(const Record& record,
                                               const google::protobuf::MessageLite& kind);

}  // namespace guichet::eventlog
