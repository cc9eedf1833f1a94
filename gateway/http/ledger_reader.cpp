#include "gateway/http/ledger_reader.h"

#include <algorithm>
#include <iterator>
#include <thread>
#include <unordered_map>

#include "gateway/http/ids.h"
#include "gateway/http/local_day.h"
#include "guichet/v1/envelope.pb.h"
#include "guichet/v1/payments.pb.h"
#include "schemas/topics.h"

namespace guichet::http {
namespace {

constexpr std::size_t kRecordsAtOnce = 4'096;
constexpr const char* kProvinceOfBooks = "ON";
constexpr std::chrono::milliseconds kBeforeRecount{300};

void each_record(const eventlog::Log& log, std::string_view topic, std::uint32_t partition,
                 std::uint64_t end, const std::function<void(const eventlog::Record&)>& call) {
  for (std::uint64_t next = 0;;) {
    const auto records = log.read(topic, partition, next, kRecordsAtOnce);
    if (records.empty()) return;
    next = records.back().position + 1;
    for (const eventlog::Record& record : records) {
      if (record.position >= end) return;
      call(record);
    }
  }
}

void each_record(const eventlog::Log& log, std::string_view topic,
                 const std::function<void(const eventlog::Record&)>& call) {
  for (std::uint32_t partition = 0; partition < log.partitions(); ++partition)
    each_record(log, topic, partition, ~std::uint64_t{0}, call);
}

void add_accounts(const eventlog::Log& log, payments::Recount& recount) {
  each_record(log, topics::kAccounts, [&](const eventlog::Record& record) {
    v1::KeyState stored;
    v1::AccountState state;
    if (stored.ParseFromString(record.payload) && state.ParseFromString(stored.state()) &&
        state.has_client())
      recount.add_account(state.client(), stored.has_held());
  });
}

void add_input(const eventlog::Record& record, payments::Recount& recount) {
  if (record.header.kind() == v1::KIND_ENTITLEMENT_SET) {
    v1::EntitlementSet set;
    if (set.ParseFromString(record.payload)) recount.add_set(set, sha256_hex(record.payload));
  } else if (record.header.kind() == v1::KIND_PAYMENT_REPORT) {
    v1::PaymentReport report;
    if (report.ParseFromString(record.payload)) recount.add_report(record.header.key(), report);
  }
}

/// The clients of a share. How many there are in it is added to `accounts`.
std::vector<payments::Difference> count_share(const eventlog::Log& log, std::size_t share,
                                              std::size_t shares, std::uint64_t& accounts) {
  payments::Recount recount(share, shares);
  add_accounts(log, recount);
  accounts = recount.accounts();
  each_record(log, topics::kLedger, [&](const eventlog::Record& record) {
    v1::Posting posting;
    if (posting.ParseFromString(record.payload)) recount.add_posting(posting);
  });
  each_record(log, topics::kInstructions, [&](const eventlog::Record& record) {
    v1::PaymentInstruction instruction;
    if (record.header.kind() == v1::KIND_PAYMENT_INSTRUCTION &&
        instruction.ParseFromString(record.payload))
      recount.add_instruction(instruction);
  });
  each_record(log, topics::kPaymentsInbox,
              [&](const eventlog::Record& record) { add_input(record, recount); });
  return recount.differences();
}

}  // namespace

Day day_of_books(Instant instant) {
  return local_day(kProvinceOfBooks, instant);
}

FeedPositions end_of_ledger(const eventlog::Log& log) {
  FeedPositions positions;
  for (std::uint32_t partition = 0; partition < log.partitions(); ++partition)
    positions.push_back(log.first_at(topics::kLedger, partition, Instant::max()));
  return positions;
}

void each_posting(const eventlog::Log& log, const BooksUntil& until,
                  const std::function<void(const v1::Posting&, Instant)>& call) {
  v1::Posting posting;
  for (std::uint32_t partition = 0; partition < log.partitions(); ++partition)
    each_record(log, topics::kLedger, partition, until.positions[partition],
                [&](const eventlog::Record& record) {
                  const Instant at = from_micros(record.header.recorded_at_us());
                  if (until.day && day_of_books(at) > *until.day) return;
                  if (posting.ParseFromString(record.payload)) call(posting, at);
                });
}

payments::TrialBalance trial_balance(const eventlog::Log& log, const BooksUntil& until,
                                     const std::string& client) {
  payments::TrialBalance books;
  each_posting(log, until, [&](const v1::Posting& posting, Instant) {
    if (client.empty() || posting.client_id() == client) books.add(posting);
  });
  return books;
}

Recounted recount(const eventlog::Log& log) {
  Recounted counted;
  const payments::TrialBalance books =
      trial_balance(log, {.positions = end_of_ledger(log), .day = {}}, {});
  counted.postings = books.postings();
  counted.faults = books.faults();
  const std::size_t shares = 1 + books.postings() / kClientsAtOnce;
  for (std::size_t share = 0; share < shares; ++share) {
    std::uint64_t accounts = 0;
    auto differences = count_share(log, share, shares, accounts);
    for (int again = 1; again < kRecounts && !differences.empty(); ++again) {
      std::this_thread::sleep_for(kBeforeRecount);
      const auto now = count_share(log, share, shares, accounts);
      std::vector<payments::Difference> both;
      std::ranges::set_intersection(differences, now, std::back_inserter(both));
      differences = std::move(both);
    }
    counted.accounts += accounts;
    std::ranges::move(differences, std::back_inserter(counted.differences));
  }
  std::ranges::sort(counted.differences);
  return counted;
}

payments::Settlement settlement(const eventlog::Log& log, std::chrono::year_month month) {
  payments::Settlement settled;
  std::unordered_map<std::string, std::uint64_t> last;  // on Kafka a posting may come again
  each_posting(log, {.positions = end_of_ledger(log), .day = {}},
               [&](const v1::Posting& posting, Instant at) {
                 std::uint64_t& number = last[posting.client_id()];
                 if (posting.number() <= number) return;
                 number = posting.number();
                 const std::chrono::year_month_day day{day_of_books(at)};
                 if (day.year() / day.month() == month) settled.add(posting);
               });
  return settled;
}

}  // namespace guichet::http
