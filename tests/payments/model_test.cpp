// Accounts against a model of their own: whatever comes in whatever order, each payment is what
// plain arithmetic over months says.
//
//   GUICHET_SEED=77 payments_model_test     one history again

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <random>

#include "payments/posting.h"
#include "tests/payments/counter.h"

namespace guichet::testing {
namespace {

constexpr int kMonths = 8;
constexpr int kSteps = 40;
constexpr std::uint64_t kHistories = 500;
const std::vector<std::string> kPrograms = {"ca-ccb", "ca-gst", "ca-oas", "ca-small"};

using Months = std::array<std::int64_t, kMonths>;

/// One set, as the model keeps it.
struct Said {
  int from = 0;
  std::map<std::string, Months> amounts;  // of the programs that it has a say on
};

class Model {
 public:
  void say(const std::string& application, Said said) {
    std::erase(order_, application);
    order_.push_back(application);  // the newest last
    said_[application].push_back(std::move(said));
  }

  /// What the client is entitled to in each month.
  Months entitled(const std::string& program) const {
    Months all{};
    for (const std::string& application : order_) {
      Months own{};
      std::array<bool, kMonths> has_say{};
      for (const Said& said : said_.at(application)) {
        const auto found = said.amounts.find(program);
        for (int month = said.from; month < kMonths; ++month) {
          const auto at = static_cast<std::size_t>(month);
          has_say[at] = found != said.amounts.end();
          own[at] = has_say[at] ? found->second[at] : 0;
        }
      }
      for (std::size_t month = 0; month < kMonths; ++month)
        if (has_say[month]) all[month] = own[month];
    }
    return all;
  }

  /// What a run for this month pays of a program.
  std::int64_t due(const std::string& program, int month) const {
    const payments::Terms terms = test_terms(program);
    const Months owed = entitled(program);
    const Paid paid = find(program);
    std::int64_t past = 0;
    std::int64_t fresh = 0;
    bool more = false;
    for (int at = 0; at < kMonths; ++at) {
      const std::int64_t cents = owed[static_cast<std::size_t>(at)];
      if (at > month)
        more |= cents > 0;
      else if (at < paid.reached)
        past += cents;
      else
        fresh += cents;
    }
    const std::int64_t overpaid = paid.cents - past;
    std::int64_t amount = fresh - overpaid;
    if (overpaid > 0) {
      const std::int64_t most = std::min(fresh * terms.recovered_percent / 100,
                                         std::max<std::int64_t>(0, fresh - terms.left_cents));
      amount = fresh - std::min(overpaid, most);
    }
    return amount < terms.minimum_cents && more ? 0 : std::max<std::int64_t>(0, amount);
  }

  struct Paid {
    std::int64_t cents = 0;
    int reached = 0;  // months
  };
  Paid find(const std::string& program) const {
    const auto found = paid_.find(program);
    return found == paid_.end() ? Paid{} : found->second;
  }
  void pay(const std::string& program, int month) {
    const Months owed = entitled(program);
    Paid& paid = paid_[program];
    paid.cents += due(program, month);
    for (int at = month; at >= paid.reached; --at)
      if (owed[static_cast<std::size_t>(at)] > 0) {
        paid.reached = at + 1;
        break;
      }
  }
  void set(const std::string& program, Paid paid) { paid_[program] = paid; }

 private:
  std::vector<std::string> order_;
  std::map<std::string, std::vector<Said>> said_;
  std::map<std::string, Paid> paid_;
};

class History {
 public:
  explicit History(std::uint64_t seed) : random_(seed) {}

  void run() {
    for (int step = 0; step < kSteps && !::testing::Test::HasFailure(); ++step) {
      counter_.now += 1'000'000;
      switch (below(6)) {
        case 0:
        case 1:
          entitle();
          break;
        case 2:
          counter_.give_again();
          break;
        case 3:
          cancelled_run();
          break;
        case 4:
          answer();
          break;
        default:
          pay();
      }
      check();
    }
  }

 private:
  int below(int bound) { return static_cast<int>(random_() % static_cast<unsigned>(bound)); }

  void entitle() {
    const std::string application = below(2) == 0 ? "a1" : "a2";
    Said said{.from = below(3) == 0 ? below(kMonths) : 0, .amounts = {}};
    std::vector<v1::EntitlementLine> lines;
    std::vector<std::string> programs;
    for (const std::string& program : kPrograms) {
      if (below(4) == 0) continue;  // it has no say
      Months& months = said.amounts[program];
      std::vector<std::int64_t> cents(kMonths);
      if (below(5) > 0)  // else it is ineligible
        for (int month = said.from; month < kMonths; ++month)
          months[static_cast<std::size_t>(month)] = cents[static_cast<std::size_t>(month)] =
              below(4) == 0 ? 0 : below(5'000);
      programs.push_back(program);
      auto line = monthly(program, cents, "d" + std::to_string(counter_.now));
      if (line.entitlements_size() > 0) lines.push_back(std::move(line));
    }
    auto set = counter_.set_of(kMarie, std::move(lines), application, kJanuary + 30 * said.from);
    for (const std::string& program : programs) set.add_programs(program);
    counter_.give(set);
    // Without any line nothing says where the client is paid.
    has_account_ |= set.lines_size() > 0;
    model_.say(application, std::move(said));
  }

  std::string next_run() { return "r" + std::to_string(++runs_); }

  void cancelled_run() {
    const std::string run = next_run();
    counter_.prepare(run, due_day(below(kMonths)));
    counter_.cancel(run);
  }

  void pay() {
    const int month = below(kMonths);
    const std::string run = next_run();
    std::map<std::string, std::int64_t> expected;
    std::int64_t total = 0;
    for (const std::string& program : kPrograms)
      if (const std::int64_t cents = model_.due(program, month); cents > 0) {
        expected[program] = cents;
        total += cents;
      }
    counter_.pay(run, due_day(month));
    const auto instructions = counter_.instructions();
    if (total == 0 || !has_account_) {
      EXPECT_TRUE(instructions.empty() || instructions.back().payment().run_id() != run);
      return;
    }
    ASSERT_FALSE(instructions.empty());
    const v1::Payment& payment = instructions.back().payment();
    ASSERT_EQ(payment.run_id(), run);
    EXPECT_EQ(payment.amount_cents(), total);
    std::map<std::string, std::int64_t> parts;
    Before before{.id = payment.id(), .cents = total, .parts = {}, .month = month};
    for (const v1::PaymentPart& part : payment.parts()) parts[part.program()] = part.amount_cents();
    EXPECT_EQ(parts, expected);
    for (const auto& [program, cents] : expected) {
      before.parts[program] = {cents, model_.find(program).reached, 0};
      model_.pay(program, month);
      before.parts[program].to = model_.find(program).reached;
    }
    payments_.push_back(before);
  }

  void answer() {
    if (payments_.empty()) return;
    Before& payment =
        payments_[static_cast<std::size_t>(below(static_cast<int>(payments_.size())))];
    const bool accepted = below(2) == 0;
    counter_.report(payment.id, accepted, payment.cents);
    if (accepted || payment.rejected) return;
    payment.rejected = true;
    for (const auto& [program, part] : payment.parts) {
      Model::Paid paid = model_.find(program);
      paid.cents -= part.cents;
      if (paid.reached == part.to) paid.reached = part.from;
      model_.set(program, paid);
    }
  }

  void check() {
    std::uint64_t number = 0;
    for (const v1::Posting& posting : counter_.postings()) {
      EXPECT_TRUE(payments::is_balanced(posting));
      EXPECT_EQ(posting.number(), ++number);
    }
    for (const std::string& program : kPrograms) {
      EXPECT_EQ(counter_.paid(program), model_.find(program).cents) << program;
      std::int64_t entitled = 0;
      for (const std::int64_t cents : model_.entitled(program)) entitled += cents;
      EXPECT_EQ(-counter_.balance(v1::LedgerEntry::CLIENT, "", program),
                entitled - model_.find(program).cents)
          << program;
    }
  }

  struct Part {
    std::int64_t cents = 0;
    int from = 0;
    int to = 0;
  };
  struct Before {
    std::string id;
    std::int64_t cents = 0;
    std::map<std::string, Part> parts;
    int month = 0;
    bool rejected = false;
  };

  std::mt19937_64 random_;
  Counter counter_;
  Model model_;
  std::vector<Before> payments_;
  int runs_ = 0;
  bool has_account_ = false;
};

TEST(AccountHistories, AgreeWithTheModelWhateverComes) {
  const char* one = std::getenv("GUICHET_SEED");
  const std::uint64_t first = one != nullptr ? std::strtoull(one, nullptr, 10) : 1;
  const std::uint64_t last = one != nullptr ? first : kHistories;
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    History(seed).run();
    ASSERT_FALSE(HasFailure()) << "again with GUICHET_SEED=" << seed;
  }
}

}  // namespace
}  // namespace guichet::testing
