// Run: one payment of all that is due on a date, by scatter and gather.
//
//   status      record                           next        sends
//   (none)      PrepareRun, date not past        preparing   freeze to every partition
//   preparing   report of the last partition     prepared    (the preview has its hash)
//   prepared    ReleaseRun, this hash, by        releasing   release to every partition
//               another person
//   releasing   report of the last partition     released    an order for each file
//   released    FileWritten, the last            sent
//   sent        FileAnswered, the last           settled
//   preparing,  CancelRun                        cancelling  cancel to every partition
//   prepared
//   cancelling  report of the last partition     cancelled
//
// A run without payments has no files: it goes from releasing to settled. Every command leaves its
// verdict in the state; a refused one leaves all else as it was, as does a report that came before.

#include "payments/run_processor.h"

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "eventlog/partition.h"
#include "guichet/v1/payments.pb.h"
#include "guichet/v1/runs.pb.h"
#include "payments/partition_change.h"
#include "payments/refuse.h"
#include "payments/run_sum.h"
#include "schemas/topics.h"

namespace guichet::payments {
namespace {

using eventlog::Record;
using eventlog::Step;

// Vancouver's winter.
constexpr std::int64_t kWestUs = 8LL * 3600 * 1'000'000;
constexpr std::int64_t kDayUs = 24LL * 3600 * 1'000'000;

/// One record's effect on one run.
class RunChange {
 public:
  RunChange(const v1::RunState* before, const Record& input, std::uint32_t partitions)
      : input_(input), partitions_(partitions) {
    if (before != nullptr) *state_ = *before;
  }

  const v1::RunState& state() const { return *state_; }
  bool exists() const { return !state_->run_id().empty(); }
  const Record& input() const { return input_; }
  std::int64_t now_us() const { return input_.header.recorded_at_us(); }

  v1::RunState& edit() {
    told_ = edited_ = true;
    return *state_;
  }

  void answer(v1::RunVerdict::Outcome outcome) {
    edited_ = true;
    auto& verdicts = *state_->mutable_verdicts();
    if (verdicts.size() >= kMaxRunVerdicts) verdicts.DeleteSubrange(0, 1);
    v1::RunVerdict& verdict = *verdicts.Add();
    verdict.set_command_id(input_.header.id());
    verdict.set_outcome(outcome);
    verdict.set_at_us(now_us());
  }

  void refuse(std::string failure_class, std::string text) {
    send(refused(input_, std::move(failure_class), std::move(text)));
  }

  void send(eventlog::Output output) { outputs_.push_back(std::move(output)); }

  void tell_partitions(v1::RunControl::Act act) {
    for (std::uint32_t partition = 0; partition < partitions_; ++partition) {
      v1::PartitionMessage message;
      v1::RunControl& control = *message.mutable_run();
      control.set_act(act);
      control.set_run_id(state_->run_id());
      control.set_date(state_->date());
      control.set_partition(partition);
      send({.topic = std::string(topics::kPaymentsInbox),
            .key = eventlog::key_of_partition(partition, partitions_),
            .id = control_id(control),
            .kind = v1::KIND_CONTROL,
            .payload = message.SerializeAsString()});
    }
  }

  std::uint32_t partitions() const { return partitions_; }

  Step finish() && {
    Step step{.state = nullptr, .outputs = std::move(outputs_)};
    if (!edited_) return step;
    if (told_) {
      state_->set_version(state_->version() + 1);
      state_->set_updated_at_us(now_us());
    }
    step.state = std::move(state_);
    return step;
  }

 private:
  const Record& input_;
  std::uint32_t partitions_;
  std::shared_ptr<v1::RunState> state_ = std::make_shared<v1::RunState>();
  std::vector<eventlog::Output> outputs_;
  bool edited_ = false;
  bool told_ = false;
};

bool is_over(v1::RunStatus status) {
  return status == v1::RUN_CANCELLING || status == v1::RUN_CANCELLED;
}

bool is_released(v1::RunStatus status) {
  return status == v1::RUN_RELEASING || status == v1::RUN_RELEASED || status == v1::RUN_SENT ||
         status == v1::RUN_SETTLED;
}

/// Whoever acts for another is that other person, too.
bool is_same_person(const v1::Actor& a, const v1::Actor& b) {
  for (const std::string& one : {a.subject(), a.on_behalf_of()})
    if (!one.empty() && (one == b.subject() || one == b.on_behalf_of())) return true;
  return false;
}

void prepare(RunChange& change, const v1::PrepareRun& command) {
  if (change.exists())
    return change.answer(command.date() == change.state().date() ? v1::RunVerdict::REPLAYED
                                                                 : v1::RunVerdict::OTHER_DATE);
  if (is_past(command.date(), change.now_us()))
    return change.refuse("past_date", "a run is for today or a day to come");
  v1::RunState& run = change.edit();
  run.set_run_id(change.input().header.key());
  run.set_date(command.date());
  run.set_status(v1::RUN_PREPARING);
  *run.mutable_prepared_by() = change.input().header.actor();
  run.set_prepared_at_us(change.now_us());
  for (std::uint32_t partition = 0; partition < change.partitions(); ++partition)
    run.add_partitions()->set_partition(partition);
  change.answer(v1::RunVerdict::ACCEPTED);
  change.tell_partitions(v1::RunControl::FREEZE);
}

v1::RunVerdict::Outcome why_not_released(const RunChange& change, const v1::ReleaseRun& command) {
  const v1::RunState& run = change.state();
  const v1::Actor& actor = change.input().header.actor();
  if (is_over(run.status())) return v1::RunVerdict::CANCELLED;
  if (is_released(run.status())) return v1::RunVerdict::RELEASED;
  if (run.status() != v1::RUN_PREPARED) return v1::RunVerdict::NOT_PREPARED;
  // Nobody is not another person.
  if (actor.subject().empty() || is_same_person(actor, run.prepared_by()))
    return v1::RunVerdict::SAME_PERSON;
  if (command.hash() != run.hash()) return v1::RunVerdict::HASH_MISMATCH;
  if (is_past(run.date(), change.now_us())) return v1::RunVerdict::PAST_DATE;
  return v1::RunVerdict::ACCEPTED;
}

void release(RunChange& change, const v1::ReleaseRun& command) {
  const v1::RunVerdict::Outcome outcome = why_not_released(change, command);
  change.answer(outcome);
  if (outcome != v1::RunVerdict::ACCEPTED) return;
  v1::RunState& run = change.edit();
  run.set_status(v1::RUN_RELEASING);
  *run.mutable_released_by() = change.input().header.actor();
  run.set_released_at_us(change.now_us());
  change.tell_partitions(v1::RunControl::RELEASE);
}

void cancel(RunChange& change, const v1::CancelRun& command) {
  if (is_over(change.state().status())) return change.answer(v1::RunVerdict::REPLAYED);
  if (is_released(change.state().status())) return change.answer(v1::RunVerdict::RELEASED);
  v1::RunState& run = change.edit();
  run.set_status(v1::RUN_CANCELLING);
  *run.mutable_cancelled_by() = change.input().header.actor();
  run.set_cancelled_at_us(change.now_us());
  run.set_cancel_reason(command.reason());
  change.answer(v1::RunVerdict::ACCEPTED);
  change.tell_partitions(v1::RunControl::CANCEL);
}

void order_files(RunChange& change) {
  v1::RunState& run = change.edit();
  for (const v1::RunPartition& partition : run.partitions()) {
    for (const v1::BlockTotal& block : partition.outcome().blocks()) {
      v1::FileOrder& order = *run.add_files()->mutable_order();
      order.set_run_id(run.run_id());
      order.set_date(run.date());
      order.set_number(static_cast<std::uint32_t>(run.files_size()));
      order.set_partition(partition.partition());
      order.set_block(block.block());
      order.set_payments(block.payments());
      order.set_amount_cents(block.amount_cents());
      order.set_released_at_us(run.released_at_us());
    }
  }
  for (v1::RunFile& file : *run.mutable_files()) {
    file.mutable_order()->set_files(static_cast<std::uint32_t>(run.files_size()));
    change.send({.topic = std::string(topics::kInstructions),
                 .key = run.run_id(),
                 .id = run.run_id() + "/file/" + std::to_string(file.order().number()),
                 .kind = v1::KIND_FILE_ORDER,
                 .payload = file.order().SerializeAsString()});
  }
}

/// Once every file is written, or answered, the run goes on.
void go_on_with_files(RunChange& change) {
  v1::RunState& run = change.edit();
  const auto& files = run.files();
  if (run.status() == v1::RUN_RELEASED && std::ranges::all_of(files, &v1::RunFile::has_written))
    run.set_status(v1::RUN_SENT);
  if (run.status() == v1::RUN_SENT && std::ranges::all_of(files, &v1::RunFile::has_answered))
    run.set_status(v1::RUN_SETTLED);
}

template <class Done>
bool all_partitions(const v1::RunState& run, Done done) {
  return std::ranges::all_of(run.partitions(), done);
}

void take_report(RunChange& change, const v1::PartitionReport& report) {
  const auto& control = report.control();
  const int number = static_cast<int>(control.partition());
  if (!change.exists() || number >= change.state().partitions_size())
    return change.refuse("unknown_run", "the report is for no run, or no partition, that is there");
  const v1::RunPartition& known = change.state().partitions(number);
  switch (control.act()) {
    case v1::RunControl::FREEZE: {
      if (known.frozen()) return;
      v1::RunState& run = change.edit();
      run.mutable_partitions(number)->set_frozen(true);
      *run.mutable_partitions(number)->mutable_preview() = report.tally();
      if (run.status() == v1::RUN_PREPARING && all_partitions(run, &v1::RunPartition::frozen))
        run.set_status(v1::RUN_PREPARED);
      return;
    }
    case v1::RunControl::RELEASE: {
      if (known.released() || change.state().status() != v1::RUN_RELEASING) return;
      v1::RunState& run = change.edit();
      run.mutable_partitions(number)->set_released(true);
      *run.mutable_partitions(number)->mutable_outcome() = report.tally();
      if (!all_partitions(run, &v1::RunPartition::released)) return;
      run.set_status(v1::RUN_RELEASED);
      order_files(change);
      return go_on_with_files(change);
    }
    default: {
      if (known.cancelled()) return;
      v1::RunState& run = change.edit();
      run.mutable_partitions(number)->set_cancelled(true);
      if (all_partitions(run, &v1::RunPartition::cancelled)) run.set_status(v1::RUN_CANCELLED);
    }
  }
}

/// The file of this number; null, and refused, where the run has none.
const v1::RunFile* find_file(RunChange& change, std::uint32_t number) {
  const auto& files = change.state().files();
  if (number >= 1 && number <= static_cast<std::uint32_t>(files.size()))
    return &files[static_cast<int>(number) - 1];
  change.refuse("unknown_file", "the run has no file of this number");
  return nullptr;
}

void take_written(RunChange& change, const v1::FileWritten& written) {
  const v1::RunFile* file = find_file(change, written.number());
  if (file == nullptr) return;
  if (file->has_written()) {
    if (file->written().SerializeAsString() != written.SerializeAsString())
      change.refuse("same_id_other_content", "this file was written before, and is another now");
    return;
  }
  *change.edit().mutable_files(static_cast<int>(written.number()) - 1)->mutable_written() = written;
  go_on_with_files(change);
}

void take_answered(RunChange& change, const v1::FileAnswered& answered) {
  const v1::RunFile* file = find_file(change, answered.number());
  if (file == nullptr || file->has_answered()) return;
  *change.edit().mutable_files(static_cast<int>(answered.number()) - 1)->mutable_answered() =
      answered;
  go_on_with_files(change);
}

bool is_answered(const v1::RunState& run, const std::string& command_id) {
  return std::ranges::find(run.verdicts(), command_id, &v1::RunVerdict::command_id) !=
         run.verdicts().end();
}

template <class Message, class Take>
void with(RunChange& change, Take take) {
  Message message;
  if (message.ParseFromString(change.input().payload)) return take(change, message);
  change.refuse("undecodable", "the payload is not a " + message.GetTypeName());
}

template <class Command, class Take>
void with_command(RunChange& change, Take take) {
  if (is_answered(change.state(), change.input().header.id())) return;
  if (!change.exists() && change.input().header.kind() != v1::KIND_PREPARE_RUN)
    return change.refuse("unknown_run", "the command is for a run that is not there");
  with<Command>(change, take);
}

}  // namespace

bool is_past(std::int32_t date, std::int64_t now_us) {
  return date < (now_us - kWestUs) / kDayUs;
}

RunProcessor::RunProcessor(std::uint32_t partitions, Digest digest)
    : partitions_(partitions), digest_(digest) {}

eventlog::State RunProcessor::parse(std::string_view bytes) const {
  auto state = std::make_shared<v1::RunState>();
  if (!state->ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
    throw std::runtime_error("a state in `runs` cannot be read");
  return state;
}

Step RunProcessor::handle(const eventlog::State& before, const Record& input) const {
  RunChange change(static_cast<const v1::RunState*>(before.get()), input, partitions_);
  switch (input.header.kind()) {
    case v1::KIND_PREPARE_RUN:
      with_command<v1::PrepareRun>(change, prepare);
      break;
    case v1::KIND_RELEASE_RUN:
      with_command<v1::ReleaseRun>(change, release);
      break;
    case v1::KIND_CANCEL_RUN:
      with_command<v1::CancelRun>(change, cancel);
      break;
    case v1::KIND_PARTITION_REPORT:
      with<v1::PartitionReport>(change, take_report);
      break;
    case v1::KIND_FILE_WRITTEN:
      with<v1::FileWritten>(change, take_written);
      break;
    case v1::KIND_FILE_ANSWERED:
      with<v1::FileAnswered>(change, take_answered);
      break;
    default:
      change.refuse("unknown_kind", "not a kind of record that `runs-inbox` takes");
  }
  if (change.state().status() == v1::RUN_PREPARED && change.state().hash().empty())
    change.edit().set_hash(hash_of_preview(change.state(), digest_));
  return std::move(change).finish();
}

Step RunProcessor::hold(const eventlog::State&, const Record&, const v1::DeadLetter&) const {
  return {};
}

std::optional<Instant> RunProcessor::wake_at(const google::protobuf::MessageLite&) const {
  return std::nullopt;
}

eventlog::Output RunProcessor::tick(std::string_view, const google::protobuf::MessageLite&,
                                    Instant) const {
  throw std::logic_error("a run asks for no tick");
}

}  // namespace guichet::payments
