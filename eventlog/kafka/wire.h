#pragma once

#include <string>
#include <string_view>

#include "eventlog/kafka/client.h"
#include "eventlog/record.h"

namespace guichet::eventlog::kafka {

/// A record as it travels. Most topics carry the envelope as protobuf. `events` carries CloudEvents
/// 1.0 in the binary binding of Kafka, so that any consumer of events can read it.
struct WireMessage {
  std::string value;
  Headers headers;  // null: none
};
WireMessage to_wire(const Record& record);

/// The record of a message. What cannot be decoded is of KIND_UNSPECIFIED and holds the message's
/// bytes. A message with the header `content-type: application/json` on determinations.<program> is
/// a determination by a partner, as JSON.
Record from_wire(const Cluster& cluster, const rd_kafka_message_t& message);

}  // namespace guichet::eventlog::kafka
