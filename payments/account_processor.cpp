// Accounts: what clients are owed, and what runs do about it.
//
//   key         record                     what becomes of it
//   a client    EntitlementSet             what they are entitled to changes; the difference is
//                                          posted (ENTITLED). A repeat or an older one: dropped
//               PaymentStop                laid, or lifted
//               PaymentReport              settled, or rejected and owed again; posted (reports.h)
//   partition   RunControl freeze          every client: what is due is listed      ─▶ report
//               RunControl release         every client: what was listed is         ─▶ report
//                                          instructed and posted (INSTRUCTED)
//               RunControl cancel          every client: what was listed is forgotten ─▶ report
//               PaymentStop                laid on, or lifted from, an account, a program, all
//
// A partition does its tasks one after the other, client by client (listing.h); its state says how
// far it is. What cannot be used is sent to dead-letters and changes nothing.

#include "payments/account_processor.h"

#include <stdexcept>
#include <utility>

#include "payments/account_change.h"
#include "payments/listing.h"
#include "payments/partition_change.h"
#include "payments/refuse.h"
#include "payments/reports.h"
#include "payments/sets.h"
#include "payments/tally.h"
#include "schemas/topics.h"
#include "schemas/values/invariant.h"

namespace guichet::payments {
namespace {

using eventlog::Record;
using eventlog::Step;

v1::AccountsPartition& partition_of(google::protobuf::MessageLite& state) {
  return *static_cast<v1::AccountState&>(state).mutable_partition();
}

void take_set(AccountChange& change, const Record& input, Digest digest) {
  v1::EntitlementSet set;
  if (!set.ParseFromString(input.payload) || set.application_id().empty() || set.number() == 0)
    return change.send(refused(input, "undecodable", "the payload is no entitlement set"));
  if (set.client_id() != input.header.key())
    return change.send(
        refused(input, "other_client", "the set is for another client than its key"));
  const Taken taken = take_entitlements(change, set, input.header.id(), digest(input.payload));
  if (taken == Taken::contradiction)
    change.send(refused(input, "same_id_other_content",
                        "another set of this application and number came before"));
}

void take_stop(AccountChange& change, const Record& input) {
  v1::PaymentStop stop;
  if (!stop.ParseFromString(input.payload) || stop.scope() != v1::PaymentStop::CLIENT)
    return change.send(refused(input, "undecodable", "the payload is no stop of a client"));
  v1::ClientAccount account = change.account();
  if (!stop.lift() && account.stops_size() >= kMaxClientStops)
    return change.send(refused(input, "too_many_stops", "the client has as many as there may be"));
  stop.set_value(input.header.key());
  if (lay_stop(*account.mutable_stops(), stop, input, kMaxClientStops))
    *change.edit().mutable_stops() = account.stops();
}

void take_report(AccountChange& change, const Record& input) {
  v1::PaymentReport report;
  if (!report.ParseFromString(input.payload))
    return change.send(refused(input, "undecodable", "the payload is no report of a payment"));
  switch (payments::take_report(change, report)) {
    case Reported::unknown:
      return change.send(refused(input, "unknown_payment",
                                 "the bank answers for a payment that "
                                 "this account does not have"));
    case Reported::other_amount:
      return change.send(refused(input, "other_amount", "the bank answers for another amount"));
    case Reported::contradictory:
      return change.send(refused(input, "contradictory_report",
                                 "the bank accepts a payment that it rejected before"));
    case Reported::taken:
    case Reported::repeat:
      return;
  }
}

}  // namespace

AccountProcessor::AccountProcessor(Rules rules) : rules_(std::move(rules)) {}

eventlog::State AccountProcessor::parse(std::string_view bytes) const {
  auto state = std::make_shared<v1::AccountState>();
  if (!state->ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
    throw std::runtime_error("a state in `accounts` cannot be read");
  return state;
}

Step AccountProcessor::handle(const eventlog::State& before, const Record& input) const {
  const v1::AccountState* state = account_of(before);
  if (input.header.kind() == v1::KIND_CONTROL) return take_control(state, input);
  if (state != nullptr && state->has_partition())
    return {.state = nullptr,
            .outputs = {refused(input, "not_a_client", "the key is that of a partition")}};
  AccountChange change(state, input.header.key(), input.header.recorded_at_us());
  switch (input.header.kind()) {
    case v1::KIND_ENTITLEMENT_SET:
      take_set(change, input, rules_.digest);
      break;
    case v1::KIND_PAYMENT_STOP:
      take_stop(change, input);
      break;
    case v1::KIND_PAYMENT_REPORT:
      take_report(change, input);
      break;
    default:
      change.send(
          refused(input, "unknown_kind", "not a kind of record that `payments-inbox` takes"));
  }
  return std::move(change).finish();
}

Step AccountProcessor::hold(const eventlog::State&, const Record&, const v1::DeadLetter&) const {
  return {};  // the key's state says that it is held; runs leave it out
}

std::optional<Instant> AccountProcessor::wake_at(const google::protobuf::MessageLite&) const {
  return std::nullopt;
}

eventlog::Output AccountProcessor::tick(std::string_view, const google::protobuf::MessageLite&,
                                        Instant) const {
  throw std::logic_error("an account asks for no tick");
}

std::optional<eventlog::Scan> AccountProcessor::scan_of(
    const google::protobuf::MessageLite& state) const {
  const v1::AccountsPartition& partition = static_cast<const v1::AccountState&>(state).partition();
  if (partition.tasks_size() == 0) return std::nullopt;
  return eventlog::Scan{.after = partition.tasks(0).after(), .cause = partition.tasks(0).cause()};
}

void AccountProcessor::scanned_to(google::protobuf::MessageLite& scanner,
                                  std::string_view key) const {
  partition_of(scanner).mutable_tasks(0)->set_after(std::string(key));
}

Step AccountProcessor::visit(google::protobuf::MessageLite& scanner,
                             const eventlog::ScannedKey& seen) const {
  v1::AccountsPartition& partition = partition_of(scanner);
  v1::PartitionTask& task = *partition.mutable_tasks(0);
  const v1::RunControl& control = task.control();
  if (seen.held) {
    if (control.act() == v1::RunControl::FREEZE) count_left_out(*task.mutable_tally(), v1::HELD, 0);
    return {};
  }
  const v1::AccountState* state = account_of(seen.state);
  if (state == nullptr || !state->has_client()) return {};
  const Listing run{
      .control = control, .stops = partition.stops(), .done = partition.done(), .rules = rules_};
  AccountChange change(state, std::string(seen.key), task.cause().recorded_at_us());
  v1::PartitionTally tally = task.tally();
  switch (control.act()) {
    case v1::RunControl::FREEZE:
      freeze(run, change, tally);
      break;
    case v1::RunControl::RELEASE:
      release(run, change, tally);
      break;
    default:
      cancel(run, change, tally);
  }
  Step step = std::move(change).finish();
  *task.mutable_tally() = std::move(tally);
  return step;
}

std::vector<eventlog::Output> AccountProcessor::scan_ended(
    google::protobuf::MessageLite& scanner) const {
  v1::AccountsPartition& partition = partition_of(scanner);
  GUICHET_INVARIANT(partition.tasks_size() > 0);
  v1::PartitionReport report;
  *report.mutable_control() = partition.tasks(0).control();
  *report.mutable_tally() = partition.tasks(0).tally();
  const std::string id = control_id(report.control());
  partition.mutable_tasks()->DeleteSubrange(0, 1);
  if (partition.done_size() >= kMaxDone) partition.mutable_done()->DeleteSubrange(0, 1);
  *partition.add_done() = id;
  return {{.topic = std::string(topics::kRunsInbox),
           .key = report.control().run_id(),
           .id = id + "/report",
           .kind = v1::KIND_PARTITION_REPORT,
           .payload = report.SerializeAsString()}};
}

}  // namespace guichet::payments
