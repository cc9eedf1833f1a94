#include "adapters/file/file_answers.h"

#include <algorithm>
#include <exception>
#include <iterator>
#include <system_error>
#include <utility>

#include "adapters/answer.h"
#include "adapters/outside_answer.h"
#include "adapters/request.h"
#include "eventlog/append.h"
#include "eventlog/dead_letter.h"
#include "eventlog/host.h"
#include "eventlog/sent.h"
#include "schemas/determination_json.h"
#include "schemas/topics.h"

namespace guichet::adapters {
namespace {

constexpr const char* kPlace = "adapters/file";
constexpr const char* kTenant = "default";
constexpr std::string_view kSuffix = ".json";

v1::Header header_at(Instant now, const std::string& program) {
  v1::Header header;
  header.set_tenant(kTenant);
  header.set_recorded_at_us(to_micros(now));
  header.set_schema_version(1);
  header.mutable_actor()->set_subject("program:" + program);
  return header;
}

/// The file as a record, as if the program had written it to its topic itself.
eventlog::Record unchecked(const FileAnswers::Collected& file, std::string bytes,
                           const std::string& key, Instant now) {
  eventlog::Record record;
  record.topic = topics::determinations(file.program);
  record.header = header_at(now, file.program);
  // The file, not its content: another file of that name has another time.
  record.header.set_id(file.program + "/" + (is_safe_name(file.name) ? file.name : "unsafe-name") +
                       "/" + std::to_string(file.identity.modified_ns));
  record.header.set_kind(v1::KIND_UNCHECKED_DETERMINATION);
  record.header.set_key(key);
  record.payload = std::move(bytes);
  return record;
}

/// As a host does for what its stages refuse.
void print_where_refused(const FileAnswers::Collected& file) {
  v1::DeadLetter letter;
  if (file.refused && letter.ParseFromString(file.record.payload))
    eventlog::print_on_standard_error(eventlog::line_of(letter));
}

bool may_still_be_written(const ExchangeFolder::Identity& identity, Instant now) {
  const auto age = now.time_since_epoch() - std::chrono::nanoseconds(identity.modified_ns);
  // A clock that is far behind the file's is no reason to wait for it.
  return age < kSettleTime && age > -std::chrono::minutes(1);
}

}  // namespace

FileAnswers::FileAnswers(std::filesystem::path exchange, std::vector<std::string> programs)
    : exchange_(std::move(exchange)), programs_(std::move(programs)) {}

std::optional<FileAnswers::Collected> FileAnswers::take(const ExchangeFolder& folder,
                                                        const std::string& program,
                                                        const std::string& name,
                                                        Instant now) const {
  auto file = folder.read(name, kMaxAnswerFileBytes);
  if (!file) return {};
  Collected taken{.program = program, .name = name, .identity = file->identity, .record = {}};
  const auto refused = [&](std::string why, const std::string& request_id) {
    const auto request = RequestId::parse(request_id);
    taken.refused = true;
    const eventlog::Record as_read =
        unchecked(taken, std::move(file->bytes), request ? request->application : program, now);
    taken.record =
        eventlog::sent(eventlog::dead_letter(as_read, {.failure_class = "unusable_answer",
                                                       .place = kPlace,
                                                       .text = std::move(why),
                                                       .program = program}),
                       as_read.header);
    return taken;
  };
  if (!file->fault.empty()) return refused(file->fault, {});
  const auto answer = determination_from_json(file->bytes);
  if (!answer && may_still_be_written(file->identity, now)) return {};
  if (!answer) return refused(answer.error().message, {});
  const std::string_view stem = std::string_view(name).substr(0, name.size() - kSuffix.size());
  const auto checked = checked_answer(*answer, program, stem);
  if (!checked) return refused(checked.error().message, answer->request_id());
  taken.record = eventlog::sent(answer_record(*checked), header_at(now, program));
  return taken;
}

std::vector<FileAnswers::Collected> FileAnswers::collect(const std::string& program,
                                                         Instant now) const {
  std::vector<Collected> all;
  const ExchangeFolder folder(exchange_, program, "determinations");
  for (const std::string& name : folder.names(kMaxFilesPerPass))
    if (auto taken = take(folder, program, name, now)) all.push_back(std::move(*taken));
  return all;
}

void FileAnswers::done(const Collected& collected) const {
  const ExchangeFolder from(exchange_, collected.program, "determinations");
  const ExchangeFolder to(exchange_, collected.program, collected.refused ? "refused" : "done");
  from.move(collected.name, collected.identity, to);
}

std::size_t FileAnswers::pass(eventlog::Log& log, Instant now) {
  std::size_t moved = 0;
  std::exception_ptr first_failure;
  for (const std::string& program : programs_) {
    try {
      moved += pass(log, program, now);
    } catch (const std::system_error&) {
      // One program's folder that is broken keeps no other program waiting.
      if (!first_failure) first_failure = std::current_exception();
    }
  }
  if (first_failure) std::rethrow_exception(first_failure);
  return moved;
}

std::size_t FileAnswers::pass(eventlog::Log& log, const std::string& program, Instant now) {
  std::vector<Collected>& to_move = durable_[program];
  std::vector<eventlog::Record> records;
  std::vector<Collected> fresh = collect(program, now);
  std::erase_if(fresh, [&](const Collected& file) {
    return std::ranges::any_of(to_move, [&](const Collected& other) {
      return other.name == file.name && other.identity == file.identity;
    });
  });
  for (const Collected& file : fresh) records.push_back(file.record);
  if (!records.empty() && eventlog::append_and_wait(log, std::move(records))) {
    for (const Collected& file : fresh) print_where_refused(file);
    std::ranges::move(fresh, std::back_inserter(to_move));
  }

  std::size_t moved = 0;
  while (!to_move.empty()) {
    done(to_move.back());
    to_move.pop_back();
    ++moved;
  }
  return moved;
}

}  // namespace guichet::adapters
