#include "tests/payments/bank_stages.h"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>
#include <sstream>
#include <thread>

#include "adapters/payments/bank_answers.h"
#include "eventlog/memory/memory_log.h"
#include "guichet/v1/envelope.pb.h"
#include "guichet/v1/runs.pb.h"
#include "schemas/topics.h"
#include "tests/payments/counter.h"
#include "tests/payments/dying_disk.h"
#include "tests/payments/simulated_bank.h"

namespace guichet::testing {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kStepsOfAFile = 24;
constexpr std::uint64_t kStepsOfAnAnswer = 6;
constexpr int kMostTries = 1'000;

std::string content(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// The bank rejects one of four, for ever the same; nobody of the last run, that all end paid.
SimulatedBank::Rejects rejects_of(const fs::path& file) {
  const bool last = file.filename().string().starts_with("run-last");
  return [last](const std::string& id) {
    return !last && std::stoull(sha256(id).substr(0, 8), nullptr, 16) % 4 == 0;
  };
}

}  // namespace

void Deaths::begin(std::uint64_t seed) {
  random_.seed(seed);
  over_ = false;
}

std::uint64_t Deaths::next(std::uint64_t steps) {
  return over_ || random_() % 4 == 0 ? 0 : 1 + random_() % steps;
}

/// What is ordered of the log is durable when it is read here, and what is appended when that
/// returns, as if the log's own thread had just been there.
class BankStages::Durable : public eventlog::Log {
 public:
  explicit Durable(eventlog::Log& log)
      : log_(log), memory_(dynamic_cast<eventlog::MemoryLog*>(&log)) {}

  bool append(std::vector<eventlog::Record> records, AppendDone done) override {
    // It is away for a moment, or has no room: nothing of its own is lost by asking again.
    for (int tries = 0; tries < kMostTries; ++tries) {
      try {
        if (log_.append(records, done)) break;
      } catch (const eventlog::LogUnavailable&) {
        if (memory_ == nullptr || memory_->is_dead()) throw;
      }
      sync();
    }
    sync();
    return true;
  }
  std::unique_ptr<eventlog::Session> open_session(eventlog::SessionOptions options) override {
    return log_.open_session(std::move(options));
  }
  std::uint32_t partitions() const override { return log_.partitions(); }
  std::vector<eventlog::Record> read(std::string_view topic, std::uint32_t partition,
                                     std::uint64_t from, std::size_t most) const override {
    sync();
    return log_.read(topic, partition, from, most);
  }
  std::uint64_t first_at(std::string_view topic, std::uint32_t partition,
                         Instant instant) const override {
    sync();
    return log_.first_at(topic, partition, instant);
  }
  std::optional<eventlog::Record> latest(std::string_view topic,
                                         std::string_view key) const override {
    return log_.latest(topic, key);
  }
  std::unique_ptr<eventlog::Tail> tail(std::vector<std::string> topics, TailCall call) override {
    return log_.tail(std::move(topics), std::move(call));
  }
  eventlog::LogStatistics statistics() const override { return log_.statistics(); }

  /// From its next call on the log is dead.
  void die() {
    if (memory_ != nullptr) memory_->crash_at(1);
  }
  bool can_die() const { return memory_ != nullptr; }

 private:
  void sync() const {
    if (memory_ != nullptr) {
      memory_->sync();
      return;
    }
    while (log_.statistics().waiting_records > 0)
      std::this_thread::sleep_for(std::chrono::microseconds(100));
  }

  eventlog::Log& log_;
  eventlog::MemoryLog* memory_;
};

/// Runs what writes or reads files, up to the step at which the process dies.
template <class Made, class Log, class Work>
Made mortal(Log& log, std::uint64_t step, std::uint64_t& died, const Work& work) {
  die_at_file_operation(log.can_die() ? step : 0);
  Made made{};
  try {
    made = work();
  } catch (...) {
    if (!has_died()) {
      die_at_file_operation(0);
      throw;
    }
  }
  if (!has_died()) {
    die_at_file_operation(0);
    return made;
  }
  ++died;
  log.die();
  throw eventlog::TryAgainLater("the process is dead");
}

class BankStages::Writing : public eventlog::Handler {
 public:
  Writing(std::shared_ptr<Durable> log, const fs::path& folder, Deaths& deaths)
      : log_(std::move(log)),
        deaths_(deaths),
        files_(*log_, folder / "bank", bank::Debtor{"Guichet", {"001", "00011", "7654321"}},
               [](const std::string& id) {
                 return adapters::ProgramName{id, id};
               }) {}

  std::vector<eventlog::Output> handle(const eventlog::Record& input) override {
    if (input.header.kind() != v1::KIND_FILE_ORDER) return {};
    return mortal<std::vector<eventlog::Output>>(
        *log_, deaths_.next(kStepsOfAFile), Deaths::writing, [&] { return files_.handle(input); });
  }

 private:
  std::shared_ptr<Durable> log_;
  Deaths& deaths_;
  adapters::PaymentFiles files_;
};

/// Where a run has a file that the bank did not answer, the bank does, and its answer is read.
class BankStages::Reading : public eventlog::Handler {
 public:
  Reading(std::shared_ptr<Durable> log, const fs::path& folder, Deaths& deaths)
      : log_(std::move(log)), folder_(folder), deaths_(deaths), answers_(folder / "bank") {}

  std::vector<eventlog::Output> handle(const eventlog::Record& input) override {
    v1::KeyState stored;
    v1::RunState run;
    if (!stored.ParseFromString(input.payload) || !run.ParseFromString(stored.state())) return {};
    for (const v1::RunFile& file : run.files()) {
      if (!file.has_written() || file.has_answered()) continue;
      answer(file.written().name());
      mortal<std::size_t>(*log_, deaths_.next(kStepsOfAnAnswer), Deaths::reading, [&] {
        return answers_.pass(*log_, from_micros(input.header.recorded_at_us()));
      });
    }
    return {};
  }

 private:
  /// The bank is another machine: it does not die here.
  void answer(const std::string& name) const {
    const fs::path file = folder_ / "bank" / name;
    const fs::path seen = folder_ / "seen" / name;
    fs::create_directories(folder_ / "seen");
    fs::create_directories(folder_ / "bank" / "answers");
    if (!fs::exists(seen)) {  // whole or not at all: where the process is killed, this is too
      const fs::path copy = folder_ / ("copy-of-" + name);
      fs::copy_file(file, copy, fs::copy_options::overwrite_existing);
      fs::rename(copy, seen);
    }
    if (content(file) != content(seen)) std::ofstream(folder_ / "changed") << name << '\n';
    SimulatedBank bank;
    bank.take(file, rejects_of(file));
    const fs::path made = folder_ / ("answer-to-" + name);
    std::ofstream(made) << bank.answer();
    fs::rename(made, folder_ / "bank" / "answers" / made.filename());
  }

  std::shared_ptr<Durable> log_;
  fs::path folder_;
  Deaths& deaths_;
  adapters::BankAnswers answers_;
};

BankStages::BankStages(eventlog::Log& log, fs::path folder, Deaths& deaths)
    : log_(std::make_shared<Durable>(log)), folder_(std::move(folder)), deaths_(deaths) {
  die_at_file_operation(0);
}
BankStages::~BankStages() = default;

eventlog::Stage BankStages::files() {
  return eventlog::PlainStage{.group = "bank.files",
                              .inputs = {std::string(topics::kInstructions)},
                              .handler = std::make_shared<Writing>(log_, folder_, deaths_)};
}
eventlog::Stage BankStages::answers() {
  return eventlog::PlainStage{.group = "bank.answers",
                              .inputs = {std::string(topics::kRuns)},
                              .handler = std::make_shared<Reading>(log_, folder_, deaths_)};
}

std::string check_files(
    const fs::path& folder,
    std::map<std::string, std::map<std::pair<std::string, std::string>, std::int64_t>>& credits,
    std::vector<std::string>& files) {
  std::ostringstream wrong;
  if (fs::exists(folder / "changed")) wrong << "bytes changed: " << content(folder / "changed");
  if (!fs::exists(folder / "bank")) return wrong.str();
  SimulatedBank bank;
  std::map<std::string, int> numbers;
  for (const auto& entry : fs::directory_iterator(folder / "bank")) {
    const std::string name = entry.path().filename().string();
    if (entry.is_directory()) continue;
    if (!name.ends_with(".xml") || name.starts_with(".")) {
      wrong << "left over: " << name << '\n';
      continue;
    }
    files.push_back(name);
    if (++numbers[name.substr(0, name.rfind('-'))] > 1) wrong << "a second file: " << name << '\n';
    if (content(entry.path()) != content(folder / "seen" / name))
      wrong << "not what the bank saw: " << name << '\n';
    if (const std::string said = bank.take(entry.path(), rejects_of(entry.path())); !said.empty())
      wrong << name << ": " << said << '\n';
  }
  for (const auto& [credit, cents] : bank.credits())
    credits[credit.account][{credit.program, credit.government}] += cents;
  return wrong.str();
}

}  // namespace guichet::testing
