#include "eventlog/key_snapshot.h"

#include <string>

namespace guichet::eventlog {

std::shared_ptr<const KeySnapshot> snapshot_of(const Record& record,
                                               const google::protobuf::MessageLite& kind) {
  if (record.snapshot) return record.snapshot;
  v1::KeyState stored;
  if (!stored.ParseFromString(record.payload)) return nullptr;
  std::shared_ptr<google::protobuf::MessageLite> state(kind.New());
  if (!state->ParseFromString(stored.state())) return nullptr;
  return std::make_shared<const KeySnapshot>(
      KeySnapshot{stored.version(), stored.has_held(), std::move(state)});
}

}  // namespace guichet::eventlog
