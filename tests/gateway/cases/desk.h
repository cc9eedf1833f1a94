#pragma once

#include <memory>
#include <string>
#include <vector>

#include "eventlog/processor.h"
#include "gateway/cases/case_processor.h"
#include "guichet/v1/case.pb.h"
#include "guichet/v1/entitlements.pb.h"
#include "guichet/v1/events.pb.h"

namespace guichet::testing {

inline constexpr const char* kApplication = "0197a2c0-0000-7000-8000-000000000001";
inline constexpr std::int64_t kStart = 1'767'276'202'000'000;  // 2026-01-01T14:03:22Z
inline constexpr std::int64_t kSecond = 1'000'000;

/// Marie Cormier of Grand Manan, her spouse and a child; all consents, a SIN, no programs named.
v1::Application family();

/// Four programs: ca-ccb everywhere, ca-oas for each adult, nb-ctb in NB, on-ocb in ON.
std::shared_ptr<const rules::Catalogue> four_programs();

/// Two entitlements: one due before the family's effective date, one after.
v1::DeterminationLine eligible(std::string beneficiary, std::int64_t annual_cents);
v1::DeterminationLine line(std::string beneficiary, v1::DeterminationStatus status);

/// Drives the processor for one application, the way the host does: gives it records one after the
/// other, keeps the state and everything that was sent.
class Desk {
 public:
  explicit Desk(std::shared_ptr<const rules::Catalogue> catalogue = four_programs());

  // What goes into `cases-inbox`. Each command gets a fresh id.
  void submit(const v1::Application& application, std::string body = "body");
  void amend(const v1::Application& application, std::string body, std::uint32_t if_submission = 0,
             std::string key = {});
  void withdraw(std::uint32_t if_submission = 0, std::string key = {});
  /// A determination for this submission (0: the current one); its id ends in `own` where given.
  v1::Determination answer_of(std::string program, std::vector<v1::DeterminationLine> lines,
                              std::string own = {}, std::uint32_t submission = 0) const;
  void answer(const v1::Determination& determination);
  void answer(std::string program, std::vector<v1::DeterminationLine> lines, std::string own = {});
  /// ca-ccb and nb-ctb say yes, ca-oas no.
  void answer_all();
  /// The tick that the state asks for, at its time.
  void tick();

  void give(const eventlog::Record& record);
  void give_again() { give(eventlog::Record(last_)); }
  /// The processor failed on the record; the host holds the key.
  void hold(const eventlog::Record& record);
  eventlog::Record record(v1::Kind kind, std::string id,
                          const google::protobuf::MessageLite& payload) const;
  const eventlog::Record& last_record() const { return last_; }

  bool exists() const { return state_ != nullptr; }
  const v1::CaseState& state() const;
  const v1::Submission& current() const { return state().current(); }
  const v1::ProgramCase& program(const std::string& id) const;
  std::string status() const;
  v1::Verdict::Outcome verdict() const;  // the last
  std::optional<Instant> wake_at() const { return processor_.wake_at(state()); }

  // By the last record alone.
  const std::vector<eventlog::Output>& sent_last() const { return sent_last_; }
  bool changed_last() const { return changed_last_; }
  std::vector<std::string> event_types() const;
  std::vector<std::string> dead_letters_last() const;  // failure classes
  // By all records so far.
  const std::vector<eventlog::Output>& sent() const { return sent_; }
  std::vector<v1::CaseEvent> events() const;
  std::vector<v1::DeterminationRequest> requests() const;
  std::vector<v1::EntitlementSet> sets() const;

  std::int64_t now = kStart;
  v1::Actor actor;  // who sends what goes in

 private:
  void apply(eventlog::Step step);
  std::string next_id() { return "command-" + std::to_string(++commands_); }

  cases::CaseProcessor processor_;
  eventlog::State state_;
  eventlog::Record last_;
  std::vector<eventlog::Output> sent_;
  std::vector<eventlog::Output> sent_last_;
  bool changed_last_ = false;
  int commands_ = 0;
};

}  // namespace guichet::testing
