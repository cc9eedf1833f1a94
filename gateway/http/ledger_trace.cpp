#include "gateway/http/ledger_trace.h"
#include "gateway/http/state_of.h"

#include <algorithm>
#include <map>
#include <set>

#include "eventlog/partition.h"
#include "gateway/identity/access.h"
#include "payments/run_sum.h"
#include "payments/trial_balance.h"
#include "schemas/topics.h"
#include "schemas/values/money.h"

namespace guichet::http {
namespace {

constexpr std::size_t kRecordsAtOnce = 4'096;
constexpr std::size_t kMaxIdBytes = 256;

std::string dollars(std::int64_t cents) {
  return Money::of_cents(cents).to_string();
}

std::string_view name_of(v1::Posting::Why why) {
  switch (why) {
    case v1::Posting::ENTITLED:
      return "entitled";
    case v1::Posting::INSTRUCTED:
      return "instructed";
    case v1::Posting::SETTLED:
      return "settled";
    case v1::Posting::RETURNED:
      return "returned";
    default:
      return "unknown";
  }
}

std::string_view name_of(v1::DeterminationStatus status) {
  switch (status) {
    case v1::ELIGIBLE:
      return "eligible";
    case v1::INELIGIBLE:
      return "ineligible";
    case v1::NEEDS_INFORMATION:
      return "needs_information";
    case v1::REFERRED:
      return "referred";
    default:
      return "failed";
  }
}

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::vector<TracedPosting> postings_of(const eventlog::Log& log, const Traced& traced) {
  std::vector<TracedPosting> postings;
  const std::uint32_t partition = eventlog::partition_of(traced.client, log.partitions());
  for (std::uint64_t next = 0;;) {
    const auto records = log.read(topics::kLedger, partition, next, kRecordsAtOnce);
    if (records.empty()) return postings;
    next = records.back().position + 1;
    for (const eventlog::Record& record : records) {
      v1::Posting posting;
      if (record.header.key() != traced.client || !posting.ParseFromString(record.payload))
        continue;
      const std::string& id = record.header.id();
      const bool wanted =
          traced.posting.empty() ? posting.cause() == traced.payment : id == traced.posting;
      const bool known =
          std::ranges::any_of(postings, [&](const TracedPosting& other) { return other.id == id; });
      if (wanted && !known)
        postings.push_back({id, from_micros(record.header.recorded_at_us()), posting});
    }
  }
}

const v1::Determination* find_answer(const v1::Submission& submission, const std::string& id) {
  for (const v1::ProgramCase& program : submission.programs())
    for (const v1::Determination& answer : program.answers())
      if (answer.id() == id) return &answer;
  return nullptr;
}

/// The determination in the case that its id names: <application>/<submission>/…
TracedDetermination determination_of(const eventlog::Log& log, const std::string& id,
                                     const std::string& version) {
  TracedDetermination traced{.id = id,
                             .program_version = version,
                             .determination = {},
                             .submission = {},
                             .application = id.substr(0, id.find('/')),
                             .number = {}};
  const auto state = state_of<v1::CaseState>(log.latest(topics::kCases, traced.application));
  if (!state) return traced;
  traced.number = state->number();
  const auto look = [&](const v1::Submission& submission) {
    const v1::Determination* answer = find_answer(submission, id);
    if (answer == nullptr) return;
    traced.determination = *answer;
    traced.submission = submission;
  };
  for (const v1::Submission& past : state->past()) look(past);
  look(state->current());
  return traced;
}

void write_determination(JsonOut& out, const TracedDetermination& traced,
                         const identity::Principal& caller, Language language) {
  out.begin_object().field("id", traced.id).field("application", traced.application);
  if (!traced.number.empty()) out.field("number", traced.number);
  out.field("program_version", traced.program_version);
  if (!traced.determination) {
    out.end_object();
    return;
  }
  const v1::Determination& determination = *traced.determination;
  const v1::Application& application = traced.submission.application();
  const bool may_read =
      authorize(caller, identity::Call::read_application, {.desk = application.channel().desk()});
  out.field("program", determination.program());
  out.key("submission").number(determination.submission());
  out.field("effective_date", guichet::to_string(from_days(application.effective_date())));
  out.field("determined_at", guichet::to_string(from_micros(determination.determined_at_us())));
  out.key("lines").begin_array();
  for (const v1::DeterminationLine& line : determination.lines()) {
    out.begin_object().field("beneficiary", line.beneficiary());
    out.field("status", name_of(line.status()));
    out.field("annual_amount", dollars(line.annual_amount_cents()));
    out.key("reasons").begin_array();
    for (const v1::Reason& reason : line.reasons()) {
      out.begin_object();
      if (may_read)
        out.field("text", language == Language::fr ? reason.text().fr() : reason.text().en());
      out.field("rule", reason.rule()).field("citation", reason.citation()).end_object();
    }
    out.end_array().end_object();
  }
  out.end_array().end_object();
}

void write_posting(JsonOut& out, const TracedPosting& traced) {
  const v1::Posting& posting = traced.posting;
  out.begin_object().field("id", traced.id).field("why", name_of(posting.why()));
  out.field("at", guichet::to_string(traced.at)).field("cause", posting.cause());
  out.key("entries").begin_array();
  for (const v1::LedgerEntry& entry : posting.entries()) {
    out.begin_object().field("account", payments::to_string(entry.account()));
    out.field("government", entry.government()).field("program", entry.program());
    if (!entry.beneficiary().empty()) out.field("beneficiary", entry.beneficiary());
    out.field("amount", dollars(entry.amount_cents()));
    out.field("determination", entry.determination_id());
    out.field("program_version", entry.program_version()).end_object();
  }
  out.end_array().end_object();
}

void write_run(JsonOut& out, const v1::RunState& run) {
  out.key("run").begin_object().field("id", run.run_id());
  out.field("date", guichet::to_string(from_days(run.date())));
  out.field("state", payments::to_string(run.status()));
  out.field("prepared_by", run.prepared_by().subject());
  out.field("released_by", run.released_by().subject());
  out.field("hash", run.hash()).end_object();
}

}  // namespace

std::optional<Traced> parse_traced(std::string_view id) {
  const std::size_t slash = id.find('/');
  if (id.size() > kMaxIdBytes || slash == 0 || slash == std::string_view::npos) return {};
  const std::string_view before = id.substr(0, slash), after = id.substr(slash + 1);
  if (after.starts_with('p') && is_number(after.substr(1)))
    return Traced{std::string(before), std::string(id), {}};
  const std::string_view client = after.substr(0, after.find('/'));
  if (client.empty()) return {};
  return Traced{std::string(client), {}, std::string(id)};
}

std::optional<BooksTrace> trace_of_books(const eventlog::Log& log, const Traced& traced) {
  BooksTrace trace{.of = traced.posting.empty() ? traced.payment : traced.posting,
                   .postings = postings_of(log, traced),
                   .run = {},
                   .determinations = {}};
  if (trace.postings.empty()) return std::nullopt;
  std::set<std::string> named;
  for (const TracedPosting& posting : trace.postings) {
    if (!posting.posting.run_id().empty() && !trace.run)
      trace.run = state_of<v1::RunState>(log.latest(topics::kRuns, posting.posting.run_id()));
    for (const v1::LedgerEntry& entry : posting.posting.entries())
      if (named.insert(entry.determination_id()).second)
        trace.determinations.push_back(
            determination_of(log, entry.determination_id(), entry.program_version()));
  }
  return trace;
}

void write_trace(JsonOut& out, const BooksTrace& trace, const identity::Principal& caller,
                 Language language) {
  out.begin_object().field("of", trace.of).key("postings").begin_array();
  for (const TracedPosting& posting : trace.postings) write_posting(out, posting);
  out.end_array();
  if (trace.run) write_run(out, *trace.run);
  out.key("determinations").begin_array();
  for (const TracedDetermination& determination : trace.determinations)
    write_determination(out, determination, caller, language);
  out.end_array().end_object();
}

}  // namespace guichet::http
