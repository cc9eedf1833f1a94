// Accounts, runs and the bank over real logs, under crashes drawn from seeds.
//
//   GUICHET_SEED=77 GUICHET_SEEDS=1 payments_crash_test     one seed again
//   GUICHET_NIGHTLY=1 payments_crash_test                   the long counts

#include <gmock/gmock.h>

#include <cstdlib>

#include "tests/payments/bank_stages.h"
#include "tests/payments/crash_workload.h"

namespace guichet::testing {
namespace {

constexpr std::uint64_t kNightlySeeds = 10'000;
constexpr std::uint64_t kNightlyKills = 100;

bool is_nightly() {
  return std::getenv("GUICHET_NIGHTLY") != nullptr;
}

std::unique_ptr<eventlog::CrashWorkload> workload() {
  return payments_workload(false);
}

TEST(PaymentCrashes, OnMemoryNobodyIsPaidTwiceOrTooMuchAndTheBooksBalance) {
  const eventlog::CrashSeeds seeds =
      eventlog::crash_seeds(is_nightly() ? kNightlySeeds : GUICHET_CRASH_SEEDS);
  const eventlog::CrashTotals totals = eventlog::run_memory_crashes(workload, seeds);
  if (seeds.count < 100) return;
  EXPECT_GT(totals.crashes, totals.seeds);
  EXPECT_GT(totals.acknowledged, 3 * totals.seeds);
  std::printf(
      "%llu seeds, %llu crashes; of them %llu while a file was written, %llu while an answer "
      "was read\n",
      static_cast<unsigned long long>(totals.seeds),
      static_cast<unsigned long long>(totals.crashes),
      static_cast<unsigned long long>(Deaths::writing),
      static_cast<unsigned long long>(Deaths::reading));
  EXPECT_GT(Deaths::writing, totals.seeds / 20);
  EXPECT_GT(Deaths::reading, totals.seeds / 20);
}

TEST(PaymentCrashes, OnSqliteKilledProcessesPayNobodyTwice) {
  const eventlog::CrashSeeds seeds =
      eventlog::crash_seeds(is_nightly() ? kNightlyKills : GUICHET_KILL_SEEDS);
  const eventlog::CrashTotals totals = eventlog::run_sqlite_kills(workload, seeds);
  if (seeds.count < 5) return;
  EXPECT_GT(totals.crashes, totals.seeds);
}

}  // namespace
}  // namespace guichet::testing
