#include "adapters/payments/bank_answers.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <vector>

#include "adapters/bank/answer.h"
#include "adapters/bank/identifiers.h"
#include "adapters/bank/sent_file.h"
#include "adapters/payments/run_lines.h"
#include "eventlog/append.h"
#include "eventlog/durable_file.h"
#include "eventlog/partition.h"
#include "guichet/v1/runs.pb.h"
#include "schemas/topics.h"

namespace guichet::adapters {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kRecordsAtOnce = 1'000;
constexpr std::size_t kHashInName = 16;
constexpr const char* kActor = "bank";

/// Reads the head of a message and nothing behind it.
class HeadOnly : public bank::MessageHandler {
 public:
  std::optional<Failure> head(const bank::MessageHead& head) override {
    head_ = head;
    return Failure{"read as far as wanted"};
  }
  std::optional<Failure> batch(const bank::MessageBatch&) override { return {}; }
  std::optional<Failure> line(const bank::MessageLine&) override { return {}; }
  std::optional<bank::MessageHead> head_;
};

struct Line {
  std::string payment_id;
  std::string client_id;
};

std::map<std::string, Line, std::less<>> lines_of(const eventlog::Log& log, const v1::RunState& run,
                                                  std::uint32_t number) {
  std::map<std::string, Line, std::less<>> lines;
  for (const v1::RunFile& file : run.files())
    if (file.order().number() == number)
      RunLines(log).each(file.order(), ~std::uint64_t{0}, [&](const v1::PaymentInstruction& line) {
        lines[line.payment().end_to_end_id()] = {line.payment().id(), line.client_id()};
      });
  return lines;
}

/// The newest state of a run. Read from the topic, which every process can.
std::optional<v1::RunState> run_of(const eventlog::Log& log, const std::string& run_id) {
  const std::uint32_t partition = eventlog::partition_of(run_id, log.partitions());
  std::optional<v1::RunState> newest;
  for (std::uint64_t next = 0;;) {
    const auto records = log.read(topics::kRuns, partition, next, kRecordsAtOnce);
    if (records.empty()) return newest;
    next = records.back().position + 1;
    for (const eventlog::Record& record : records) {
      v1::KeyState stored;
      v1::RunState run;
      if (record.header.key() == run_id && stored.ParseFromString(record.payload) &&
          run.ParseFromString(stored.state()))
        newest = std::move(run);
    }
  }
}

/// Appends in pieces, each durable before the next.
class Appender {
 public:
  Appender(eventlog::Log& log, Instant now) : log_(log), now_(now) {}

  void add(std::string_view topic, std::string key, std::string id, v1::Kind kind,
           const google::protobuf::MessageLite& payload) {
    eventlog::Record& record = records_.emplace_back();
    record.topic = topic;
    record.header.set_key(std::move(key));
    record.header.set_id(std::move(id));
    record.header.set_kind(kind);
    record.header.set_tenant("default");
    record.header.set_recorded_at_us(to_micros(now_));
    record.header.set_schema_version(1);
    record.header.mutable_actor()->set_subject(kActor);
    record.payload = payload.SerializeAsString();
    if (records_.size() >= kRecordsAtOnce) flush();
  }
  void flush() {
    if (!records_.empty() && !eventlog::append_and_wait(log_, std::move(records_)))
      throw eventlog::LogUnavailable("no room in the log for the bank's answers");
    records_.clear();
  }

 private:
  eventlog::Log& log_;
  Instant now_;
  std::vector<eventlog::Record> records_;
};

std::string held_text(const bank::Answer& answer) {
  std::string text;
  for (const bank::HeldLine& line : answer.held())
    text += line.end_to_end_id + ": " + std::string(bank::text_of(line.why).en) + ": " + line.said +
            "\n";
  if (answer.held_count() > answer.held().size())
    text += "and " + std::to_string(answer.held_count() - answer.held().size()) + " more\n";
  return text;
}

}  // namespace

std::optional<BankAnswers::Ours> BankAnswers::find_ours(const std::string& message_id) const {
  if (!fs::exists(folder_)) return {};
  for (const auto& entry : fs::directory_iterator(folder_)) {
    // <run>-<number>-<hash>.xml
    const std::string stem = entry.path().stem().string();
    if (entry.path().extension() != ".xml" || stem.size() < kHashInName + 4) continue;
    const std::string named = stem.substr(0, stem.size() - kHashInName - 1);
    const std::size_t dash = named.rfind('-');
    if (dash == std::string::npos) continue;
    Ours ours{.path = entry.path(), .run_id = named.substr(0, dash), .number = 0};
    const char* end = named.data() + named.size();
    const auto read = std::from_chars(named.data() + dash + 1, end, ours.number);
    if (read.ec != std::errc{} || read.ptr != end) continue;
    if (bank::message_id(ours.run_id, static_cast<int>(ours.number)) == message_id) return ours;
  }
  return {};
}

Result<BankAnswers::Taken> BankAnswers::take(eventlog::Log& log, const fs::path& message,
                                             Instant now) const {
  HeadOnly head;
  const auto first = bank::read_message(bank::read_file(message), head);
  if (!head.head_) return first ? Failure{"the message has no head"} : first.error();
  const auto ours = find_ours(head.head_->original_message_id);
  if (!ours) return Failure{"it answers a file that is none of ours"};
  const auto sent = bank::SentFile::read(bank::read_file(ours->path));
  if (!sent) return Failure{"our own file cannot be read: " + sent.error().message};
  const auto answer = bank::Answer::read(*sent, bank::read_file(message));
  if (!answer) return answer.error();
  const auto run = run_of(log, ours->run_id);
  if (!run) return Failure{"the run of our file is not in the log"};

  const auto lines = lines_of(log, *run, ours->number);
  const std::string& message_id = answer->head().message_id;
  Appender appender(log, now);
  v1::FileAnswered answered;
  answered.set_run_id(ours->run_id);
  answered.set_number(ours->number);
  answer->each(
      [&](std::string_view id, Money amount, bank::Standing standing, const bank::Reason& reason) {
        const bool accepted =
            standing == bank::Standing::accepted || standing == bank::Standing::settled;
        const auto line = lines.find(id);
        if ((!accepted && standing != bank::Standing::rejected) || line == lines.end()) return;
        v1::PaymentReport report;
        report.set_payment_id(line->second.payment_id);
        report.set_accepted(accepted);
        report.set_amount_cents(amount.cents());
        if (!accepted) report.set_reason(reason.code);
        appender.add(topics::kPaymentsInbox, line->second.client_id,
                     report.payment_id() + (accepted ? "/accepted/" : "/rejected/") + message_id,
                     v1::KIND_PAYMENT_REPORT, report);
        if (accepted) {
          answered.set_accepted(answered.accepted() + 1);
        } else {
          answered.set_rejected(answered.rejected() + 1);
          answered.set_rejected_cents(answered.rejected_cents() + amount.cents());
        }
      });
  if (answered.accepted() + answered.rejected() == sent->size())
    appender.add(topics::kRunsInbox, ours->run_id,
                 ours->run_id + "/file/" + std::to_string(ours->number) + "/answered",
                 v1::KIND_FILE_ANSWERED, answered);
  appender.flush();
  return Taken{held_text(*answer)};
}

namespace {

/// Where a message of this name goes: one that came before under the same name is kept.
fs::path free_place(const fs::path& wanted) {
  fs::path place = wanted;
  for (int number = 2; fs::exists(place); ++number)
    place = wanted.parent_path() /
            (wanted.stem().string() + "-" + std::to_string(number) + wanted.extension().string());
  return place;
}

}  // namespace

std::size_t BankAnswers::pass(eventlog::Log& log, Instant now) {
  const fs::path answers = folder_ / "answers";
  for (const char* sub : {"done", "refused"}) fs::create_directories(answers / sub);
  std::vector<fs::path> messages;
  for (const auto& entry : fs::directory_iterator(answers))
    if (entry.is_regular_file() && entry.path().extension() == ".xml")
      messages.push_back(entry.path());
  std::ranges::sort(messages);
  std::size_t moved = 0;
  for (const fs::path& message : messages) {
    const auto taken = take(log, message, now);
    // By the disk's own clock on both sides.
    const auto age = fs::file_time_type::clock::now() - fs::last_write_time(message);
    if (!taken && age < kBankSettleTime && age > -std::chrono::minutes(1)) continue;
    const fs::path to = free_place(answers / (taken ? "done" : "refused") / message.filename());
    const std::string text = taken ? taken->held : taken.error().message + "\n";
    if (!text.empty()) eventlog::write_durably(to.string() + ".txt", text);
    fs::rename(message, to);
    ++moved;
  }
  return moved;
}

}  // namespace guichet::adapters
