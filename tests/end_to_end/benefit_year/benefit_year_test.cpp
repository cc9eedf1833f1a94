// The 400 reference households are paid for a whole benefit year, July 2025 to June 2026, on a
// clock of the test's. Three count it apart from each other: the determinations, the books, and a
// bank that knows only the files it got.

#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "gateway/cli/bench_application.h"
#include "gateway/http/ledger_reader.h"
#include "guichet/v1/case.pb.h"
#include "guichet/v1/determination.pb.h"
#include "guichet/v1/entitlements.pb.h"
#include "guichet/v1/ledger.pb.h"
#include "schemas/topics.h"
#include "tests/end_to_end/benefit_year/office.h"
#include "tests/end_to_end/reference_households.h"
#include "tests/eventlog/temporary_folder.h"
#include "tests/payments/simulated_bank.h"

namespace guichet::end_to_end {
namespace {

namespace json = boost::json;
using std::chrono::days;

constexpr Day kFirst{std::chrono::year{2025} / 7 / 1};
constexpr Day kRenewal{std::chrono::year{2026} / 1 / 1};  // the benefit year of ca-oas ends
constexpr Day kLast{std::chrono::year{2026} / 6 / 30};
constexpr std::size_t kChanges = 50;
constexpr std::size_t kAtOnce = 15;  // payments that the bank rejects
constexpr std::size_t kLate = 5;     // and that come back after it paid them
const std::vector<std::string> kPrograms = {"ca-ccb", "ca-gst", "ca-oas", "nb-ctb", "on-ocb"};

/// One household: what it sent, and where it is paid.
struct Household {
  std::string id;  // of the application
  json::object body;
  std::vector<Day> effective;  // of each submission
  std::string account;         // as the bank knows it: routing number / account number
  std::string spouse_account;  // where the spouse has their own

  const std::string& account_of(const std::string& beneficiary) const {
    return beneficiary == "spouse" && !spouse_account.empty() ? spouse_account : account;
  }
};

/// application, program, beneficiary
using Line = std::tuple<std::string, std::string, std::string>;
using Cents = std::map<Line, std::int64_t>;

std::string sin_of_spouse(std::size_t n) {
  return cli::bench_sin(20'000'000 + n);
}
std::string account_number(std::size_t n) {
  return std::to_string(1'000'000 + n);
}
json::object method(const std::string& account) {
  return {{"method", "direct_deposit"},
          {"institution", "001"},
          {"transit", "00011"},
          {"account", account}};
}

class BenefitYear : public ::testing::Test {
 protected:
  void send_all() {
    const auto lines = reference_households();
    for (std::size_t n = 0; n < lines.size(); ++n) {
      Household& household = households_.emplace_back();
      char id[64];
      std::snprintf(id, sizeof id, "00000000-0000-7000-8000-%012zu", n);
      household.id = id;
      household.body =
          reference_application(lines[n].at("household"), to_string(kFirst), kPrograms, n);
      household.body["payment"] = method(account_number(n));
      household.account = "000100011/" + account_number(n);
      auto& adults = household.body["household"].as_object()["adults"].as_array();
      if (adults.size() > 1 && n % 2 == 0) {  // has a SIN and an account of their own
        adults[1].as_object()["sin"] = sin_of_spouse(n);
        adults[1].as_object()["payment"] = method(account_number(500'000 + n));
        household.spouse_account = "000100011/" + account_number(500'000 + n);
      }
      household.effective.push_back(kFirst);
      office_.apply(household.id, household.body);
    }
  }

  void amend(Household& household, Day effective) {
    household.body["effective_date"] = to_string(effective);
    household.effective.push_back(effective);
    office_.amend(household.id, household.body);
  }

  /// What may happen to a household: it earns more or less, from today or found out late, or has a
  /// child.
  void change(Household& household, std::size_t which) {
    auto& home = household.body["household"].as_object();
    auto& applicant = home["adults"].as_array()[0].as_object();
    const auto scale_income = [&](double by) {
      char text[32];
      std::snprintf(text, sizeof text, "%.2f",
                    std::stod(std::string(applicant["net_income"].as_string())) * by);
      applicant["net_income"] = text;
    };
    Day effective = office_.day();
    switch (which % 5) {
      case 0:
        scale_income(0.5);
        break;
      case 1:
        scale_income(1.3);
        break;
      case 2:  // found out two months later: arrears
        scale_income(0.7);
        effective -= days(60);
        break;
      case 3:  // found out two months later: too much was paid
        scale_income(1.05);
        effective -= days(60);
        break;
      default:
        home["children"].as_array().push_back(json::object{{"date_of_birth", to_string(effective)},
                                                           {"disability_tax_credit", false}});
    }
    amend(household, effective);
  }

  /// Days on which anything falls due, by the determinations so far.
  std::set<Day> due_days() const {
    std::set<Day> all;
    for (const v1::Determination& answer : determinations_)
      for (const v1::DeterminationLine& line : answer.lines())
        for (const v1::Entitlement& part : line.entitlements()) all.insert(from_days(part.due()));
    return all;
  }

  void read_determinations() {
    determinations_.clear();
    for (const eventlog::Record& record : office_.all(topics::kCasesInbox)) {
      if (record.header.kind() != v1::KIND_DETERMINATION) continue;
      v1::Determination& answer = determinations_.emplace_back();
      ASSERT_TRUE(answer.ParseFromString(record.payload));
    }
  }

  /// A run for a date; the bank takes its file the next day and answers.
  void pay(Day date, std::size_t rejects, bool late) {
    const std::string id = "run-" + to_string(date);
    office_.set_day(date - days(1));
    const v1::RunState run = office_.pay(id, date);
    ASSERT_EQ(run.status(), run.files_size() > 0 ? v1::RUN_SENT : v1::RUN_SETTLED) << id;
    if (run.files_size() == 0) return;
    ASSERT_EQ(run.files_size(), 1);
    ++runs_;
    office_.set_day(date);
    std::size_t at = 0;  // it rejects every other payment, until there are enough
    const auto is_rejected = [&](const std::string&) { return ++at % 2 == 1 && at / 2 < rejects; };
    EXPECT_EQ(bank_.take(folder() / run.files(0).written().name(), is_rejected), "") << id;
    const std::string answer = bank_.answer();
    office_.bank_says(answer);
    office_.bank_says(answer);  // it is sent twice, and counts once
    if (late) office_.bank_says(bank_.late_return());
  }

  std::filesystem::path folder() const { return temporary_.path() / "bank"; }

  /// What the determinations say is owed up to a day: on each by the last submission in effect.
  Cents owed(Day until) const {
    std::map<std::string, const Household*> by_id;
    for (const Household& household : households_) by_id[household.id] = &household;
    Cents cents;
    for (const v1::Determination& answer : determinations_) {
      const auto& effective = by_id.at(answer.application_id())->effective;
      for (const v1::DeterminationLine& line : answer.lines())
        for (const v1::Entitlement& part : line.entitlements()) {
          std::size_t governs = 0;
          for (std::size_t k = 1; k <= effective.size(); ++k)
            if (from_days(part.due()) >= effective[k - 1]) governs = k;
          if (governs == answer.submission() && from_days(part.due()) <= until)
            cents[{answer.application_id(), answer.program(), line.beneficiary()}] +=
                part.amount_cents();
        }
    }
    std::erase_if(cents, [](const auto& line) { return line.second == 0; });
    return cents;
  }

  /// Half of the changes in autumn, half in spring: what is found out late took effect in the same
  /// calendar year, as the benefit year of ca-oas ends with it.
  static bool is_day_of_changes(Day day, std::size_t n) {
    const Day first = n < kChanges / 2 ? Day{std::chrono::year{2025} / 9 / 20}
                                       : Day{std::chrono::year{2026} / 3 / 5};
    return day == first + days(n % (kChanges / 2));
  }

  void expect_all_complete() const {
    for (const eventlog::Record& record : office_.all(topics::kCases)) {
      v1::KeyState stored;
      v1::CaseState state;
      ASSERT_TRUE(stored.ParseFromString(record.payload) && state.ParseFromString(stored.state()));
      EXPECT_EQ(state.current().status(), v1::CASE_COMPLETE) << state.application_id();
    }
  }

  /// What the records of `ledger` come to.
  struct Books {
    Cents paid;
    std::map<std::string, std::string> governments;  // of programs
    std::map<v1::LedgerEntry::Account, std::map<std::string, std::int64_t>> by_program;
    std::map<std::string, std::map<std::string, std::int64_t>> bank;  // month, government
    std::map<std::string, std::int64_t> sums;                         // of governments
    std::int64_t arrears = 0;
    std::int64_t recovered = 0;
  };
  Books read_books() const {
    Books books;
    std::map<std::string, std::string> applications;  // of clients
    for (const eventlog::Record& record : office_.all(topics::kPaymentsInbox)) {
      v1::EntitlementSet set;
      if (record.header.kind() == v1::KIND_ENTITLEMENT_SET && set.ParseFromString(record.payload))
        applications[set.client_id()] = set.application_id();
    }
    for (const eventlog::Record& record : office_.all(topics::kLedger)) {
      v1::Posting posting;
      EXPECT_TRUE(posting.ParseFromString(record.payload));
      const bool pays =
          posting.why() == v1::Posting::INSTRUCTED || posting.why() == v1::Posting::RETURNED;
      for (const v1::LedgerEntry& entry : posting.entries()) {
        books.governments[entry.program()] = entry.government();
        books.by_program[entry.account()][entry.program()] += entry.amount_cents();
        books.sums[entry.government()] += entry.amount_cents();
        if (entry.account() == v1::LedgerEntry::CLIENT && pays)
          books.paid[{applications.at(entry.client_id()), entry.program(), entry.beneficiary()}] +=
              entry.amount_cents();
        if (entry.account() == v1::LedgerEntry::BANK)  // run-2026-01-20
          books.bank[posting.run_id().substr(4, 7)][entry.government()] -= entry.amount_cents();
      }
    }
    for (const eventlog::Record& record : office_.all(topics::kInstructions)) {
      v1::PaymentInstruction instruction;
      if (record.header.kind() != v1::KIND_PAYMENT_INSTRUCTION ||
          !instruction.ParseFromString(record.payload))
        continue;
      for (const v1::PaymentPart& part : instruction.payment().parts()) {
        books.arrears += part.arrears_cents();
        books.recovered += part.recovered_cents();
      }
    }
    std::erase_if(books.paid, [](const auto& line) { return line.second == 0; });
    return books;
  }

  /// In each account, of each program, stands what its holders are owed.
  void expect_bank_agrees(const Cents& owed) const {
    std::map<std::string, const Household*> by_id;
    for (const Household& household : households_) by_id[household.id] = &household;
    using Held = std::map<std::pair<std::string, std::string>, std::int64_t>;
    Held expected, counted;
    for (const auto& [line, cents] : owed) {
      const auto& [application, program, beneficiary] = line;
      expected[{by_id.at(application)->account_of(beneficiary), program}] += cents;
    }
    std::int64_t all = 0;
    for (const auto& [credit, cents] : bank_.credits()) {
      counted[{credit.account, credit.program}] += cents;
      all += cents;
    }
    std::erase_if(counted, [](const auto& held) { return held.second == 0; });
    EXPECT_EQ(counted, expected);
    EXPECT_EQ(bank_.debited_cents(), all);
  }

  void expect_governments_agree(const Books& books, const Cents& owed_until_the_end) const {
    std::map<std::string, std::int64_t> by_government, by_program, to_come;
    for (const auto& [line, cents] : owed_until_the_end) {
      by_program[std::get<1>(line)] += cents;
      by_government[books.governments.at(std::get<1>(line))] += cents;
    }
    for (const auto& [line, cents] : owed(kLast + days(1'000))) to_come[std::get<1>(line)] += cents;
    for (const auto& [program, cents] : by_program) to_come[program] -= cents;
    std::erase_if(to_come, [](const auto& program) { return program.second == 0; });

    // What governments paid out is the sum of their programs; nothing is on its way any more.
    const auto of = [&](v1::LedgerEntry::Account account, int sign) {
      std::map<std::string, std::int64_t> programs;
      if (const auto found = books.by_program.find(account); found != books.by_program.end())
        for (const auto& [program, cents] : found->second)
          if (cents != 0) programs[program] = sign * cents;
      return programs;
    };
    EXPECT_EQ(of(v1::LedgerEntry::BANK, -1), by_program);
    EXPECT_THAT(of(v1::LedgerEntry::BANK_CLEARING, 1), ::testing::IsEmpty());
    EXPECT_EQ(of(v1::LedgerEntry::CLIENT, -1), to_come);
    for (const auto& [government, cents] : books.sums) EXPECT_EQ(cents, 0) << government;

    // Month by month the bank counts what each government is charged, and in all what left it.
    std::map<std::string, std::map<std::string, std::int64_t>> by_month;
    for (const auto& [credit, cents] : bank_.credits())
      by_month[credit.month][credit.government] += cents;
    EXPECT_EQ(books.bank, by_month);
    std::map<std::string, std::int64_t> charged;
    for (const auto& [month, governments] : books.bank)
      for (const auto& [government, cents] : governments) charged[government] += cents;
    EXPECT_EQ(charged, by_government);
    EXPECT_EQ(charged.size(), 3U);  // CA, NB, ON

    // One government's account pays for all. The statements of the months say what the others owe
    // it: with what its own programs cost, all that left the account, and not a cent else.
    std::int64_t net = bank_.debited_cents();
    for (const auto& [month, governments] : by_month) {
      const std::chrono::year_month_day first{parse_day(month + "-01").value()};
      const auto settled = http::settlement(office_.log(), first.year() / first.month());
      std::map<std::string, std::int64_t> owed_by;
      for (const auto& [government, programs] : settled.governments())
        owed_by[government] = settled.owed_cents(government);
      EXPECT_EQ(owed_by, governments) << month;
      net -= settled.total_cents();
    }
    EXPECT_EQ(net, 0);
  }

  eventlog::TemporaryFolder temporary_;
  Office office_{temporary_.path() / "bank"};
  testing::SimulatedBank bank_;
  std::vector<Household> households_;
  std::vector<v1::Determination> determinations_;
  int runs_ = 0;
};

TEST_F(BenefitYear, EveryCentIsPaidThatTheDeterminationsOweAndTheBankCountsTheSame) {
  office_.set_day(kFirst - days(10));
  send_all();
  read_determinations();
  std::set<Day> due = due_days();
  std::size_t changes = 0, at_once = 0, late = 0;
  for (Day day = kFirst - days(9); day < kLast; day += days(1)) {
    office_.set_day(day);
    const bool renews = day == kRenewal - days(17);
    if (renews)
      for (Household& household : households_) amend(household, kRenewal);
    const bool changes_today = changes < kChanges && is_day_of_changes(day, changes);
    for (; changes < kChanges && is_day_of_changes(day, changes); ++changes)
      change(households_[(changes * 7 + 3) % households_.size()], changes);
    if (renews || changes_today) {
      read_determinations();
      due = due_days();
    }
    const Day next = day + days(1);
    if (!due.contains(next) && next != kLast) continue;
    const std::size_t rejects = runs_ % 3 == 2 ? std::min<std::size_t>(3, kAtOnce - at_once) : 0;
    const bool returns = runs_ % 3 == 0 && late < kLate;
    const std::size_t before = bank_.rejected();
    pay(next, rejects, returns);
    late += returns ? 1 : 0;
    at_once += bank_.rejected() - before - (returns ? 1 : 0);  // a small file has fewer
  }
  ASSERT_EQ(changes, kChanges);
  ASSERT_EQ(bank_.rejected(), kAtOnce + kLate);
  ASSERT_THAT(office_.all(topics::kDeadLetters), ::testing::IsEmpty());
  expect_all_complete();

  const Cents owed_by_determinations = owed(kLast);
  const Books books = read_books();
  EXPECT_GT(owed_by_determinations.size(), kReferenceHouseholds);
  EXPECT_EQ(books.paid, owed_by_determinations);
  expect_bank_agrees(owed_by_determinations);
  expect_governments_agree(books, owed_by_determinations);
  const http::Recounted recounted = http::recount(office_.log());
  EXPECT_THAT(recounted.differences, ::testing::IsEmpty());
  EXPECT_THAT(recounted.faults, ::testing::IsEmpty());
  EXPECT_EQ(recounted.accounts, kReferenceHouseholds);
  EXPECT_GT(books.arrears, 0);
  EXPECT_GT(books.recovered, 0);

  RecordProperty("runs", runs_);
  RecordProperty("payments", static_cast<int>(bank_.payments()));
  std::printf("%d runs, %zu payments, %zu rejected; %lld.%02lld dollars\n", runs_, bank_.payments(),
              bank_.rejected(), static_cast<long long>(bank_.debited_cents() / 100),
              static_cast<long long>(bank_.debited_cents() % 100));
}

}  // namespace
}  // namespace guichet::end_to_end
