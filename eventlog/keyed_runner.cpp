#include "eventlog/keyed_runner.h"

#include <algorithm>
#include <exception>
#include <string>
#include <utility>

#include "eventlog/sent.h"
#include "schemas/values/moment.h"

namespace guichet::eventlog {

namespace {

constexpr std::size_t kMaxTicksInFlight = 4 * kMaxTicksPerPass;
constexpr const char* kHostActor = "guichet";

v1::ParkedRecord parked_of(const Record& record) {
  v1::ParkedRecord parked;
  parked.set_topic(record.topic);
  parked.set_partition(record.partition);
  parked.set_position(record.position);
  *parked.mutable_envelope()->mutable_header() = record.header;
  parked.mutable_envelope()->set_payload(record.payload);
  return parked;
}

Record record_of(const v1::ParkedRecord& parked) {
  Record record;
  record.topic = parked.topic();
  record.partition = parked.partition();
  record.position = parked.position();
  record.header = parked.envelope().header();
  record.payload = parked.envelope().payload();
  return record;
}

void send(std::vector<Output> outputs, const v1::Header& cause, std::vector<Record>& records) {
  for (Output& output : outputs) records.push_back(sent(std::move(output), cause));
}

}  // namespace

KeyedRunner::KeyedRunner(KeyedStage stage, Session& session)
    : stage_(std::move(stage)),
      session_(session),
      states_(stage_.state_topic, *stage_.processor, session),
      care_(session, stage_.group) {}

void KeyedRunner::wake(Instant now, std::vector<Record>& records) {
  if (in_flight_.size() >= kMaxTicksInFlight) return;
  std::size_t ticks = 0;
  std::size_t drained = 0;
  std::size_t scanned = 0;
  const std::size_t most = kMaxTicksPerPass + in_flight_.size();
  for (const DueState& due : session_.due(stage_.state_topic, now, most)) {
    if (ticks >= kMaxTicksPerPass || drained >= kMaxReplayedPerPass ||
        scanned >= kMaxScannedPerPass)
      return;
    const auto sent_before = in_flight_.find(due.key);
    if (sent_before != in_flight_.end() && sent_before->second == to_micros(due.wake_at)) continue;
    KeyEntry& entry = states_.find(due.key);
    if (entry.draining()) {
      drained += drain(entry, kMaxReplayedPerPass - drained, records);
    } else if (entry.state && stage_.processor->scan_of(*entry.state)) {
      scanned += scan(entry, kMaxScannedPerPass - scanned, records);
    } else if (states_.wake_at_us(entry) != to_micros(due.wake_at)) {
      states_.change(entry, entry.cause);  // newer code wants another time: write it down
    } else {
      tick(entry, due, now, records);
      ++ticks;
    }
  }
}

std::size_t KeyedRunner::scan(KeyEntry& scanner, std::size_t most, std::vector<Record>& records) {
  const Processor& processor = *stage_.processor;
  const Scan scan = *processor.scan_of(*scanner.state);
  const std::vector<Record> found =
      session_.scan(stage_.state_topic, scanner.partition, scan.after, most);
  const OwnState state(scanner.state->New());
  state->CheckTypeAndMergeFrom(*scanner.state);
  for (const Record& newest : found) {
    if (newest.header.key() != scanner.key) visit(scan, *state, states_.find(newest), records);
  }
  if (found.size() < most) {
    send(processor.scan_ended(*state), scan.cause, records);
  } else {
    processor.scanned_to(*state, found.back().header.key());
  }
  scanner.state = scanner.own = state;
  states_.change(scanner, scan.cause);
  return std::max<std::size_t>(found.size(), 1);
}

void KeyedRunner::visit(const Scan& scan, google::protobuf::MessageLite& state, KeyEntry& seen,
                        std::vector<Record>& records) {
  const auto show = [&](const ScannedKey& key) {
    Step step = stage_.processor->visit(state, key);
    if (step.state && !key.held) {
      stage_.processor->wake_at(*step.state);  // may fail too, and must not when it is written
      seen.state = seen.own = std::move(step.state);
      states_.change(seen, scan.cause);
    }
    send(std::move(step.outputs), scan.cause, records);
  };
  const bool held = seen.held || !seen.parked.empty() || !seen.unreadable.empty();
  std::string what;
  try {
    return show({.key = seen.key, .state = seen.state, .held = held});
  } catch (const std::exception& error) {
    what = error.what();
  } catch (...) {
    what = "an exception of no known type";
  }
  Record asked;  // there is none for the key itself
  asked.topic = stage_.inbox;
  asked.partition = seen.partition;
  asked.header = scan.cause;
  asked.header.set_id(scan.cause.id() + "/scan/" + seen.key);
  asked.header.set_key(seen.key);
  refuse(asked, "scan_fault", std::move(what), records);
  if (held) return;
  try {
    show({.key = seen.key, .state = seen.state, .held = true});
  } catch (...) {
    // Left as it is; the letter says so.
  }
}

void KeyedRunner::tick(KeyEntry& entry, const DueState& due, Instant now,
                       std::vector<Record>& records) {
  in_flight_[due.key] = to_micros(due.wake_at);
  v1::Header cause = entry.cause;
  cause.set_recorded_at_us(to_micros(now));
  cause.clear_actor();
  cause.mutable_actor()->set_subject(kHostActor);
  records.push_back(sent(stage_.processor->tick(due.key, *entry.state, due.wake_at), cause));
}

bool KeyedRunner::handle(const Record& input, std::vector<Record>& records) {
  if (input.header.kind() == v1::KIND_UNSPECIFIED || input.header.key().empty()) {
    refuse(input, "undecodable", "the record has no header that can be read, or no key", records);
  } else if (!is_moment(input.header.recorded_at_us())) {
    Record timeless = input;  // so that what comes of it has a time
    timeless.header.clear_recorded_at_us();
    refuse(timeless, "undecodable",
           "the record's time is " + std::to_string(input.header.recorded_at_us()) +
               " µs since 1970, which is before it or after 9999",
           records);
  } else if (input.header.kind() == v1::KIND_CONTROL && !stage_.processor->takes_control()) {
    refuse(input, "unknown_control", "no stage here takes messages to the owner of a partition",
           records);
  } else {
    KeyEntry& entry = states_.find(input.header.key());
    entry.partition = input.partition;
    return handle_keyed(entry, input, records);
  }
  return true;
}

bool KeyedRunner::handle_keyed(KeyEntry& entry, const Record& input, std::vector<Record>& records) {
  if (input.header.kind() == v1::KIND_REPLAY) {
    if (!entry.held) return false;  // a replay again: it has had its effect
    entry.held.reset();
    states_.change(entry, input.header);
    return true;
  }
  if (!entry.held && !entry.draining()) {
    const Came came = run(entry, input, records);
    if (came != Came::fault) return came == Came::something;
  }
  park(entry, input, records);
  return true;
}

/// After a fault the key is held, and the record is not done.
KeyedRunner::Came KeyedRunner::run(KeyEntry& entry, const Record& input,
                                   std::vector<Record>& records) {
  if (care_.kills(input)) {  // the processor is not asked again, not even what to do about it
    hold(entry, input, "killed_process", "the process died with this record three times", records);
    return Came::fault;
  }
  const bool in_place = entry.own && !copies_;
  std::string what;
  try {
    if (!entry.unreadable.empty()) throw std::runtime_error("the state of this key is unreadable");
    Step step = in_place ? stage_.processor->handle_in_place(entry.own, input)
                         : stage_.processor->handle(entry.state, input);
    const Came came = step.state || !step.outputs.empty() ? Came::something : Came::nothing;
    if (step.state) {
      stage_.processor->wake_at(*step.state);  // may fail too, and must not when it is written
      entry.state = entry.own = std::move(step.state);
      states_.change(entry, input.header);
    }
    send(std::move(step.outputs), input.header, records);
    return came;
  } catch (const std::exception& error) {
    what = error.what();
  } catch (...) {
    what = "an exception of no known type";
  }
  if (in_place) {
    copies_ = true;
    throw DoAgain{};
  }
  hold_after_fault(entry, input, std::move(what), records);
  return Came::fault;
}

v1::DeadLetter KeyedRunner::hold(KeyEntry& entry, const Record& input, std::string failure_class,
                                 std::string what, std::vector<Record>& records) {
  v1::DeadLetter letter = make_dead_letter(input, {.kind = v1::DeadLetter::FAULT,
                                                   .failure_class = std::move(failure_class),
                                                   .place = stage_.group,
                                                   .text = std::move(what),
                                                   .program = {}});
  records.push_back(sent(dead_letter(input, letter), input.header));
  entry.held.emplace();
  entry.held->set_dead_letter_id(letter.id());
  entry.held->set_since_us(input.header.recorded_at_us());
  entry.held->set_failure_class(letter.failure_class());
  states_.change(entry, input.header);
  return letter;
}

void KeyedRunner::hold_after_fault(KeyEntry& entry, const Record& input, std::string what,
                                   std::vector<Record>& records) {
  met_again_ = true;
  v1::DeadLetter letter = hold(entry, input, "processor_fault", std::move(what), records);
  if (!entry.unreadable.empty()) return;
  try {
    Step step = stage_.processor->hold(entry.state, input, letter);
    if (step.state) entry.state = entry.own = std::move(step.state);
    send(std::move(step.outputs), input.header, records);
  } catch (...) {
    // Held all the same, with the state that it had.
  }
}

void KeyedRunner::park(KeyEntry& entry, const Record& input, std::vector<Record>& records) {
  v1::ParkedRecord parked = parked_of(input);
  const std::size_t bytes = parked.ByteSizeLong();
  const bool first = entry.parked.empty();  // the record that failed always has its place
  if (!first &&
      (entry.parked.size() >= kMaxParkedRecords || entry.parked_bytes + bytes > kMaxParkedBytes)) {
    refuse(input, "parking_full", "the key is held and no more records can wait behind it",
           records);
    return;
  }
  entry.parked_bytes += bytes;
  entry.parked.push_back(std::move(parked));
  states_.change(entry, input.header);
}

std::size_t KeyedRunner::drain(KeyEntry& entry, std::size_t most, std::vector<Record>& records) {
  std::size_t drained = 0;
  while (drained < most && entry.draining()) {
    const Record record = record_of(entry.parked.front());
    ++drained;
    care_.before_one(record);
    if (run(entry, record, records) == Came::fault)
      break;  // held again; it stays the first in line
    entry.parked_bytes -= entry.parked.front().ByteSizeLong();
    entry.parked.pop_front();
    states_.change(entry, record.header);
  }
  return drained;
}

void KeyedRunner::refuse(const Record& input, std::string failure_class, std::string text,
                         std::vector<Record>& records) {
  records.push_back(sent(dead_letter(input, Cause{.kind = v1::DeadLetter::REFUSED,
                                                  .failure_class = std::move(failure_class),
                                                  .place = stage_.group,
                                                  .text = std::move(text),
                                                  .program = {}}),
                         input.header));
}

void KeyedRunner::write_states(std::vector<Record>& records) {
  const std::size_t first = records.size();
  states_.write(records);
  if (in_flight_.empty()) return;
  for (std::size_t i = first; i < records.size(); ++i) {
    const auto tick = in_flight_.find(records[i].header.key());
    if (tick != in_flight_.end() && tick->second != records[i].header.wake_at_us()) {
      in_flight_.erase(tick);
    }
  }
}

void KeyedRunner::committed() {
  states_.committed();
  if (std::exchange(met_again_, false)) copies_ = false;
}

void KeyedRunner::forget() {
  states_.forget();
  met_again_ = false;
  in_flight_.clear();
}

}  // namespace guichet::eventlog
