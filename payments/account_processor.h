#pragma once

#include "eventlog/processor.h"
#include "payments/terms.h"

namespace guichet::payments {

/// Tasks of runs that wait in one partition.
inline constexpr int kMaxTasks = 64;
/// Ids of tasks that ended, so that one that comes again is known.
inline constexpr int kMaxDone = 128;
/// Stops on accounts, programs, or everything.
inline constexpr int kMaxStops = 1024;
/// Stops on one client.
inline constexpr int kMaxClientStops = 16;

/// The owner of clients' accounts: takes entitlement sets, stops, the bank's answers, and what runs
/// ask of a partition from `payments-inbox`; holds a v1::AccountState for each client, and one for
/// each partition. Pure; the table of what it does opens account_processor.cpp.
class AccountProcessor : public eventlog::Processor {
 public:
  explicit AccountProcessor(Rules rules);

  eventlog::State parse(std::string_view bytes) const override;
  eventlog::Step handle(const eventlog::State& before,
                        const eventlog::Record& input) const override;
  eventlog::Step hold(const eventlog::State& before, const eventlog::Record& input,
                      const v1::DeadLetter& why) const override;
  std::optional<Instant> wake_at(const google::protobuf::MessageLite& state) const override;
  eventlog::Output tick(std::string_view key, const google::protobuf::MessageLite& state,
                        Instant wake_at) const override;

  bool takes_control() const override { return true; }
  std::optional<eventlog::Scan> scan_of(const google::protobuf::MessageLite& state) const override;
  void scanned_to(google::protobuf::MessageLite& scanner, std::string_view key) const override;
  eventlog::Step visit(google::protobuf::MessageLite& scanner,
                       const eventlog::ScannedKey& seen) const override;
  std::vector<eventlog::Output> scan_ended(google::protobuf::MessageLite& scanner) const override;

 private:
  Rules rules_;
};

}  // namespace guichet::payments
