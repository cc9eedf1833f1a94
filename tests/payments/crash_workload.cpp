#include "tests/payments/crash_workload.h"

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <sstream>

#include "adapters/payments/payment_files.h"
#include "guichet/v1/dead_letter.pb.h"
#include "payments/posting.h"
#include "payments/run_sum.h"
#include "schemas/topics.h"
#include "tests/eventlog/records.h"
#include "tests/eventlog/temporary_folder.h"
#include "tests/payments/bank_stages.h"
#include "tests/payments/counter.h"

namespace guichet::testing {
namespace {

using eventlog::Log;
using eventlog::Output;
using eventlog::Record;

constexpr const char* kLastRun = "run-last";
constexpr int kMonths = 4;
std::string topic(std::string_view name) {
  return std::string(name);
}

/// Half of what is drawn by the name of a thing, always the same.
std::uint64_t draw(const std::string& name, std::uint64_t below) {
  return std::stoull(sha256(name).substr(0, 8), nullptr, 16) % below;
}

bool is_cancelled(const std::string& run_id) {
  return run_id != kLastRun && draw(run_id, 4) == 0;
}

/// The second person: looks at each preview and releases it, or cancels.
class Releaser : public eventlog::Handler {
 public:
  std::vector<Output> handle(const Record& input) override {
    v1::KeyState state;
    v1::RunState run;
    if (!state.ParseFromString(input.payload) || !run.ParseFromString(state.state())) return {};
    if (run.status() != v1::RUN_PREPARED) return {};
    v1::ReleaseRun release;
    release.set_hash(run.hash());
    const bool cancels = is_cancelled(run.run_id());
    Output output{
        .topic = topic(topics::kRunsInbox),
        .key = run.run_id(),
        .id = run.run_id() + (cancels ? "/cancel" : "/release"),
        .kind = cancels ? v1::KIND_CANCEL_RUN : v1::KIND_RELEASE_RUN,
        .payload = cancels ? v1::CancelRun().SerializeAsString() : release.SerializeAsString()};
    return {output};
  }
};

/// A second person who signs with the second name: the releaser's records inherit the first one's.
class SignedRuns : public payments::RunProcessor {
 public:
  using RunProcessor::RunProcessor;
  eventlog::Step handle(const eventlog::State& before, const Record& input) const override {
    Record as = input;
    if (input.header.kind() == v1::KIND_RELEASE_RUN)
      as.header.mutable_actor()->set_subject("b.leblanc");
    return RunProcessor::handle(before, as);
  }
};

/// The default terms: the whole of an overpayment is recovered.
payments::Rules rules() {
  payments::Rules rules = test_rules();
  rules.terms_of = [](const std::string&) { return payments::Terms{}; };
  rules.fits_bank = adapters::fits_bank;
  return rules;
}

/// Of a client at the bank.
std::string account_of(const std::string& client) {
  return "10000" + client.substr(std::string("client-").size());
}

class PaymentsWorkload : public eventlog::CrashWorkload {
 public:
  explicit PaymentsWorkload(bool repeats) : repeats_(repeats) {}

  std::vector<topics::Topic> topics() const override {
    return {{topic(topics::kPaymentsInbox)}, {topic(topics::kAccounts), true},
            {topic(topics::kLedger)},        {topic(topics::kRunsInbox)},
            {topic(topics::kRuns), true},    {topic(topics::kInstructions)},
            {topic(topics::kDeadLetters)}};
  }
  std::vector<eventlog::Stage> stages() override { return {}; }
  std::vector<eventlog::Stage> stages_over(Log& log) override {
    bank_ = std::make_unique<BankStages>(log, folder_.path(), deaths_);
    return {
        eventlog::KeyedStage{.group = "payments",
                             .inbox = topic(topics::kPaymentsInbox),
                             .state_topic = topic(topics::kAccounts),
                             .processor = std::make_shared<payments::AccountProcessor>(rules())},
        eventlog::KeyedStage{.group = "runs",
                             .inbox = topic(topics::kRunsInbox),
                             .state_topic = topic(topics::kRuns),
                             .processor = std::make_shared<SignedRuns>(log.partitions(), sha256)},
        eventlog::PlainStage{.group = "releaser",
                             .inputs = {topic(topics::kRuns)},
                             .handler = std::make_shared<Releaser>()},
        bank_->files(), bank_->answers()};
  }
  void end_faults() override { deaths_.end(); }
  Instant start() const override { return from_micros(kStart); }
  std::chrono::microseconds longest_wait() const override { return std::chrono::hours(1); }

  std::vector<Record> inputs(std::uint64_t seed) const override {
    std::mt19937_64 random(seed);
    deaths_.begin(seed);
    std::vector<Record> records;
    const auto add = [&](std::string_view inbox, const std::string& key, v1::Kind kind,
                         const std::string& id, const google::protobuf::MessageLite& payload) {
      Record& record = records.emplace_back();
      record.topic = inbox;
      record.header.set_key(key);
      record.header.set_kind(kind);
      record.header.set_id(id);
      record.header.mutable_actor()->set_subject("a.cormier");
      record.payload = payload.SerializeAsString();
    };
    std::map<std::string, std::uint64_t> numbers;
    const auto clients = 1 + random() % 4;
    const auto sets = clients + random() % 8;
    const auto runs = 1 + random() % 3;
    const auto add_set = [&](const std::string& client) {
      v1::EntitlementSet set;
      set.set_client_id(client);
      set.set_application_id("of-" + client);
      set.set_number(++numbers[client]);
      set.set_effective_date(kJanuary);
      set.set_as_of_us(kStart + static_cast<std::int64_t>(set.number()));
      *set.mutable_payment() = account(account_of(client));
      set.set_payee_name("Marie Cormier");
      for (const char* program : {"ca-ccb", "nb-ctb"}) {
        std::vector<std::int64_t> cents;
        for (int month = 0; month < kMonths; ++month)
          cents.push_back(static_cast<std::int64_t>(random() % 10'000));
        if (random() % 5 > 0)
          *set.add_lines() = monthly(program, cents, "d" + std::to_string(set.number()));
      }
      add(topics::kPaymentsInbox, client, v1::KIND_ENTITLEMENT_SET,
          "of-" + client + "/entitlements/" + std::to_string(set.number()), set);
    };
    for (std::uint64_t n = 0; n < sets; ++n)
      add_set("client-" + std::to_string(n < clients ? n : random() % clients));
    for (std::uint64_t n = 0; n < runs; ++n) {
      v1::PrepareRun prepare;
      prepare.set_date(due_day(static_cast<int>(random() % kMonths)));
      const std::string run = "run-" + std::to_string(seed) + "-" + std::to_string(n);
      add(topics::kRunsInbox, run, v1::KIND_PREPARE_RUN, run + "/prepare", prepare);
      if (random() % 3 == 0)
        add(topics::kRunsInbox, run, v1::KIND_PREPARE_RUN, run + "/prepare-again", prepare);
    }
    std::ranges::shuffle(records, random);
    return records;
  }

  std::vector<Record> release(const Log&) override {
    v1::PrepareRun prepare;
    prepare.set_date(due_day(kMonths));
    Record record;
    record.topic = topics::kRunsInbox;
    record.header.set_key(kLastRun);
    record.header.set_kind(v1::KIND_PREPARE_RUN);
    record.header.set_id("last/prepare");
    record.header.set_recorded_at_us(kStart);
    record.header.mutable_actor()->set_subject("a.cormier");
    record.payload = prepare.SerializeAsString();
    return {record};
  }

  std::string check(const Log& log, const std::set<std::string>& acknowledged) override {
    wrong_.str("");
    for (const Record& record : all(log, topics::kDeadLetters)) {
      v1::DeadLetter letter;
      letter.ParseFromString(record.payload);
      wrong_ << "dead letter of " << letter.place() << ": " << letter.text() << '\n';
    }
    for (const Record& posting : all(log, topics::kLedger)) read_posting(posting);
    for (const Record& line : all(log, topics::kInstructions)) read_instruction(line);
    for (const Record& input : all(log, topics::kPaymentsInbox)) read_input(input);
    std::vector<std::string> files;
    wrong_ << check_files(folder_.path(), bank_by_account_, files);
    for (const Record& state : all(log, topics::kAccounts)) read_account(state);
    for (const Record& state : all(log, topics::kRuns)) read_run(state);
    if (written_ != std::set<std::string>(files.begin(), files.end()))
      wrong_ << "the files that stand are not those that were recorded\n";
    for (const std::string& id : acknowledged)
      if (!done_.contains(id)) wrong_ << "acknowledged and lost: " << id << '\n';
    for (const auto& [client, books] : books_)
      if (!seen_.contains(client)) wrong_ << "no account of " << client << '\n';
    return wrong_.str();
  }

 private:
  using Line = std::pair<std::string, std::string>;  // program, government
  struct Books {
    std::uint64_t postings = 0;
    std::map<Line, std::int64_t> entitled;
    std::map<Line, std::int64_t> instructed;
  };
  struct Run {
    std::uint64_t payments = 0;
    std::int64_t cents = 0;
    std::uint64_t ordered = 0;
    std::int64_t ordered_cents = 0;
  };

  std::vector<Record> all(const Log& log, std::string_view name) const {
    std::vector<Record> records;
    for (std::uint32_t partition = 0; partition < log.partitions(); ++partition)
      std::ranges::move(eventlog::read_all(log, name, partition), std::back_inserter(records));
    if (!repeats_) return records;
    // The newest of a key's states; of any other record the first, where the same comes again.
    const bool states = name == topics::kAccounts || name == topics::kRuns;
    std::map<std::string, std::size_t> places;
    std::vector<Record> kept;
    for (Record& record : records) {
      const std::string name_of =
          states ? record.header.key() : record.header.id() + "\n" + record.payload;
      const auto [place, fresh] = places.try_emplace(name_of, kept.size());
      if (fresh)
        kept.push_back(std::move(record));
      else if (states)
        kept[place->second] = std::move(record);
    }
    return kept;
  }

  void read_posting(const Record& record) {
    v1::Posting posting;
    posting.ParseFromString(record.payload);
    Books& books = books_[posting.client_id()];
    if (posting.number() != ++books.postings)
      wrong_ << "posting " << record.header.id() << " after " << books.postings - 1 << '\n';
    if (!payments::is_balanced(posting)) wrong_ << record.header.id() << " does not balance\n";
    for (const v1::LedgerEntry& entry : posting.entries()) {
      if (entry.account() != v1::LedgerEntry::CLIENT) continue;
      const Line line(entry.program(), entry.government());
      if (posting.why() == v1::Posting::ENTITLED) books.entitled[line] -= entry.amount_cents();
      if (posting.why() == v1::Posting::RETURNED) books.instructed[line] += entry.amount_cents();
      if (posting.why() != v1::Posting::INSTRUCTED) continue;
      books.instructed[line] += entry.amount_cents();
      if (books.instructed[line] > books.entitled[line])
        wrong_ << record.header.id() << " instructs more than is owed\n";
    }
  }

  void read_instruction(const Record& record) {
    if (!ids_.insert(record.header.id()).second)
      wrong_ << "instructed twice: " << record.header.id() << '\n';
    if (record.header.kind() == v1::KIND_FILE_ORDER) {
      v1::FileOrder order;
      order.ParseFromString(record.payload);
      runs_[order.run_id()].ordered += order.payments();
      runs_[order.run_id()].ordered_cents += order.amount_cents();
      return;
    }
    v1::PaymentInstruction instruction;
    instruction.ParseFromString(record.payload);
    const v1::Payment& payment = instruction.payment();
    Run& run = runs_[payment.run_id()];
    ++run.payments;
    run.cents += payment.amount_cents();
    std::int64_t parts = 0;
    for (const v1::PaymentPart& part : payment.parts()) {
      parts += part.amount_cents();
    }
    if (parts != payment.amount_cents()) wrong_ << payment.id() << " is not its parts\n";
  }

  void read_input(const Record& record) {
    if (record.header.kind() != v1::KIND_ENTITLEMENT_SET) return;
    v1::EntitlementSet set;
    set.ParseFromString(record.payload);
    v1::EntitlementSet& last = sets_[set.client_id()];
    if (set.number() > last.number()) last = set;
    done_.insert(record.header.id());
  }

  void read_account(const Record& record) {
    v1::KeyState stored;
    v1::AccountState state;
    if (!stored.ParseFromString(record.payload) || !state.ParseFromString(stored.state()))
      wrong_ << "no state of " << record.header.key() << '\n';
    if (stored.has_held()) wrong_ << record.header.key() << " is held\n";
    if (state.has_partition() && state.partition().tasks_size() > 0)
      wrong_ << record.header.key() << " has tasks left\n";
    if (!state.has_client()) return;
    const std::string& id = state.client().client_id();
    seen_.insert(id);
    const Books& books = books_[id];
    std::map<Line, std::int64_t> owed;
    for (const v1::EntitlementLine& line : sets_[id].lines())
      for (const v1::Entitlement& part : line.entitlements())
        owed[{line.program(), line.government()}] += part.amount_cents();
    for (const v1::AccountLine& line : state.client().lines()) {
      const Line key(line.program(), line.government());
      if (line.entitled_cents() != owed[key])
        wrong_ << id << " is entitled to " << line.entitled_cents() << ", and owed " << owed[key]
               << " of " << line.program() << '\n';
      check(id, line, "entitled", line.entitled_cents(), books.entitled);
      check(id, line, "instructed", line.instructed_cents(), books.instructed);
      check(id, line, "paid by the bank", line.instructed_cents(),
            bank_by_account_["000100011/" + account_of(id)]);
      if (line.instructed_cents() < line.entitled_cents())
        wrong_ << id << " is still owed of " << line.program() << '\n';
    }
    for (const v1::Payment& payment : state.client().payments())
      if (payment.status() == v1::FROZEN || payment.status() == v1::INSTRUCTED)
        wrong_ << payment.id() << " did not come to rest\n";
  }

  void check(const std::string& id, const v1::AccountLine& line, const char* what,
             std::int64_t cents, const std::map<Line, std::int64_t>& books) {
    const auto found = books.find({line.program(), line.government()});
    const std::int64_t by_books = found == books.end() ? 0 : found->second;
    if (cents != by_books)
      wrong_ << id << ' ' << what << ' ' << cents << ", by the books " << by_books << " of "
             << line.program() << '\n';
  }

  void read_run(const Record& record) {
    v1::KeyState stored;
    v1::RunState run;
    if (!stored.ParseFromString(record.payload) || !run.ParseFromString(stored.state()))
      wrong_ << "no state of " << record.header.key() << '\n';
    const bool cancelled = is_cancelled(run.run_id());
    if (run.status() != (cancelled ? v1::RUN_CANCELLED : v1::RUN_SETTLED))
      wrong_ << run.run_id() << " ends " << payments::to_string(run.status()) << '\n';
    const v1::PartitionTally instructed = payments::outcome(run);
    const Run& counted = runs_[run.run_id()];
    if (instructed.payments() != counted.payments || instructed.amount_cents() != counted.cents ||
        counted.ordered != counted.payments || counted.ordered_cents != counted.cents)
      wrong_ << run.run_id() << " counts otherwise than its instructions and files\n";
    if (instructed.payments() > payments::preview(run).payments())
      wrong_ << run.run_id() << " pays more than it listed\n";
    for (const v1::RunVerdict& verdict : run.verdicts()) done_.insert(verdict.command_id());
    for (const v1::RunFile& file : run.files()) written_.insert(file.written().name());
  }

  bool repeats_;
  std::map<std::string, Books> books_;
  std::map<std::string, std::map<Line, std::int64_t>> bank_by_account_;  // as the bank counts
  std::map<std::string, Run> runs_;
  std::map<std::string, v1::EntitlementSet> sets_;
  std::set<std::string> seen_;
  std::set<std::string> ids_;
  std::set<std::string> done_;
  std::set<std::string> written_;
  eventlog::TemporaryFolder folder_;
  mutable Deaths deaths_;
  std::unique_ptr<BankStages> bank_;
  std::ostringstream wrong_;
};

}  // namespace

std::unique_ptr<eventlog::CrashWorkload> payments_workload(bool repeats) {
  return std::make_unique<PaymentsWorkload>(repeats);
}

}  // namespace guichet::testing
