// Random histories of one application, held against a model: commands, answers in any order, again,
// late, contradictory, corrected, broken or for nobody, and ticks. Each history is one seed.
//
//   cases_model_test --seeds 1..20000     more of them, or one: --seeds 4711

#include <gmock/gmock.h>

#include <charconv>
#include <random>

#include "gateway/cases/change.h"
#include "gateway/cases/merge.h"
#include "guichet/v1/commands.pb.h"
#include "guichet/v1/dead_letter.pb.h"
#include "tests/gateway/cases/desk.h"
#include "tests/gateway/cases/model.h"

namespace guichet::testing {
namespace {

std::uint64_t first_seed = 1;
std::uint64_t last_seed = 1'000;
constexpr int kRecordsPerHistory = 60;

class History {
 public:
  /// Notes in `seen` what came to pass, so that a test can tell what never did.
  History(std::uint64_t seed, std::set<std::string>& seen) : random_(seed), seen_(seen) {}

  void run() {
    for (int i = 0; i < kRecordsPerHistory && !::testing::Test::HasFailure(); ++i) {
      desk_.now += static_cast<std::int64_t>(below(4)) * kSecond;
      switch (below(10)) {
        case 0:
          command();
          break;
        case 1:
          tick();
          break;
        case 2:
          if (!changed_.empty()) again();
          break;
        default:
          answer();
      }
      check_whole();
    }
  }

 private:
  std::uint64_t below(std::uint64_t n) { return random_() % n; }
  bool one_in(std::uint64_t n) { return below(n) == 0; }

  void command() {
    if (commands_ >= cases::kMaxVerdicts) return;  // what comes after is another test's matter
    const std::string id = "random-" + std::to_string(++commands_);
    const std::string body = "body " + std::to_string(below(3));
    const std::string key = one_in(2) ? "" : "key " + std::to_string(below(4));
    const unsigned seen = one_in(3) ? 0 : static_cast<unsigned>(below(model_.current() + 2));
    const auto kind = model_.current() == 0 && !one_in(10) ? 0 : below(12);
    if (kind < 3) {
      v1::SubmitApplication submit;
      *submit.mutable_application() = family();
      submit.set_body_digest(body);
      give(desk_.record(v1::KIND_SUBMIT_APPLICATION, id, submit), model_.submit(id, body));
    } else if (kind < 11) {
      v1::AmendApplication amend;
      *amend.mutable_application() = family();
      amend.set_body_digest(body);
      amend.set_if_submission(seen);
      amend.set_key_digest(key);
      give(desk_.record(v1::KIND_AMEND_APPLICATION, id, amend), model_.amend(id, body, seen, key));
    } else {
      v1::WithdrawApplication withdraw;
      withdraw.set_if_submission(seen);
      withdraw.set_key_digest(key);
      give(desk_.record(v1::KIND_WITHDRAW_APPLICATION, id, withdraw),
           model_.withdraw(id, seen, key));
    }
  }

  v1::DeterminationLine some_line(const std::string& beneficiary) {
    switch (below(6)) {
      case 0:
        return line(beneficiary, v1::REFERRED);
      case 1:
        return line(beneficiary, v1::FAILED);
      case 2:
        return line(beneficiary, v1::INELIGIBLE);
      default:
        return eligible(beneficiary, 100'000 + static_cast<std::int64_t>(below(2)) * 5'001);
    }
  }

  void answer() {
    const std::string program =
        std::vector<std::string>{"ca-ccb", "ca-oas", "nb-ctb", "on-ocb"}[below(one_in(20) ? 4 : 3)];
    const unsigned submission =
        one_in(4) ? static_cast<unsigned>(below(model_.current() + 2)) : model_.current();
    std::vector<v1::DeterminationLine> lines;
    if (program == "ca-oas") {
      lines = {some_line("applicant"), some_line("spouse")};
    } else {
      lines = {some_line("household")};
    }
    if (submission == 0) return;
    v1::Determination made =
        desk_.answer_of(program, lines, one_in(2) ? "" : std::to_string(below(5)), submission);
    if (one_in(4))
      made.set_supersedes(desk_.answer_of(program, {}, std::to_string(below(5)), submission).id());
    const bool usable = !one_in(15);
    if (!usable) made.mutable_lines(0)->clear_beneficiary();
    give(desk_.record(v1::KIND_DETERMINATION, made.id(), made),
         model_.answer(submission, program, modelled(made), made.supersedes(), usable));
  }

  static Model::Answer modelled(const v1::Determination& made) {
    Model::Answer answer{.id = made.id(),
                         .bytes = made.SerializeAsString(),
                         .lines = {},
                         .settled = {},
                         .failed = true};
    for (const v1::DeterminationLine& line : made.lines()) {
      const bool settled = line.status() == v1::ELIGIBLE || line.status() == v1::INELIGIBLE;
      answer.lines[line.beneficiary()] = line.SerializeAsString();
      if (settled) answer.settled.insert(line.beneficiary());
      answer.failed = answer.failed && line.status() == v1::FAILED;
      answer.open = answer.open || !settled;
      answer.cents += line.annual_amount_cents();
    }
    return answer;
  }

  void tick() {
    if (model_.current() == 0) return;
    const unsigned submission =
        one_in(3) ? static_cast<unsigned>(below(model_.current() + 1)) : model_.current();
    const bool due = !one_in(3);
    const auto received = desk_.current().received_at_us();
    const std::string id = std::string(kApplication) + "/" + std::to_string(submission) + "/tick/" +
                           std::to_string(received + (due ? 10 : 9) * kSecond);
    give(desk_.record(v1::KIND_TICK, id, v1::CaseState()), model_.tick(submission, due));
  }

  /// A record that had an effect, delivered once more, now.
  void again() {
    eventlog::Record record = changed_[below(changed_.size())];
    if (one_in(2)) record.header.set_recorded_at_us(desk_.now);
    desk_.give(record);
    EXPECT_FALSE(desk_.changed_last()) << record.header.DebugString();
    for (const eventlog::Output& output : desk_.sent_last())
      EXPECT_EQ(output.kind, v1::KIND_DEAD_LETTER);
  }

  void give(const eventlog::Record& record, const Model::Effect& wanted) {
    const v1::CaseState before = desk_.state();
    desk_.give(record);
    const v1::CaseState& after = desk_.state();
    const std::string about = record.header.ShortDebugString();
    EXPECT_EQ(desk_.changed_last(), wanted.state_changes) << about;
    EXPECT_EQ(desk_.event_types(), wanted.events) << about;
    EXPECT_EQ(after.version(), before.version() + (wanted.events.empty() ? 0 : 1)) << about;
    check_history(before, after, wanted.events);
    const std::vector<std::string> letters = wanted.dead_letter.empty()
                                                 ? std::vector<std::string>{}
                                                 : std::vector<std::string>{wanted.dead_letter};
    EXPECT_EQ(desk_.dead_letters_last(), letters) << about;
    seen_.insert(letters.begin(), letters.end());
    seen_.insert(wanted.events.begin(), wanted.events.end());
    seen_.insert(desk_.status());
    if (wanted.verdict) {
      seen_.insert(v1::Verdict::Outcome_Name(*wanted.verdict));
      EXPECT_EQ(after.verdicts().rbegin()->command_id(), record.header.id());
      EXPECT_EQ(after.verdicts().rbegin()->outcome(), *wanted.verdict) << about;
      EXPECT_EQ(after.verdicts().rbegin()->submission(), wanted.verdict_submission) << about;
    } else {
      EXPECT_EQ(after.verdicts_size(), before.verdicts_size()) << about;
    }
    unsigned sets = 0;
    for (const eventlog::Output& output : desk_.sent_last())
      if (output.kind == v1::KIND_ENTITLEMENT_SET) ++sets;
    EXPECT_EQ(sets, wanted.set_sent ? 1u : 0u) << about;
    if (wanted.state_changes) changed_.push_back(record);
  }

  /// Every event is a step of the history, and nothing else is.
  static void check_history(const v1::CaseState& before, const v1::CaseState& after,
                            const std::vector<std::string>& events) {
    const int first = after.steps_size() - static_cast<int>(events.size());
    ASSERT_GE(first, 0);
    EXPECT_EQ(after.steps_size(),
              std::min(before.steps_size() + static_cast<int>(events.size()), cases::kMaxSteps));
    for (std::size_t i = 0; i < events.size(); ++i)
      EXPECT_EQ(cases::event_name(after.steps(first + static_cast<int>(i)).kind()),
                "guichet." + events[i]);
  }

  /// Everything that must hold between any two records.
  void check_whole() {
    if (model_.current() == 0) {
      EXPECT_FALSE(desk_.exists());
      return;
    }
    EXPECT_EQ(desk_.current().number(), model_.current());
    EXPECT_EQ(desk_.status(), model_.status());
    EXPECT_EQ(desk_.current().revision(), model_.submission(model_.current()).revision);
    EXPECT_EQ(desk_.wake_at().has_value(), model_.pending());
    EXPECT_EQ(cases::merge(desk_.current()).annual_total.cents(), model_.total_cents());
    // Nothing that was accepted is lost, in any submission.
    for (unsigned n = 1; n <= model_.current(); ++n) {
      const v1::Submission& kept =
          n == model_.current() ? desk_.current() : desk_.state().past(static_cast<int>(n) - 1);
      EXPECT_EQ(kept.revision(), model_.submission(n).revision);
      for (const v1::ProgramCase& program : kept.programs())
        EXPECT_EQ(static_cast<std::size_t>(program.answers_size()),
                  model_.submission(n).programs.at(program.program()).answers.size());
    }
    check_sent();
  }

  /// Of a dead letter the record in it: when it was seen may differ.
  static std::string content_of(const eventlog::Output& output) {
    v1::DeadLetter letter;
    if (output.kind != v1::KIND_DEAD_LETTER || !letter.ParseFromString(output.payload))
      return output.payload;
    return letter.record().payload();
  }

  void check_sent() {
    for (; checked_ < desk_.sent().size(); ++checked_) {
      const eventlog::Output& output = desk_.sent()[checked_];
      const std::string content = content_of(output);
      const auto [known, fresh] = by_id_.emplace(output.topic + " " + output.id, content);
      EXPECT_EQ(known->second, content) << "the same id with other content: " << output.id;
      EXPECT_TRUE(fresh || output.kind == v1::KIND_DEAD_LETTER) << output.id << " sent twice";
      if (output.kind == v1::KIND_CASE_EVENT) check_event(output);
      if (output.kind == v1::KIND_ENTITLEMENT_SET) check_set(output);
    }
    EXPECT_EQ(desk_.state().event_sequence(), sequence_);
    EXPECT_EQ(desk_.state().entitlement_set(), sets_);
  }

  void check_event(const eventlog::Output& output) {
    v1::CaseEvent event;
    ASSERT_TRUE(event.ParseFromString(output.payload));
    EXPECT_EQ(event.sequence(), ++sequence_);
    if (event.type() != "guichet.case.decided") return;
    EXPECT_TRUE(outcomes_.emplace(event.submission(), event.revision()).second)
        << "a second outcome for a revision";
  }

  void check_set(const eventlog::Output& output) {
    v1::EntitlementSet set;
    ASSERT_TRUE(set.ParseFromString(output.payload));
    EXPECT_EQ(set.number(), ++sets_);
    std::int64_t owed = 0;
    for (const v1::EntitlementLine& line : set.lines())
      for (const v1::Entitlement& part : line.entitlements()) {
        EXPECT_GE(part.due(), set.effective_date());
        owed += part.amount_cents();
      }
    std::int64_t listed = 0;
    for (const auto& payment : cases::merge(desk_.current()).payments)
      listed += payment.amount.cents();
    EXPECT_EQ(owed, listed) << "the last set is not what the case lists as owed";
  }

  std::mt19937_64 random_;
  std::set<std::string>& seen_;
  Desk desk_;
  Model model_{{"ca-ccb", "ca-oas", "nb-ctb"}};
  int commands_ = 0;
  std::vector<eventlog::Record> changed_;
  std::size_t checked_ = 0;
  std::uint64_t sequence_ = 0;
  std::uint64_t sets_ = 0;
  std::set<std::pair<unsigned, unsigned>> outcomes_;
  std::map<std::string, std::string> by_id_;
};

TEST(CaseHistories, AgreeWithTheModelWhateverComesInWhateverOrder) {
  std::set<std::string> seen;
  for (std::uint64_t seed = first_seed; seed <= last_seed; ++seed) {
    History(seed, seen).run();
    ASSERT_FALSE(HasFailure()) << "run it again with --seeds " << seed;
  }
  if (last_seed - first_seed < 500) return;
  EXPECT_THAT(seen, ::testing::IsSupersetOf(
                        {"ACCEPTED", "REPLAYED", "KEY_REUSED", "SUBMISSION_MISMATCH", "WITHDRAWN",
                         "unknown_application", "unknown_request", "unusable_answer",
                         "same_id_other_content", "contradictory_answer", "determining", "complete",
                         "partial", "withdrawn", "case.decided"}));
}

}  // namespace

void choose_seeds(std::string_view range) {
  const std::size_t dots = range.find("..");
  const std::string_view low = range.substr(0, dots);
  const std::string_view high = dots == std::string_view::npos ? low : range.substr(dots + 2);
  std::from_chars(low.data(), low.data() + low.size(), first_seed);
  std::from_chars(high.data(), high.data() + high.size(), last_seed);
}

}  // namespace guichet::testing

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  if (argc == 3 && std::string_view(argv[1]) == "--seeds") guichet::testing::choose_seeds(argv[2]);
  return RUN_ALL_TESTS();
}
