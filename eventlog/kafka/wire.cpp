#include "eventlog/kafka/wire.h"

#include <google/protobuf/util/json_util.h>

#include <array>
#include <cstring>

#include "guichet/v1/determination.pb.h"
#include "guichet/v1/events.pb.h"
#include "schemas/values/dates.h"

namespace guichet::eventlog::kafka {
namespace {

constexpr std::string_view kEventSource = "/guichet";
constexpr std::string_view kJson = "application/json";

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
  v1::CaseEvent event;
  event.ParseFromString(record.payload);
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  WireMessage wire;
  (void)google::protobuf::util::MessageToJsonString(event, &wire.value, options);
  wire.headers.reset(rd_kafka_headers_new(10));
  rd_kafka_headers_t* headers = wire.headers.get();
  add(headers, "ce_specversion", "1.0");
  add(headers, "ce_id", record.header.id());
  add(headers, "ce_source", kEventSource);
  add(headers, "ce_type", event.type());
  add(headers, "ce_subject", event.application_id());
  add(headers, "ce_time", to_string(from_micros(record.header.recorded_at_us())));
  add(headers, "ce_sequence", std::to_string(event.sequence()));
  add(headers, "ce_traceparent", record.header.traceparent());
  add(headers, "content-type", kJson);
  // The clear header as it was, so that Guichet reads back exactly what it wrote.
  add(headers, "guichet-header", record.header.SerializeAsString());
  return wire;
}

bool from_cloudevent(const rd_kafka_message_t& message, Record& record) {
  v1::CaseEvent event;
  const std::string json(bytes_of(message.payload, message.len));
  if (!google::protobuf::util::JsonStringToMessage(json, &event).ok()) return false;
  if (!record.header.ParseFromString(header_of(message, "guichet-header"))) return false;
  record.payload = event.SerializeAsString();
  return true;
}

bool from_partner_json(const rd_kafka_message_t& message, Record& record) {
  v1::Determination determination;
  const std::string json(bytes_of(message.payload, message.len));
  if (!google::protobuf::util::JsonStringToMessage(json, &determination).ok()) return false;
  record.header.set_id(determination.id());
  record.header.set_key(determination.application_id());
  record.header.set_kind(v1::KIND_UNCHECKED_DETERMINATION);
  record.header.set_recorded_at_us(determination.determined_at_us());
  record.payload = determination.SerializeAsString();
  return true;
}

bool from_envelope(const rd_kafka_message_t& message, Record& record) {
  v1::Envelope envelope;
  if (!envelope.ParseFromArray(message.payload, static_cast<int>(message.len))) return false;
  if (!envelope.has_header()) return false;
  record.header.Swap(envelope.mutable_header());
  record.payload.swap(*envelope.mutable_payload());
  return true;
}

}  // namespace

WireMessage to_wire(const Record& record) {
  if (record.header.kind() == v1::KIND_UNSPECIFIED) return {record.payload, nullptr};
  if (record.topic == topics::kEvents) return to_cloudevent(record);
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
  bool decoded = false;
  if (record.topic == topics::kEvents)
    decoded = from_cloudevent(message, record);
  else if (header_of(message, "content-type") == kJson)
    decoded = from_partner_json(message, record);
  else
    decoded = from_envelope(message, record);
  if (!decoded) {
    record.header.Clear();
    record.header.set_key(std::string(bytes_of(message.key, message.key_len)));
    record.payload = bytes_of(message.payload, message.len);
  }
  return record;
}

}  // namespace guichet::eventlog::kafka
