#include "eventlog/key_states.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include <array>
#include <exception>
#include <utility>

#include "eventlog/key_snapshot.h"
#include "eventlog/sent.h"
#include "schemas/values/invariant.h"

namespace guichet::eventlog {

namespace {
// A key that drains is due at once, also after a restart: any time that has passed will do.
constexpr std::int64_t kWakeNow = 1;

/// Writes the field `state` of a KeyState behind its others: the message goes straight into the
/// payload, and not into a string of its own first.
void append_state(const google::protobuf::MessageLite& state, std::string& payload) {
  using google::protobuf::internal::WireFormatLite;
  using google::protobuf::io::CodedOutputStream;
  std::array<std::uint8_t, 16> start{};
  std::uint8_t* end = CodedOutputStream::WriteTagToArray(
      WireFormatLite::MakeTag(v1::KeyState::kStateFieldNumber,
                              WireFormatLite::WIRETYPE_LENGTH_DELIMITED),
      start.data());
  end = CodedOutputStream::WriteVarint32ToArray(static_cast<std::uint32_t>(state.ByteSizeLong()),
                                                end);
  payload.append(start.data(), end);
  GUICHET_INVARIANT(state.AppendToString(&payload));
}

}  // namespace

KeyStates::KeyStates(std::string topic, const Processor& processor, Session& session)
    : topic_(std::move(topic)), processor_(processor), session_(session) {}

KeyEntry& KeyStates::find(const std::string& key) {
  if (KeyEntry* entry = known(key)) return *entry;
  const std::optional<Record> record = session_.latest(topic_, key);
  return add(key, record ? &*record : nullptr);
}

KeyEntry& KeyStates::find(const Record& newest) {
  if (KeyEntry* entry = known(newest.header.key())) return *entry;
  return add(newest.header.key(), &newest);
}

KeyEntry* KeyStates::known(const std::string& key) {
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, found->second);
  return &entries_.front();
}

KeyEntry& KeyStates::add(const std::string& key, const Record* newest) {
  KeyEntry entry;
  entry.key = key;
  if (newest != nullptr) load(entry, *newest);
  entries_.push_front(std::move(entry));
  by_key_.emplace(entries_.front().key, entries_.begin());
  bytes_ += entries_.front().bytes;
  return entries_.front();
}

void KeyStates::load(KeyEntry& entry, const Record& record) {
  v1::KeyState stored;
  GUICHET_INVARIANT(stored.ParseFromString(record.payload));
  entry.partition = record.partition;
  entry.version = stored.version();
  entry.cause = record.header;
  entry.bytes = record.payload.size();
  if (stored.has_held()) entry.held = stored.held();
  for (v1::ParkedRecord& parked : *stored.mutable_parked()) {
    entry.parked_bytes += parked.ByteSizeLong();
    entry.parked.push_back(std::move(parked));
  }
  if (stored.state().empty()) return;
  try {
    entry.state = processor_.parse(stored.state());
  } catch (const std::exception&) {
    entry.unreadable = std::move(*stored.mutable_state());
  }
}

void KeyStates::change(KeyEntry& entry, const v1::Header& cause) {
  entry.cause = cause;
  if (std::exchange(entry.changed, true)) return;
  changed_.push_back(&entry);
}

void KeyStates::write(std::vector<Record>& records) {
  for (KeyEntry* entry : changed_) records.push_back(record_of(*entry));
}

Record KeyStates::record_of(KeyEntry& entry) {
  v1::KeyState stored;
  stored.set_version(++entry.version);
  if (!entry.state) stored.set_state(entry.unreadable);
  if (entry.held) *stored.mutable_held() = *entry.held;
  for (const v1::ParkedRecord& parked : entry.parked) *stored.add_parked() = parked;

  Record record;
  record.topic = topic_;
  record.header.set_id(entry.key + "/v" + std::to_string(entry.version));
  record.header.set_kind(v1::KIND_KEY_STATE);
  record.header.set_key(entry.key);
  inherit(record.header, entry.cause);
  record.header.set_wake_at_us(wake_at_us(entry));
  record.payload = stored.SerializeAsString();
  if (entry.state) {
    append_state(*entry.state, record.payload);
    record.snapshot = std::make_shared<const KeySnapshot>(
        KeySnapshot{entry.version, entry.held.has_value(), entry.state});
    entry.own.reset();
  }
  bytes_ += record.payload.size() - entry.bytes;
  entry.bytes = record.payload.size();
  return record;
}

std::int64_t KeyStates::wake_at_us(const KeyEntry& entry) const {
  if (entry.held) return 0;
  if (!entry.parked.empty()) return kWakeNow;
  if (!entry.state) return 0;
  if (processor_.scan_of(*entry.state)) return kWakeNow;
  const std::optional<Instant> wake_at = processor_.wake_at(*entry.state);
  return wake_at ? to_micros(*wake_at) : 0;
}

void KeyStates::committed() {
  for (KeyEntry* entry : changed_) entry->changed = false;
  changed_.clear();
  while (entries_.size() > kMaxCachedStates || bytes_ > kMaxCachedStateBytes) {
    bytes_ -= entries_.back().bytes;
    by_key_.erase(entries_.back().key);
    entries_.pop_back();
  }
}

void KeyStates::forget() {
  changed_.clear();
  by_key_.clear();
  entries_.clear();
  bytes_ = 0;
}

}  // namespace guichet::eventlog
