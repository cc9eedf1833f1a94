#pragma once

#include <google/protobuf/message_lite.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "eventlog/record.h"
#include "guichet/v1/dead_letter.pb.h"
#include "schemas/values/dates.h"

namespace guichet::eventlog {

/// The state of one key, as its processor reads it. Null: the key has none yet.
using State = std::shared_ptr<const google::protobuf::MessageLite>;
/// The same, where nobody else has seen the message yet.
using OwnState = std::shared_ptr<google::protobuf::MessageLite>;

/// A record to send. The host adds what it inherits from the input: time, tenant, trace, actor.
struct Output {
  std::string topic;
  std::string key;
  std::string id;  // made from meaning: schemas/ids.md
  v1::Kind kind = v1::KIND_UNSPECIFIED;
  std::string payload;
};

/// What handling one record makes.
struct Step {
  OwnState state;  // null: unchanged
  std::vector<Output> outputs;
};

/// What a state asks for that goes through every other key of its partition.
struct Scan {
  std::string after;  // the key after which it goes on; empty: it begins
  v1::Header cause;   // of what asked for it: what comes of the scan inherits its time and actor
};

/// A key of a partition as a scan finds it.
struct ScannedKey {
  std::string_view key;
  State state;        // null where there is none, or it cannot be read
  bool held = false;  // by a fault: the key's own records wait
};

/// A pure function of (state of a key, record): no clock, randomness, I/O, thread or global inside.
/// Time is input.header.recorded_at_us. An exception is a fault of the processor itself: the host
/// holds the key and parks what follows. Input that must be refused is not a fault: it makes a
/// dead letter (eventlog/dead_letter.h) among the outputs. Any number of threads may call.
class Processor {
 public:
  virtual ~Processor() = default;

  virtual State parse(std::string_view bytes) const = 0;
  virtual Step handle(const State& before, const Record& input) const = 0;
  /// The same, where `before` may itself become the state after: it is not copied. After an
  /// exception it is worth nothing, and the host asks again, from the last state that it wrote.
  virtual Step handle_in_place(const OwnState& before, const Record& input) const {
    return handle(before, input);
  }

  /// What becomes of the state, and who is told, when a fault holds the key. `before` is the state
  /// that the failing record met.
  virtual Step hold(const State& before, const Record& input, const v1::DeadLetter& why) const = 0;

  /// When this state wants a tick; nothing for never.
  virtual std::optional<Instant> wake_at(const google::protobuf::MessageLite& state) const = 0;
  /// The tick for a state whose time has come, to be appended to the inbox. Null state is never
  /// passed.
  virtual Output tick(std::string_view key, const google::protobuf::MessageLite& state,
                      Instant wake_at) const = 0;

  /// Whether messages to the owner of a partition (KIND_CONTROL) are for this processor. They are
  /// handled like any other record, with the state of their own key: key_of_partition.
  virtual bool takes_control() const { return false; }

  /// Whether a state asks for a scan: every other key of its partition, in the order of keys, in
  /// bounded commits. How far it is stands in the state itself, so that a crash changes nothing.
  virtual std::optional<Scan> scan_of(const google::protobuf::MessageLite&) const {
    return std::nullopt;
  }
  /// The next keys are done, up to this one.
  virtual void scanned_to(google::protobuf::MessageLite&, std::string_view) const {}
  /// One key. Step.state becomes its state; a held key's is left as it is. `scanner` is the state
  /// that scans, to be changed once nothing can fail any more: after an exception the host asks
  /// again as for a held key, and makes a dead letter.
  virtual Step visit(google::protobuf::MessageLite& scanner, const ScannedKey& seen) const;
  /// There are no more keys. `scanner` must not ask for the same scan again.
  virtual std::vector<Output> scan_ended(google::protobuf::MessageLite& scanner) const;
};

/// What a handler throws when what it needs is away (a disk, a remote): the host tries the record
/// again later; nothing after it in its partition is handled before.
class TryAgainLater : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A stage without state. It may have effects outside (a file written) as long as doing them again
/// is harmless. Any other exception than TryAgainLater makes a dead letter, and the next record's
/// turn comes.
class Handler {
 public:
  virtual ~Handler() = default;
  virtual std::vector<Output> handle(const Record& input) = 0;
};

}  // namespace guichet::eventlog
