#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "eventlog/log.h"
#include "gateway/http/topic_feed.h"
#include "guichet/v1/ledger.pb.h"
#include "payments/recount.h"
#include "payments/settlement.h"
#include "payments/trial_balance.h"

// The books, read from the log. Any thread; each takes as long as the log is, and throws
// eventlog::LogUnavailable.

namespace guichet::http {

/// The day of an instant by the books: that of Toronto.
Day day_of_books(Instant instant);

/// Up to where the books are read.
struct BooksUntil {
  FeedPositions positions;  // the first of each partition of `ledger` that is not read
  std::optional<Day> day;   // the last whose postings count
};

/// Where `ledger` ends now.
FeedPositions end_of_ledger(const eventlog::Log& log);

/// Every posting up to there, of each partition in order; on Kafka some come again.
void each_posting(const eventlog::Log& log, const BooksUntil& until,
                  const std::function<void(const v1::Posting&, Instant)>& call);

/// `client`: of this one's postings only, where not empty.
payments::TrialBalance trial_balance(const eventlog::Log& log, const BooksUntil& until,
                                     const std::string& client);

struct Recounted {
  std::uint64_t accounts = 0;
  std::uint64_t postings = 0;
  std::vector<payments::Difference> differences;
  std::vector<std::string> faults;  // of the postings themselves
};

/// Recomputes every account from the log and holds it against its state. What is on its way just
/// then is no difference: what differs is counted again, up to kRecounts times, and only what
/// differs each time is told.
Recounted recount(const eventlog::Log& log);
inline constexpr int kRecounts = 4;
/// Clients of which everything is in memory at a time.
inline constexpr std::uint64_t kClientsAtOnce = 100'000;

/// What was paid and came back in a month, by the books' days.
payments::Settlement settlement(const eventlog::Log& log, std::chrono::year_month month);

}  // namespace guichet::http
