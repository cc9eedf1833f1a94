#pragma once

#include <optional>

#include "eventlog/record.h"
#include "guichet/v1/envelope.pb.h"

namespace guichet::http {

/// A processor's own message out of a record of a compacted topic; none where there is no record,
/// or it cannot be read.
template <class Message>
std::optional<Message> state_of(const std::optional<eventlog::Record>& record) {
  v1::KeyState stored;
  Message message;
  if (!record || !stored.ParseFromString(record->payload) ||
      !message.ParseFromString(stored.state()))
    return std::nullopt;
  return message;
}

}  // namespace guichet::http
