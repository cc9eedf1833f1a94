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

/// The time of the message, in milliseconds since 1970; 0: when it is sent. Events have their own,
/// by which they are found; but none in the future, which brokers refuse. Other topics are deleted
/// by age, and that counts from when a record was written.
std::int64_t message_time(const Record& record);

/// The record of a message. What cannot be decoded is of KIND_UNSPECIFIED and holds the message's
/// bytes; so is what is no state on `cases`.
///
/// `determinations.<program>` is written by strangers: a bare v1.Determination, as protobuf or,
/// with the header content-type: application/json, as JSON. The payload is its protobuf; where it
/// cannot be read, the bytes as they came. Always of KIND_UNCHECKED_DETERMINATION, for the stage
/// that reads it says what is wrong; the header's time is the broker's, its actor
/// `program:<program>`, its id and key are the answer's where it has readable ones, else none and
/// the program.
Record from_wire(const Cluster& cluster, const rd_kafka_message_t& message);

}  // namespace guichet::eventlog::kafka
