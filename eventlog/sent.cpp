#include "eventlog/sent.h"

#include <utility>

namespace guichet::eventlog {

namespace {
constexpr std::uint32_t kSchemaVersion = 1;
}

void inherit(v1::Header& header, const v1::Header& cause) {
  header.set_recorded_at_us(cause.recorded_at_us());
  header.set_tenant(cause.tenant());
  header.set_traceparent(cause.traceparent());
  if (cause.has_actor()) *header.mutable_actor() = cause.actor();
  header.set_schema_version(kSchemaVersion);
}

Record sent(Output output, const v1::Header& cause) {
  Record record;
  record.topic = std::move(output.topic);
  record.header.set_id(std::move(output.id));
  record.header.set_kind(output.kind);
  record.header.set_key(std::move(output.key));
  inherit(record.header, cause);
  record.payload = std::move(output.payload);
  return record;
}

}  // namespace guichet::eventlog
