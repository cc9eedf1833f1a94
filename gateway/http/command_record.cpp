#include "gateway/http/command_record.h"

#include <utility>

#include "gateway/http/ids.h"

namespace guichet::http {
namespace {

constexpr std::uint32_t kSchemaVersion = 1;

}  // namespace

eventlog::Record command_record(const GatewayParts& parts, const Exchange& exchange,
                                std::string_view inbox, v1::Kind kind, const std::string& key,
                                std::string payload) {
  const Instant now = parts.clock();
  eventlog::Record record;
  record.topic = inbox;
  record.header.set_id(fresh_id(now));
  record.header.set_kind(kind);
  record.header.set_key(key);
  record.header.set_tenant(parts.tenant);
  record.header.set_recorded_at_us(to_micros(now));
  record.header.set_traceparent(exchange.traceparent);
  *record.header.mutable_actor() = exchange.actor;
  record.header.set_schema_version(kSchemaVersion);
  record.payload = std::move(payload);
  return record;
}

}  // namespace guichet::http
