#include "schemas/cloudevents/cloud_event.h"

#include <google/protobuf/util/json_util.h>

#include <boost/json.hpp>

#include "guichet/v1/events.pb.h"
#include "schemas/values/dates.h"

namespace guichet::cloudevents {

namespace json = boost::json;

std::optional<CloudEvent> cloud_event(const v1::Header& header, const std::string& payload) {
  v1::CaseEvent content;
  if (!content.ParseFromString(payload)) return std::nullopt;
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  CloudEvent event;
  if (!google::protobuf::util::MessageToJsonString(content, &event.data, options).ok())
    return std::nullopt;
  event.id = header.id();
  event.type = content.type();
  event.subject = content.application_id();
  if (!content.payment().empty()) event.subject += "/payments/" + content.payment();
  event.time = to_string(from_micros(header.recorded_at_us()));
  event.sequence = std::to_string(content.sequence());
  event.traceparent = header.traceparent();
  return event;
}

std::optional<std::string> payload_of(const std::string& data) {
  v1::CaseEvent content;
  if (!google::protobuf::util::JsonStringToMessage(data, &content).ok()) return std::nullopt;
  return content.SerializeAsString();
}

std::string to_json(const CloudEvent& event) {
  json::object object{{"specversion", kSpecVersion}, {"id", event.id},
                      {"source", kSource},           {"type", event.type},
                      {"subject", event.subject},    {"time", event.time},
                      {"sequence", event.sequence},  {"datacontenttype", kDataContentType}};
  if (!event.traceparent.empty()) object["traceparent"] = event.traceparent;
  std::string text = json::serialize(object);
  text.pop_back();
  return text + ",\"data\":" + event.data + "}";
}

}  // namespace guichet::cloudevents
