#include "tests/payments/counter.h"

#include "eventlog/partition.h"
#include "guichet/v1/dead_letter.pb.h"
#include "payments/run_sum.h"
#include "schemas/topics.h"

namespace guichet::testing {
namespace {

template <class Message>
std::vector<Message> all(const std::vector<eventlog::Output>& sent, v1::Kind kind) {
  std::vector<Message> messages;
  for (const eventlog::Output& output : sent)
    if (output.kind == kind) messages.emplace_back().ParseFromString(output.payload);
  return messages;
}

}  // namespace

payments::Terms test_terms(const std::string& program) {
  if (program == "ca-gst") return {.recovered_percent = 50, .left_cents = 1'000};
  if (program == "ca-oas") return {.recovered_percent = 0};
  if (program == "ca-small") return {.minimum_cents = 2'000};
  if (program == "nb-heat") return {.paid_by_program = true};
  return {};
}

payments::Rules test_rules() {
  return {.terms_of = test_terms,
          .fits_bank = [](const v1::Payee& payee) { return payee.method().account() != "666"; },
          .digest = sha256};
}

v1::EntitlementLine monthly(const std::string& program, std::vector<std::int64_t> cents,
                            const std::string& determination, const std::string& beneficiary) {
  v1::EntitlementLine line;
  line.set_program(program);
  line.set_program_version("sha256:" + program);
  line.set_government(program.starts_with("nb") ? "NB" : "CA");
  line.set_beneficiary(beneficiary);
  line.set_determination_id(determination);
  for (int n = 0; n < static_cast<int>(cents.size()); ++n) {
    if (cents[static_cast<std::size_t>(n)] == 0) continue;
    v1::Entitlement& part = *line.add_entitlements();
    part.set_from(kJanuary + 30 * n);
    part.set_to(kJanuary + 30 * n + 29);
    part.set_due(due_day(n));
    part.set_amount_cents(cents[static_cast<std::size_t>(n)]);
  }
  return line;
}

v1::PaymentMethod account(const std::string& number) {
  v1::PaymentMethod method;
  method.set_method("direct_deposit");
  method.set_institution("001");
  method.set_transit("00011");
  method.set_account(number);
  return method;
}

v1::EntitlementSet Counter::set_of(const std::string& client,
                                   std::vector<v1::EntitlementLine> lines,
                                   const std::string& application, std::int32_t effective) {
  v1::EntitlementSet set;
  set.set_client_id(client);
  set.set_application_id(application);
  set.set_submission(1);
  set.set_number(++numbers_[application]);
  set.set_effective_date(effective);
  set.set_as_of_us(now);
  set.set_payee_name("Marie Cormier");
  *set.mutable_payment() = account("1234567");
  for (v1::EntitlementLine& line : lines) *set.add_lines() = std::move(line);
  return set;
}

void Counter::give(const v1::EntitlementSet& set) {
  eventlog::Record record;
  record.topic = topics::kPaymentsInbox;
  record.header.set_key(set.client_id());
  record.header.set_kind(v1::KIND_ENTITLEMENT_SET);
  record.header.set_id(set.application_id() + "/entitlements/" + std::to_string(set.number()));
  record.header.set_recorded_at_us(now);
  record.payload = set.SerializeAsString();
  give(std::move(record));
}

void Counter::command(const std::string& run, v1::Kind kind, const std::string& actor,
                      const google::protobuf::MessageLite& payload) {
  eventlog::Record record;
  record.topic = topics::kRunsInbox;
  record.header.set_key(run);
  record.header.set_kind(kind);
  record.header.set_id("command-" + std::to_string(++commands_));
  record.header.set_recorded_at_us(now);
  record.header.mutable_actor()->set_subject(actor);
  record.payload = payload.SerializeAsString();
  give(std::move(record));
}

void Counter::prepare(const std::string& run, std::int32_t date, const std::string& actor) {
  v1::PrepareRun prepare;
  prepare.set_date(date);
  command(run, v1::KIND_PREPARE_RUN, actor, prepare);
}

void Counter::release(const std::string& id, const std::string& actor, std::string hash) {
  v1::ReleaseRun release;
  release.set_hash(hash.empty() ? run(id).hash() : hash);
  command(id, v1::KIND_RELEASE_RUN, actor, release);
}

void Counter::cancel(const std::string& run, const std::string& actor) {
  command(run, v1::KIND_CANCEL_RUN, actor, v1::CancelRun());
}

void Counter::pay(const std::string& run, std::int32_t date) {
  prepare(run, date);
  release(run);
}

void Counter::report(const std::string& payment, bool accepted, std::int64_t cents,
                     const std::string& reason) {
  v1::PaymentReport report;
  report.set_payment_id(payment);
  report.set_accepted(accepted);
  report.set_amount_cents(cents);
  if (!accepted) report.set_reason(reason);
  eventlog::Record record;
  record.topic = topics::kPaymentsInbox;
  record.header.set_key(payment.substr(payment.find('/') + 1));
  record.header.set_kind(v1::KIND_PAYMENT_REPORT);
  record.header.set_id(payment + (accepted ? "/accepted" : "/rejected"));
  record.header.set_recorded_at_us(now);
  record.payload = report.SerializeAsString();
  give(std::move(record));
}

void Counter::stop(v1::PaymentStop::Scope scope, const std::string& value, bool lift) {
  v1::PartitionMessage message;
  v1::PaymentStop& stop = *message.mutable_stop();
  stop.set_scope(scope);
  stop.set_value(value);
  stop.set_lift(lift);
  const bool of_client = scope == v1::PaymentStop::CLIENT;
  eventlog::Record record;
  record.topic = topics::kPaymentsInbox;
  record.header.set_key(of_client ? value : eventlog::key_of_partition(0, 1));
  record.header.set_kind(of_client ? v1::KIND_PAYMENT_STOP : v1::KIND_CONTROL);
  record.header.set_id("stop-" + std::to_string(++commands_));
  record.header.set_recorded_at_us(now);
  record.payload = of_client ? stop.SerializeAsString() : message.SerializeAsString();
  give(std::move(record));
}

void Counter::give(eventlog::Record record) {
  const bool of_run = record.topic == topics::kRunsInbox;
  last_ = record;
  auto& states = of_run ? run_states_ : account_states_;
  const std::string key = record.header.key();
  const eventlog::Processor& processor =
      of_run ? static_cast<const eventlog::Processor&>(runs_) : accounts_;
  eventlog::Step step = processor.handle(states[key], record);
  const v1::Header cause = record.header;
  if (step.state) states[key] = step.state;
  send(std::move(step.outputs), cause);
  scan();
  last_ = record;
}

void Counter::scan() {
  const std::string key = eventlog::key_of_partition(0, 1);
  while (account_states_[key]) {
    const auto scan = accounts_.scan_of(*account_states_[key]);
    if (!scan) return;
    auto scanner = std::make_shared<v1::AccountState>(
        static_cast<const v1::AccountState&>(*account_states_[key]));
    for (auto& [client, state] : account_states_) {
      if (client == key || client <= scan->after) continue;
      eventlog::Step step =
          accounts_.visit(*scanner, {.key = client, .state = state, .held = client == held});
      if (step.state) state = step.state;
      send(std::move(step.outputs), scan->cause);
    }
    const auto outputs = accounts_.scan_ended(*scanner);
    account_states_[key] = scanner;
    send(outputs, scan->cause);
  }
}

void Counter::send(std::vector<eventlog::Output> outputs, const v1::Header& cause) {
  for (eventlog::Output& output : outputs) {
    sent_.push_back(output);
    if (output.topic != topics::kPaymentsInbox && output.topic != topics::kRunsInbox) continue;
    eventlog::Record record;
    record.topic = output.topic;
    record.header = cause;
    record.header.set_key(output.key);
    record.header.set_id(output.id);
    record.header.set_kind(output.kind);
    record.payload = output.payload;
    give(std::move(record));
  }
}

v1::ClientAccount Counter::client(const std::string& id) const {
  const auto found = account_states_.find(id);
  if (found == account_states_.end() || !found->second) return {};
  return static_cast<const v1::AccountState&>(*found->second).client();
}

v1::RunState Counter::run(const std::string& id) const {
  const auto found = run_states_.find(id);
  if (found == run_states_.end() || !found->second) return {};
  return static_cast<const v1::RunState&>(*found->second);
}

std::string Counter::status(const std::string& run_id) const {
  return payments::to_string(run(run_id).status());
}

v1::RunVerdict::Outcome Counter::verdict(const std::string& run_id) const {
  const v1::RunState state = run(run_id);
  return state.verdicts_size() == 0 ? v1::RunVerdict::OUTCOME_UNSPECIFIED
                                    : state.verdicts(state.verdicts_size() - 1).outcome();
}

v1::PartitionTally Counter::preview(const std::string& run_id) const {
  return payments::preview(run(run_id));
}
v1::PartitionTally Counter::outcome(const std::string& run_id) const {
  return payments::outcome(run(run_id));
}

std::vector<v1::PaymentInstruction> Counter::instructions() const {
  return all<v1::PaymentInstruction>(sent_, v1::KIND_PAYMENT_INSTRUCTION);
}
std::vector<v1::FileOrder> Counter::orders() const {
  return all<v1::FileOrder>(sent_, v1::KIND_FILE_ORDER);
}
std::vector<v1::Posting> Counter::postings() const {
  return all<v1::Posting>(sent_, v1::KIND_POSTING);
}

std::vector<eventlog::Output> Counter::events() const {
  std::vector<eventlog::Output> events;
  for (const eventlog::Output& output : sent_)
    if (output.kind == v1::KIND_CASE_EVENT) events.push_back(output);
  return events;
}

std::vector<std::string> Counter::dead_letters() const {
  std::vector<std::string> classes;
  for (const auto& letter : all<v1::DeadLetter>(sent_, v1::KIND_DEAD_LETTER))
    classes.push_back(letter.failure_class());
  return classes;
}

std::int64_t Counter::balance(v1::LedgerEntry::Account account, const std::string& government,
                              const std::string& program, const std::string& client) const {
  std::int64_t cents = 0;
  for (const v1::Posting& posting : postings())
    for (const v1::LedgerEntry& entry : posting.entries())
      if (entry.account() == account && (government.empty() || entry.government() == government) &&
          (program.empty() || entry.program() == program) &&
          (client.empty() || entry.client_id() == client))
        cents += entry.amount_cents();
  return cents;
}

std::int64_t Counter::paid(const std::string& program, const std::string& client) const {
  std::int64_t cents = 0;
  for (const v1::Posting& posting : postings())
    if (posting.why() == v1::Posting::INSTRUCTED || posting.why() == v1::Posting::RETURNED)
      for (const v1::LedgerEntry& entry : posting.entries())
        if (entry.account() == v1::LedgerEntry::CLIENT && entry.program() == program &&
            entry.client_id() == client)
          cents += entry.amount_cents();
  return cents;
}

}  // namespace guichet::testing
