#include "eventlog/kafka/wire.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "schemas/cloudevents/cloud_event.h"
#include "schemas/determination_json.h"
#include "schemas/values/dates.h"
#include "schemas/values/traceparent.h"

namespace guichet::eventlog::kafka {
namespace {

constexpr std::string_view kJson = "application/json";
constexpr std::size_t kMaxHeaderBytes = 64 * 1024;

std::string_view bytes_of(const void* data, std::size_t size) {
  return {static_cast<const char*>(data), data == nullptr ? 0 : size};
}

void add(rd_kafka_headers_t* headers, const char* name, std::string_view value) {
  if (!value.empty())
    rd_kafka_header_add(headers, name, -1, value.data(), static_cast<ssize_t>(value.size()));
}

std::string header_of(const rd_kafka_message_t& message, const char* name) {
  rd_kafka_headers_t* headers = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  if (rd_kafka_message_headers(&message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) return {};
  if (rd_kafka_header_get_last(headers, name, &value, &size) != RD_KAFKA_RESP_ERR_NO_ERROR)
    return {};
  return std::string(bytes_of(value, size));
}

WireMessage to_cloudevent(const Record& record) {
  const auto event = cloudevents::cloud_event(record.header, record.payload);
  if (!event) return {record.payload, nullptr};
  // The clear header as it was, so that Guichet reads back what it wrote; but who at a desk did it
  // is not for partners to know.
  v1::Header header = record.header;
  header.clear_actor();
  WireMessage wire;
  wire.value = event->data;
  wire.headers.reset(rd_kafka_headers_new(10));
  rd_kafka_headers_t* headers = wire.headers.get();
  add(headers, "ce_specversion", cloudevents::kSpecVersion);
  add(headers, "ce_id", event->id);
  add(headers, "ce_source", cloudevents::kSource);
  add(headers, "ce_type", event->type);
  add(headers, "ce_subject", event->subject);
  add(headers, "ce_time", event->time);
  add(headers, "ce_sequence", event->sequence);
  add(headers, "ce_traceparent", event->traceparent);
  add(headers, "content-type", cloudevents::kDataContentType);
  std::string json;  // text, for readers of CloudEvents take every header for text
  if (!google::protobuf::util::MessageToJsonString(header, &json).ok())
    return {record.payload, nullptr};
  add(headers, "guichet-header", json);
  return wire;
}

/// As a program outside writes it.
WireMessage to_partner(const Record& record) {
  WireMessage wire;
  wire.value = record.payload;
  wire.headers.reset(rd_kafka_headers_new(1));
  add(wire.headers.get(), "traceparent", record.header.traceparent());
  return wire;
}

bool from_cloudevent(const rd_kafka_message_t& message, Record& record) {
  auto payload = cloudevents::payload_of(std::string(bytes_of(message.payload, message.len)));
  const std::string header = header_of(message, "guichet-header");
  if (!payload || !google::protobuf::util::JsonStringToMessage(header, &record.header).ok())
    return false;
  record.payload = std::move(*payload);
  return true;
}

/// Whether it may stand in a clear header: an id, and nothing that only looks like one.
bool is_id(std::string_view text) {
  constexpr std::size_t kMaxIdBytes = 256;
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-_./:").find(c) != std::string_view::npos;
  };
  return !text.empty() && text.size() <= kMaxIdBytes &&
         std::all_of(text.begin(), text.end(), allowed);
}

Result<v1::Determination> read_determination(std::string_view bytes, bool as_json) {
  if (as_json) return determination_from_json(bytes);
  v1::Determination answer;
  if (bytes.size() <= kMaxDeterminationBytes &&
      answer.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
    return answer;
  return Failure{"no protobuf of a determination"};
}

bool is_json(std::string_view content_type) {
  return content_type == kJson ||
         (content_type.starts_with(kJson) &&
          std::string_view("; ").find(content_type[kJson.size()]) != std::string_view::npos);
}

/// A message of a program outside: nothing that it says becomes part of the clear header but ids.
void from_partner(const rd_kafka_message_t& message, std::string_view program, Record& record) {
  record.payload = bytes_of(message.payload, message.len);
  v1::Header& header = record.header;
  header.set_kind(v1::KIND_UNCHECKED_DETERMINATION);
  header.set_key(std::string(program));
  header.set_tenant("default");
  header.set_schema_version(1);
  header.mutable_actor()->set_subject("program:" + std::string(program));
  rd_kafka_timestamp_type_t clock{};
  const std::int64_t milliseconds = rd_kafka_message_timestamp(&message, &clock);
  if (clock == RD_KAFKA_TIMESTAMP_LOG_APPEND_TIME)  // the broker's, not the stranger's
    header.set_recorded_at_us(milliseconds * 1'000);
  if (std::string trace = header_of(message, "traceparent"); is_traceparent(trace))
    header.set_traceparent(std::move(trace));

  const bool as_json = is_json(header_of(message, "content-type"));
  const auto answer = read_determination(record.payload, as_json);
  if (!answer) return;  // the stage that reads it says why
  if (as_json) record.payload = answer->SerializeAsString();
  if (is_id(answer->id())) header.set_id(answer->id());
  const std::string application = answer->request_id().substr(0, answer->request_id().find('/'));
  if (is_id(application)) header.set_key(application);
}

bool from_envelope(const rd_kafka_message_t& message, Record& record) {
  v1::Envelope envelope;
  if (!envelope.ParseFromArray(message.payload, static_cast<int>(message.len))) return false;
  if (!envelope.has_header() || envelope.header().ByteSizeLong() > kMaxHeaderBytes) return false;
  record.header.Swap(envelope.mutable_header());
  record.payload.swap(*envelope.mutable_payload());
  return true;
}

/// Whoever reads states takes them for what their owner wrote.
bool is_key_state(const Record& record) {
  v1::KeyState state;
  return record.header.kind() == v1::KIND_KEY_STATE && !record.header.key().empty() &&
         state.ParseFromString(record.payload);
}

}  // namespace

std::int64_t message_time(const Record& record) {
  if (record.header.kind() != v1::KIND_CASE_EVENT) return 0;
  const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::system_clock::now().time_since_epoch());
  return std::clamp<std::int64_t>(record.header.recorded_at_us() / 1'000, 0, now.count());
}

WireMessage to_wire(const Record& record) {
  if (record.header.kind() == v1::KIND_UNSPECIFIED) return {record.payload, nullptr};
  if (record.topic == topics::kEvents) return to_cloudevent(record);
  if (!topics::program_of_determinations(record.topic).empty()) return to_partner(record);
  v1::Envelope envelope;
  *envelope.mutable_header() = record.header;
  envelope.set_payload(record.payload);
  WireMessage wire;
  envelope.SerializeToString(&wire.value);
  return wire;
}

Record from_wire(const Cluster& cluster, const rd_kafka_message_t& message) {
  Record record;
  record.topic = cluster.topic_of(rd_kafka_topic_name(message.rkt));
  record.partition = static_cast<std::uint32_t>(message.partition);
  record.position = static_cast<std::uint64_t>(message.offset);
  if (const auto program = topics::program_of_determinations(record.topic); !program.empty()) {
    from_partner(message, program, record);
    return record;
  }
  bool decoded = record.topic == topics::kEvents ? from_cloudevent(message, record)
                                                 : from_envelope(message, record);
  if (record.topic == topics::kCases) decoded = decoded && is_key_state(record);
  if (!decoded) {
    record.header.Clear();
    const std::string_view key = bytes_of(message.key, message.key_len);
    if (is_id(key)) record.header.set_key(std::string(key));
    record.payload = bytes_of(message.payload, message.len);
  }
  return record;
}

}  // namespace guichet::eventlog::kafka
