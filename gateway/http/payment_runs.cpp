#include "gateway/http/payment_runs.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <variant>
#include <vector>

#include "gateway/http/body_texts.h"
#include "gateway/http/command_record.h"
#include "gateway/http/elsewhere.h"
#include "gateway/http/ids.h"
#include "gateway/http/payment_file.h"
#include "gateway/http/run_json.h"
#include "gateway/http/state_of.h"
#include "gateway/http/tell_owner.h"
#include "gateway/identity/access.h"
#include "payments/run_processor.h"
#include "payments/run_sum.h"
#include "schemas/topics.h"

namespace guichet::http {

namespace asio = boost::asio;
using asio::awaitable;

namespace {

constexpr std::size_t kRecordsAtOnce = 1'000;
constexpr std::size_t kMaxRunsListed = 200;
constexpr std::size_t kMaxReason = 200;

Response json_response(JsonOut out, unsigned status = 200) {
  Response response;
  response.status = status;
  response.body = std::move(out).take();
  return response;
}

Response run_response(const v1::RunState& run, unsigned status = 200) {
  JsonOut out;
  write_run(out, run);
  Response response = json_response(std::move(out), status);
  response.set("ETag", "\"" + std::to_string(run.version()) + "\"");
  response.about.runs = {run.run_id()};
  const v1::PartitionTally shown = payments::preview(run);
  for (const auto* listed : {&shown.largest(), &shown.new_accounts()})
    for (const v1::ListedPayment& payment : *listed)
      response.about.clients.push_back(payment.client_id());
  return response;
}

Response bad_field(const Exchange& exchange, std::string pointer, Words detail) {
  return exchange.problem(
      Problem{ProblemKind::bad_fields, std::nullopt, {{std::move(pointer), std::move(detail)}}});
}

Problem impossible(std::string en, std::string fr) {
  return Problem{ProblemKind::run_state, Words{std::move(en), std::move(fr)}, {}};
}

const v1::RunVerdict* find_verdict(const v1::RunState& run, const std::string& command) {
  const auto found = std::ranges::find(run.verdicts(), command, &v1::RunVerdict::command_id);
  return found == run.verdicts().end() ? nullptr : &*found;
}

}  // namespace

std::optional<v1::RunState> PaymentRuns::find(const std::string& run_id) const {
  return state_of<v1::RunState>(parts_.log.latest(topics::kRuns, run_id));
}

Response PaymentRuns::refuse(const Exchange& exchange, v1::RunVerdict::Outcome outcome) const {
  switch (outcome) {
    case v1::RunVerdict::SAME_PERSON:
      return exchange.problem(ProblemKind::same_person);
    case v1::RunVerdict::OTHER_DATE:
      return exchange.problem(ProblemKind::key_reused);
    case v1::RunVerdict::NOT_PREPARED:
      return exchange.problem(
          impossible("The run has no preview yet; read it again in a moment.",
                     "Le paiement n’a pas encore d’aperçu; relisez-le dans un instant."));
    case v1::RunVerdict::HASH_MISMATCH:
      return exchange.problem(
          impossible("The hash is not that of this run's preview. Read the run, look at its "
                     "preview, and send its hash.",
                     "L’empreinte n’est pas celle de l’aperçu. Relisez le paiement, examinez "
                     "l’aperçu et envoyez son empreinte."));
    case v1::RunVerdict::RELEASED:
      return exchange.problem(
          impossible("The run was released before.", "Le paiement a déjà été libéré."));
    case v1::RunVerdict::CANCELLED:
      return exchange.problem(impossible("The run was cancelled. Prepare another.",
                                         "Le paiement a été annulé. Préparez-en un autre."));
    case v1::RunVerdict::PAST_DATE:
      return exchange.problem(
          impossible("The run's date is over. Cancel it and prepare another.",
                     "La date du paiement est passée. Annulez-le et préparez-en un autre."));
    default:
      return exchange.problem(ProblemKind::fault);
  }
}

awaitable<PaymentRuns::Sent> PaymentRuns::send(const Exchange& exchange, std::string run_id,
                                               v1::Kind kind, std::string payload) {
  std::vector<eventlog::Record> records;
  records.push_back(
      command_record(parts_, exchange, topics::kRunsInbox, kind, run_id, std::move(payload)));
  const std::string command = records.front().header.id();
  Sent sent;
  const auto seen = [&] {
    std::optional<v1::RunState> run = find(run_id);
    const v1::RunVerdict* verdict = run ? find_verdict(*run, command) : nullptr;
    if (verdict == nullptr) return false;
    sent.outcome = verdict->outcome();
    sent.run = std::move(run);
    return true;
  };
  const auto problem =
      co_await tell_owner(parts_.log, std::move(records), limits_.verdict_time, seen);
  if (problem) sent.problem = *problem;
  co_return sent;
}

awaitable<Response> PaymentRuns::prepare(const Exchange& exchange) {
  if (!authorize(exchange.caller, Call::prepare_payment_run, {}))
    co_return exchange.problem(ProblemKind::not_allowed);
  auto body = read_texts(exchange.request.body, {"date"});
  if (Problem* problem = std::get_if<Problem>(&body)) co_return exchange.problem(*problem);
  const Result<Day> date = parse_day(std::get<0>(body)["date"]);
  if (!date)
    co_return bad_field(exchange, "#/date",
                        {"must be a day such as 2026-01-20", "doit être un jour comme 2026-01-20"});
  if (payments::is_past(to_days(*date), to_micros(parts_.clock())))
    co_return bad_field(exchange, "#/date",
                        {"is over; a run is for today or a day to come",
                         "est passé; un paiement se fait aujourd’hui ou un jour à venir"});
  const std::string_view key = exchange.request.field("Idempotency-Key");
  if (const auto problem = refuse_key(key)) co_return exchange.problem(*problem);
  const std::string run_id =
      key.empty() ? fresh_id(parts_.clock())
                  : application_id_of_key(parts_.secrets, parts_.tenant + "/payment-runs", key);
  v1::PrepareRun prepare;
  prepare.set_date(to_days(*date));
  std::string payload = prepare.SerializeAsString();
  Sent sent = co_await send(exchange, run_id, v1::KIND_PREPARE_RUN, std::move(payload));
  if (!sent.run) co_return exchange.problem(sent.problem);
  if (sent.outcome != v1::RunVerdict::ACCEPTED && sent.outcome != v1::RunVerdict::REPLAYED)
    co_return refuse(exchange, sent.outcome);
  Response response = run_response(*sent.run, 201);
  response.set("Location", "/v1/payment-runs/" + run_id);
  co_return response;
}

awaitable<Response> PaymentRuns::read(const Exchange& exchange) {
  if (!authorize(exchange.caller, Call::read_payments, {}))
    co_return exchange.problem(ProblemKind::not_allowed);
  const auto id = parse_uuid(exchange.id);
  const auto run = id ? find(*id) : std::nullopt;
  if (!run) co_return exchange.problem(ProblemKind::not_found);
  co_return run_response(*run);
}

awaitable<Response> PaymentRuns::list(const Exchange& exchange) {
  if (!authorize(exchange.caller, Call::read_payments, {}))
    co_return exchange.problem(ProblemKind::not_allowed);
  std::vector<FieldError> errors;
  exchange.query.refuse_others({}, errors);
  if (!errors.empty())
    co_return exchange.problem(Problem{ProblemKind::bad_parameters, std::nullopt, errors});
  const auto make = [&] {
    std::map<std::string, v1::RunState> newest;
    for (std::uint32_t partition = 0; partition < parts_.log.partitions(); ++partition) {
      for (std::uint64_t next = 0;;) {
        const auto records = parts_.log.read(topics::kRuns, partition, next, kRecordsAtOnce);
        if (records.empty()) break;
        next = records.back().position + 1;
        for (const eventlog::Record& record : records)
          if (auto run = state_of<v1::RunState>(record)) newest[run->run_id()] = std::move(*run);
      }
    }
    std::vector<const v1::RunState*> runs;
    for (const auto& [id, run] : newest) runs.push_back(&run);
    std::ranges::sort(runs, [](const v1::RunState* a, const v1::RunState* b) {
      return std::tuple(a->prepared_at_us(), a->run_id()) >
             std::tuple(b->prepared_at_us(), b->run_id());
    });
    if (runs.size() > kMaxRunsListed) runs.resize(kMaxRunsListed);
    JsonOut out;
    out.begin_object().key("items").begin_array();
    for (const v1::RunState* run : runs) write_run(out, *run);
    out.end_array().key("next").null().end_object();
    Response response = json_response(std::move(out));
    for (const v1::RunState* run : runs) response.about.runs.push_back(run->run_id());
    return response;
  };
  co_return co_await elsewhere(readers_, make);
}

awaitable<Response> PaymentRuns::release(const Exchange& exchange) {
  if (!authorize(exchange.caller, Call::release_payment_run, {}))
    co_return exchange.problem(ProblemKind::not_allowed);
  auto body = read_texts(exchange.request.body, {"hash"});
  if (Problem* problem = std::get_if<Problem>(&body)) co_return exchange.problem(*problem);
  const std::string hash = std::get<0>(body)["hash"];
  if (hash.empty())
    co_return bad_field(exchange, "#/hash",
                        {"must be the hash of the preview that you looked at",
                         "doit être l’empreinte de l’aperçu que vous avez examiné"});
  const auto id = parse_uuid(exchange.id);
  if (!id || !find(*id)) co_return exchange.problem(ProblemKind::not_found);
  v1::ReleaseRun release;
  release.set_hash(hash);
  std::string payload = release.SerializeAsString();
  Sent sent = co_await send(exchange, *id, v1::KIND_RELEASE_RUN, std::move(payload));
  if (!sent.run) co_return exchange.problem(sent.problem);
  if (sent.outcome != v1::RunVerdict::ACCEPTED) co_return refuse(exchange, sent.outcome);
  co_return run_response(*sent.run, 202);
}

awaitable<Response> PaymentRuns::cancel(const Exchange& exchange) {
  if (!authorize(exchange.caller, Call::cancel_payment_run, {}))
    co_return exchange.problem(ProblemKind::not_allowed);
  auto body = read_texts(exchange.request.body, {"reason"});
  if (Problem* problem = std::get_if<Problem>(&body)) co_return exchange.problem(*problem);
  const std::string reason = std::get<0>(body)["reason"];
  if (reason.size() > kMaxReason)
    co_return bad_field(exchange, "#/reason",
                        {"must have at most 200 bytes", "doit avoir au plus 200 octets"});
  const auto id = parse_uuid(exchange.id);
  if (!id || !find(*id)) co_return exchange.problem(ProblemKind::not_found);
  v1::CancelRun cancel;
  cancel.set_reason(reason);
  std::string payload = cancel.SerializeAsString();
  Sent sent = co_await send(exchange, *id, v1::KIND_CANCEL_RUN, std::move(payload));
  if (!sent.run) co_return exchange.problem(sent.problem);
  if (sent.outcome != v1::RunVerdict::ACCEPTED && sent.outcome != v1::RunVerdict::REPLAYED)
    co_return refuse(exchange, sent.outcome);
  co_return run_response(*sent.run, 202);
}

awaitable<Response> PaymentRuns::files(const Exchange& exchange) {
  if (!authorize(exchange.caller, Call::read_payments, {}))
    co_return exchange.problem(ProblemKind::not_allowed);
  const auto id = parse_uuid(exchange.id);
  const auto run = id ? find(*id) : std::nullopt;
  if (!run) co_return exchange.problem(ProblemKind::not_found);
  JsonOut out;
  out.begin_object();
  write_files(out, *run);
  out.end_object();
  Response response = json_response(std::move(out));
  response.about.runs = {run->run_id()};
  co_return response;
}

awaitable<Response> PaymentRuns::file(const Exchange& exchange) {
  if (!authorize(exchange.caller, Call::read_payment_files, {}))
    co_return exchange.problem(ProblemKind::not_allowed);
  const auto id = parse_uuid(exchange.id);
  const auto run = id ? find(*id) : std::nullopt;
  if (!run) co_return exchange.problem(ProblemKind::not_found);
  const auto found = std::ranges::find_if(run->files(), [&](const v1::RunFile& file) {
    return file.has_written() && std::to_string(file.order().number()) == exchange.number;
  });
  if (found == run->files().end()) co_return exchange.problem(ProblemKind::not_found);
  const v1::FileWritten& written = found->written();
  Response response;
  response.content_type = "application/xml";
  const std::string etag = "\"" + written.sha256() + "\"";
  response.set("ETag", etag);
  const std::string known = exchange.request.list_field("If-None-Match");
  if (!known.empty() && matches_etag(known, etag)) {
    response.status = 304;
    co_return response;
  }
  // The name is the run's, not a caller's: <run>-<number>-<hash>.xml.
  response.stream = FileStream::open(parts_.bank_files / written.name(), written.bytes(), readers_);
  if (response.stream == nullptr) {
    Problem elsewhere{ProblemKind::not_found, std::nullopt, {}};
    elsewhere.detail = Words{
        "The file was written, and is not on this machine as it was written. Look in the folder "
        "bank_files of the process that pays.",
        "Le fichier a été écrit, et n’est pas sur cette machine tel qu’il a été écrit. Cherchez "
        "dans le dossier bank_files du processus qui paie."};
    co_return exchange.problem(elsewhere);
  }
  response.about.runs = {run->run_id()};
  response.set("Content-Disposition", "attachment; filename=\"" + written.name() + "\"");
  co_return response;
}

}  // namespace guichet::http
