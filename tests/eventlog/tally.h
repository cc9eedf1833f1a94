#pragma once

#include <atomic>
#include <memory>

#include "eventlog/host.h"
#include "eventlog/processor.h"
#include "schemas/topics.h"
#include "tally.pb.h"

// A small application for tests: a stage with state that counts, and a stage without that answers.
//
//   commands ─▶ [inbox] ─▶ tally ─▶ [events]  one event 1..n of the key for all that counted
//                  ▲         │└───▶ [requests] ─▶ answerer ┐
//                  └─ ticks ─┴───────── answers ◀──────────┘

namespace guichet::eventlog {

inline constexpr const char* kInbox = "inbox";
inline constexpr const char* kTallies = "tallies";
inline constexpr const char* kRequests = "requests";
inline constexpr const char* kEvents = "events";

std::vector<topics::Topic> tally_topics();

/// Fails on a payload "boom" while broken, and in `hold` while hold_broken.
struct TallyFaults {
  std::atomic<bool> broken = true;
  std::atomic<bool> hold_broken = false;
};

class TallyProcessor : public Processor {
 public:
  explicit TallyProcessor(std::shared_ptr<TallyFaults> faults = nullptr);
  State parse(std::string_view bytes) const override;
  Step handle(const State& before, const Record& input) const final;
  Step handle_in_place(const OwnState& before, const Record& input) const final;
  Step hold(const State& before, const Record& input, const v1::DeadLetter& why) const override;
  std::optional<Instant> wake_at(const google::protobuf::MessageLite& state) const override;
  Output tick(std::string_view key, const google::protobuf::MessageLite& state,
              Instant wake_at) const override;

 protected:
  /// Both ways of handling: turns this message into the state after.
  virtual Step take(std::shared_ptr<test::Tally> tally, const Record& input) const;

 private:
  std::shared_ptr<TallyFaults> faults_;
};

/// Answers each request with one answer on the inbox.
class Answerer : public Handler {
 public:
  std::vector<Output> handle(const Record& input) override;
};

std::vector<Stage> tally_stages(std::shared_ptr<TallyFaults> faults = nullptr);

/// A command for a key. One whose id ends in "w" asks for a tick a second after its time.
Record command(const std::string& key, const std::string& id, const std::string& payload = "");

inline constexpr std::int64_t kTallyStart = 1'767'277'402'000'000;
inline constexpr std::int64_t kTallyWait = 1'000'000;

}  // namespace guichet::eventlog
