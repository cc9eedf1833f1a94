#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "guichet/v1/entitlements.pb.h"
#include "guichet/v1/ledger.pb.h"
#include "guichet/v1/payments.pb.h"
#include "guichet/v1/runs.pb.h"
#include "payments/account_processor.h"
#include "payments/run_processor.h"

namespace guichet::testing {

std::string sha256(std::string_view bytes);

inline constexpr std::int64_t kStart = 1'767'276'202'000'000;  // 2026-01-01T14:03:22Z
inline constexpr std::int64_t kDayUs = 24LL * 3600 * 1'000'000;
inline constexpr std::int32_t kJanuary = 20'454;  // 2026-01-01
inline constexpr const char* kMarie = "c_marie";

/// ca-ccb and nb-ctb recover the whole; ca-gst half and leaves 10.00; ca-oas recovers nothing;
/// nb-heat pays itself; ca-small waits for 20.00.
payments::Terms test_terms(const std::string& program);

/// The same, and a bank that takes no account number 666.
payments::Rules test_rules();

/// Monthly amounts from January on, each due on the 20th day of its thirty.
v1::EntitlementLine monthly(const std::string& program, std::vector<std::int64_t> cents,
                            const std::string& determination = "d1",
                            const std::string& beneficiary = "household");
/// The day on which the n-th (0, …) monthly amount is due.
inline std::int32_t due_day(int n) {
  return kJanuary + 30 * n + 19;
}

v1::PaymentMethod account(const std::string& number);

/// Payments at a counter: the two processors for one partition, driven the way the host does, with
/// everything that they sent.
class Counter {
 public:
  /// The whole set of an application; its number and time follow the last one's.
  v1::EntitlementSet set_of(const std::string& client, std::vector<v1::EntitlementLine> lines,
                            const std::string& application = "a1",
                            std::int32_t effective = kJanuary);
  void give(const v1::EntitlementSet& set);
  void entitle(const std::string& client, std::vector<v1::EntitlementLine> lines,
               const std::string& application = "a1", std::int32_t effective = kJanuary) {
    give(set_of(client, std::move(lines), application, effective));
  }

  void prepare(const std::string& run, std::int32_t date, const std::string& actor = "a.cormier");
  void release(const std::string& run, const std::string& actor = "b.leblanc",
               std::string hash = {});
  void cancel(const std::string& run, const std::string& actor = "a.cormier");
  /// Prepares and releases.
  void pay(const std::string& run, std::int32_t date);

  void report(const std::string& payment, bool accepted, std::int64_t cents,
              const std::string& reason = "AC04");
  void stop(v1::PaymentStop::Scope scope, const std::string& value, bool lift = false);

  /// Any record into an inbox, and all that comes of it.
  void give(eventlog::Record record);
  void give_again() { give(eventlog::Record(last_)); }

  v1::ClientAccount client(const std::string& id = kMarie) const;
  v1::RunState run(const std::string& id) const;
  std::string status(const std::string& run_id) const;
  v1::RunVerdict::Outcome verdict(const std::string& run_id) const;
  v1::PartitionTally preview(const std::string& run_id) const;
  v1::PartitionTally outcome(const std::string& run_id) const;

  std::vector<v1::PaymentInstruction> instructions() const;
  std::vector<v1::FileOrder> orders() const;
  std::vector<v1::Posting> postings() const;
  /// What partner agencies are told.
  std::vector<eventlog::Output> events() const;
  std::vector<std::string> dead_letters() const;
  /// What the ledger says, by account, government, program, and client.
  std::int64_t balance(v1::LedgerEntry::Account account, const std::string& government = {},
                       const std::string& program = {}, const std::string& client = {}) const;
  /// What was instructed of a program to a client, less what came back, by the ledger.
  std::int64_t paid(const std::string& program, const std::string& client = kMarie) const;

  std::int64_t now = kStart;
  std::string held;  // a client whose key a fault holds

 private:
  void scan();
  void send(std::vector<eventlog::Output> outputs, const v1::Header& cause);
  void command(const std::string& run, v1::Kind kind, const std::string& actor,
               const google::protobuf::MessageLite& payload);

  payments::AccountProcessor accounts_{test_rules()};
  payments::RunProcessor runs_{1, sha256};
  std::map<std::string, eventlog::State> account_states_;
  std::map<std::string, eventlog::State> run_states_;
  std::vector<eventlog::Output> sent_;
  eventlog::Record last_;
  std::map<std::string, std::uint64_t> numbers_;
  int commands_ = 0;
};

}  // namespace guichet::testing
