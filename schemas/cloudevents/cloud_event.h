#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "guichet/v1/envelope.pb.h"

namespace guichet::cloudevents {

/// What partner agencies see of a case, as a CloudEvent 1.0: the one home of that shape, whichever
/// way it leaves (Kafka's binary binding, the JSON batch of HTTP). Nothing in it is personal: it is
/// made of the clear header and of v1::CaseEvent, which holds no name, SIN, income or account.
struct CloudEvent {
  std::string id;           // the record's: schemas/ids.md
  std::string type;         // guichet.case.decided, …
  std::string subject;      // the application's id; of a payment <application>/payments/<payment>
  std::string time;         // RFC 3339, UTC
  std::string sequence;     // 1..n within the subject: CloudEvents' extension `sequence`
  std::string traceparent;  // CloudEvents' extension for distributed tracing; may be empty
  std::string data;         // JSON, of v1::CaseEvent's standard mapping
};

// Types of events.
inline constexpr std::string_view kReceived = "guichet.application.received";
inline constexpr std::string_view kAmended = "guichet.application.amended";
inline constexpr std::string_view kWithdrawn = "guichet.application.withdrawn";
inline constexpr std::string_view kSuperseded = "guichet.application.superseded";
inline constexpr std::string_view kDetermined = "guichet.program.determined";
inline constexpr std::string_view kDecided = "guichet.case.decided";
inline constexpr std::string_view kHeld = "guichet.case.held";
inline constexpr std::string_view kInstructed = "guichet.payment.instructed";
inline constexpr std::string_view kSettled = "guichet.payment.settled";
inline constexpr std::string_view kRejected = "guichet.payment.rejected";
inline constexpr std::array kTypes = {kReceived, kAmended, kWithdrawn,  kSuperseded, kDetermined,
                                      kDecided,  kHeld,    kInstructed, kSettled,    kRejected};

inline constexpr std::string_view kSpecVersion = "1.0";
inline constexpr std::string_view kSource = "/guichet";
inline constexpr std::string_view kDataContentType = "application/json";

/// Nothing where the payload is no v1::CaseEvent.
std::optional<CloudEvent> cloud_event(const v1::Header& header, const std::string& payload);

/// The payload that such data was made of; nothing where it is none.
std::optional<std::string> payload_of(const std::string& data);

/// The JSON event format: one object.
std::string to_json(const CloudEvent& event);

}  // namespace guichet::cloudevents
