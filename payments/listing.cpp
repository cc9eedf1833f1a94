#include "payments/listing.h"

#include <algorithm>
#include <map>
#include <utility>

#include "payments/coming.h"
#include "payments/partition_change.h"
#include "payments/tally.h"
#include "payments/tell.h"
#include "schemas/topics.h"
#include "schemas/values/invariant.h"

namespace guichet::payments {
namespace {

constexpr const char* kClient = "client";
constexpr const char* kSpouse = "spouse";

std::string account_number(const v1::PaymentMethod& method) {
  return method.institution() + "-" + method.transit() + "-" + method.account();
}

const v1::Payee* find_payee(const v1::ClientAccount& account, const std::string& name) {
  const auto found = std::ranges::find(account.payees(), name, &v1::Payee::payee);
  return found == account.payees().end() ? nullptr : &*found;
}

bool has_stop(const google::protobuf::RepeatedPtrField<v1::PaymentStop>& stops,
              v1::PaymentStop::Scope scope, const std::string& value) {
  return std::ranges::any_of(stops, [&](const v1::PaymentStop& stop) {
    return stop.scope() == scope && (scope == v1::PaymentStop::ALL || stop.value() == value);
  });
}

bool is_stopped(const Listing& run, const v1::ClientAccount& account,
                const v1::PaymentMethod& method) {
  return account.stops_size() > 0 || has_stop(run.stops, v1::PaymentStop::ALL, {}) ||
         has_stop(run.stops, v1::PaymentStop::ACCOUNT, account_number(method));
}

bool is_stopped(const Listing& run, const std::string& program) {
  return has_stop(run.stops, v1::PaymentStop::PROGRAM, program);
}

std::vector<DuePart> due_parts(const Listing& run, const v1::ClientAccount& account) {
  return due_parts(account, run.rules.terms_of, run.control.date());
}

const v1::AccountLine* find_line(const v1::ClientAccount& account, const v1::PaymentPart& part) {
  for (const v1::AccountLine& line : account.lines())
    if (line.program() == part.program() && line.government() == part.government() &&
        line.beneficiary() == part.beneficiary())
      return &line;
  return nullptr;
}

/// Why this payment is not like the one before.
void add_changes(const AccountChange& change, const v1::Payee& payee, v1::Payment& payment) {
  const v1::ClientAccount& account = change.account();
  bool first = true;
  bool other_determination = false;
  bool arrears = false;
  bool recovered = false;
  for (const v1::PaymentPart& part : payment.parts()) {
    arrears |= part.arrears_cents() > 0;
    recovered |= part.recovered_cents() > 0;
    const v1::AccountLine* line = find_line(account, part);
    if (line == nullptr || line->paid_by_determination().empty()) continue;
    first = false;
    other_determination |= line->paid_by_determination() != part.determination_id();
  }
  const v1::Payment* last = nullptr;
  for (const v1::Payment& known : account.payments())
    if (known.payee() == payment.payee() && known.status() != v1::FROZEN) last = &known;
  if (first) payment.add_changes(v1::FIRST_PAYMENT);
  if (other_determination) payment.add_changes(v1::OTHER_DETERMINATION);
  if (arrears) payment.add_changes(v1::ARREARS);
  if (recovered) payment.add_changes(v1::OVERPAYMENT_RECOVERED);
  if (payee.method_changed() && change.now_us() - payee.method_since_us() <= kNewAccountUs)
    payment.add_changes(v1::OTHER_ACCOUNT);
  if (last != nullptr && last->status() == v1::REJECTED) payment.add_changes(v1::SENT_AGAIN);
  if (payment.changes_size() == 0) payment.add_changes(v1::UNCHANGED);
}

void freeze_payee(const Listing& run, AccountChange& change, v1::PartitionTally& tally,
                  const std::string& name, v1::Payment payment) {
  const v1::ClientAccount& account = change.account();
  const v1::Payee* payee = find_payee(account, name);
  if (payee == nullptr || payee->method().account().empty())
    return count_left_out(tally, v1::NO_ACCOUNT, payment.amount_cents());
  if (!run.rules.fits_bank(*payee)) return count_left_out(tally, v1::UNFIT, payment.amount_cents());
  if (is_stopped(run, account, payee->method()))
    return count_left_out(tally, v1::STOPPED, payment.amount_cents());
  std::string id = run.control.run_id() + "/" + account.client_id();
  if (name == kSpouse) id += "/spouse";
  payment.set_end_to_end_id(end_to_end_id(id, run.rules.digest));
  payment.set_id(std::move(id));
  payment.set_run_id(run.control.run_id());
  payment.set_date(run.control.date());
  payment.set_payee(name);
  payment.set_payee_client_id(payee->client_id());
  *payment.mutable_method() = payee->method();
  payment.set_status(v1::FROZEN);
  payment.set_at_us(change.now_us());
  add_changes(change, *payee, payment);
  count(tally, payment, run.rules.digest);
  change.add_payment(std::move(payment));
}

bool is_in(const v1::ClientAccount& account, const std::string& run_id) {
  return std::ranges::find(account.payments(), run_id, &v1::Payment::run_id) !=
         account.payments().end();
}

bool is_frozen(const v1::ClientAccount& account) {
  return std::ranges::find(account.payments(), v1::FROZEN, &v1::Payment::status) !=
         account.payments().end();
}

bool is_frozen_by(const v1::Payment& payment, const std::string& run_id) {
  return payment.status() == v1::FROZEN && payment.run_id() == run_id;
}

/// Whether the payment is owed as it was listed.
bool is_still_owed(const Listing& run, const v1::ClientAccount& account,
                   const v1::Payment& payment) {
  const v1::Payee* payee = find_payee(account, payment.payee());
  if (payee == nullptr ||
      payee->method().SerializeAsString() != payment.method().SerializeAsString())
    return false;
  const std::vector<DuePart> due = due_parts(run, account);
  return std::ranges::all_of(payment.parts(), [&](const v1::PaymentPart& listed) {
    return std::ranges::any_of(due, [&](const DuePart& now) {
      return now.part.program() == listed.program() &&
             now.part.government() == listed.government() &&
             now.part.beneficiary() == listed.beneficiary() &&
             now.part.amount_cents() >= listed.amount_cents();
    });
  });
}

bool is_stopped(const Listing& run, const v1::ClientAccount& account, const v1::Payment& payment) {
  return is_stopped(run, account, payment.method()) ||
         std::ranges::any_of(payment.parts(), [&](const v1::PaymentPart& part) {
           return is_stopped(run, part.program());
         });
}

void instruct(const Listing& run, AccountChange& change, v1::PartitionTally& tally,
              v1::Payment& payment) {
  payment.set_status(v1::INSTRUCTED);
  payment.set_at_us(change.now_us());
  const std::string& client_id = change.account().client_id();
  PostingDraft draft(v1::Posting::INSTRUCTED, payment.id(), payment.run_id());
  for (const v1::PaymentPart& part : payment.parts()) {
    v1::AccountLine& line = change.line(part);
    line.set_instructed_cents(line.instructed_cents() + part.amount_cents());
    line.set_reached_to(line.reached() ? std::max(line.reached_to(), part.reached_to())
                                       : part.reached_to());
    line.set_reached(true);
    line.set_paid_by_determination(part.determination_id());
    draft.move(part, client_id, v1::LedgerEntry::CLIENT, v1::LedgerEntry::BANK_CLEARING);
  }
  change.post(std::move(draft));
  tell(change, payment, v1::FROZEN);
  count(tally, payment, run.rules.digest);

  v1::PaymentInstruction instruction;
  *instruction.mutable_payment() = payment;
  instruction.set_client_id(client_id);
  if (const v1::Payee* payee = find_payee(change.account(), payment.payee()))
    instruction.set_payee_name(payee->name());
  instruction.set_partition(run.control.partition());
  instruction.set_block(count_in_block(tally, payment));
  change.send({.topic = std::string(topics::kInstructions),
               .key = payment.run_id(),
               .id = payment.id() + "/instruction",
               .kind = v1::KIND_PAYMENT_INSTRUCTION,
               .payload = instruction.SerializeAsString()});
}

void forget(AccountChange& change, const std::string& payment_id) {
  auto& payments = *change.edit().mutable_payments();
  const auto found = std::ranges::find(payments, payment_id, &v1::Payment::id);
  if (found != payments.end()) payments.erase(found);
}

/// Whether the run went through this partition to its end, whatever that was.
bool is_over(const Listing& run, const std::string& run_id) {
  v1::RunControl end = run.control;
  end.set_run_id(run_id);
  for (const auto act : {v1::RunControl::RELEASE, v1::RunControl::CANCEL}) {
    end.set_act(act);
    if (std::ranges::find(run.done, control_id(end)) != run.done.end()) return true;
  }
  return false;
}

/// A client who was held while a run ended has its list still; it was never instructed.
void forget_left_behind(const Listing& run, AccountChange& change) {
  std::vector<std::string> left;
  for (const v1::Payment& payment : change.account().payments())
    if (payment.status() == v1::FROZEN && is_over(run, payment.run_id()))
      left.push_back(payment.id());
  for (const std::string& id : left) forget(change, id);
}

}  // namespace

void freeze(const Listing& run, AccountChange& change, v1::PartitionTally& tally) {
  forget_left_behind(run, change);
  const v1::ClientAccount& account = change.account();
  if (is_in(account, run.control.run_id())) return;  // at most one for each payee and run
  const bool elsewhere = is_frozen(account);
  std::map<std::string, v1::Payment> by_payee;
  for (DuePart& due : due_parts(run, account)) {
    if (due.waiting_cents > 0) count_left_out(tally, v1::BELOW_MINIMUM, due.waiting_cents);
    const std::int64_t cents = due.part.amount_cents();
    if (cents == 0) continue;
    if (run.rules.terms_of(due.part.program()).paid_by_program) {
      count_left_out(tally, v1::PAID_BY_PROGRAM, cents);
    } else if (is_stopped(run, due.part.program())) {
      count_left_out(tally, v1::STOPPED, cents);
    } else {
      const bool apart =
          due.part.beneficiary() == kSpouse && find_payee(account, kSpouse) != nullptr;
      v1::Payment& payment = by_payee[apart ? kSpouse : kClient];
      payment.set_amount_cents(payment.amount_cents() + cents);
      *payment.add_parts() = std::move(due.part);
    }
  }
  for (auto& [name, payment] : by_payee) {
    if (elsewhere)
      count_left_out(tally, v1::IN_ANOTHER_RUN, payment.amount_cents());
    else
      freeze_payee(run, change, tally, name, std::move(payment));
  }
}

void release(const Listing& run, AccountChange& change, v1::PartitionTally& tally) {
  std::vector<std::string> listed;
  for (const v1::Payment& payment : change.account().payments())
    if (is_frozen_by(payment, run.control.run_id())) listed.push_back(payment.id());
  for (const std::string& id : listed) {
    auto& payments = *change.edit().mutable_payments();
    v1::Payment& payment = *std::ranges::find(payments, id, &v1::Payment::id);
    const bool stopped = is_stopped(run, change.account(), payment);
    if (!stopped && is_still_owed(run, change.account(), payment)) {
      instruct(run, change, tally, payment);
    } else {
      count_left_out(tally, stopped ? v1::STOPPED : v1::CHANGED_SINCE, payment.amount_cents());
      forget(change, id);
    }
  }
}

void cancel(const Listing& run, AccountChange& change, v1::PartitionTally& tally) {
  std::vector<std::string> listed;
  for (const v1::Payment& payment : change.account().payments())
    if (is_frozen_by(payment, run.control.run_id())) listed.push_back(payment.id());
  for (const std::string& id : listed) {
    tally.set_payments(tally.payments() + 1);
    forget(change, id);
  }
}

std::string end_to_end_id(const std::string& payment_id, Digest digest) {
  return "G" + digest(payment_id).substr(0, 34);
}

}  // namespace guichet::payments
