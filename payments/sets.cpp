#include "payments/sets.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

namespace guichet::payments {
namespace {

constexpr const char* kClient = "client";
constexpr const char* kSpouse = "spouse";

bool is_same(const v1::PaymentMethod& a, const v1::PaymentMethod& b) {
  return a.SerializeAsString() == b.SerializeAsString();
}

/// The payee, unless a newer application said who and where.
v1::Payee* payee_to_set(v1::ClientAccount& account, const char* name,
                        const v1::EntitlementSet& set) {
  for (v1::Payee& payee : *account.mutable_payees())
    if (payee.payee() == name) return payee.as_of_us() <= set.as_of_us() ? &payee : nullptr;
  v1::Payee& fresh = *account.add_payees();
  fresh.set_payee(name);
  return &fresh;
}

void say(v1::Payee& payee, const v1::EntitlementSet& set, const std::string& client_id,
         const v1::PaymentMethod& method) {
  payee.set_client_id(client_id);
  payee.set_application_id(set.application_id());
  payee.set_as_of_us(set.as_of_us());
  if (!set.payee_name().empty()) payee.set_name(set.payee_name());
  if (method.account().empty() || is_same(method, payee.method())) return;
  payee.set_method_changed(payee.has_method());
  payee.set_method_since_us(set.as_of_us());
  *payee.mutable_method() = method;
}

/// A spouse is paid with the client unless they have an id and an account of their own.
void set_payees(v1::ClientAccount& account, const v1::EntitlementSet& set) {
  if (set.lines_size() == 0) return;
  if (v1::Payee* client = payee_to_set(account, kClient, set))
    say(*client, set, set.client_id(), set.payment());
  for (const v1::EntitlementLine& line : set.lines()) {
    if (line.beneficiary() != kSpouse) continue;
    const bool own =
        !line.beneficiary_client_id().empty() && !line.beneficiary_payment().account().empty();
    if (own) {
      if (v1::Payee* spouse = payee_to_set(account, kSpouse, set))
        say(*spouse, set, line.beneficiary_client_id(), line.beneficiary_payment());
      return;
    }
    auto& payees = *account.mutable_payees();
    const auto known = std::ranges::find(payees, kSpouse, &v1::Payee::payee);
    if (known != payees.end() && known->as_of_us() <= set.as_of_us()) payees.erase(known);
    return;
  }
}

using Key = std::tuple<std::string, std::string, std::string>;

std::map<Key, v1::PaymentPart> totals_of(const v1::ClientAccount& account) {
  std::map<Key, v1::PaymentPart> totals;
  for (const Entitled& known : entitled(account)) {
    v1::PaymentPart& part = totals[{known.program, known.government, known.beneficiary}];
    part.set_amount_cents(known.total());
    if (known.dues.empty()) continue;
    part.set_determination_id(known.dues.back().block->determination_id());
    part.set_program_version(known.dues.back().block->program_version());
  }
  return totals;
}

}  // namespace

Taken take_entitlements(AccountChange& change, const v1::EntitlementSet& set,
                        const std::string& cause, const std::string& digest) {
  const std::map<Key, v1::PaymentPart> before = totals_of(change.account());
  v1::ClientAccount account = change.account();
  const Taken taken = take_set(account, set, digest);
  if (taken != Taken::fresh) return taken;
  account.set_client_id(set.client_id());
  set_payees(account, set);
  change.edit() = std::move(account);

  std::map<Key, v1::PaymentPart> after = totals_of(change.account());
  for (const auto& [key, part] : before) {
    // Nothing is left of it: the difference leads back to what it had been.
    v1::PaymentPart& left = after[key];
    if (!left.determination_id().empty()) continue;
    left.set_determination_id(part.determination_id());
    left.set_program_version(part.program_version());
  }
  PostingDraft draft(v1::Posting::ENTITLED, cause);
  for (auto& [key, part] : after) {
    std::tie(*part.mutable_program(), *part.mutable_government(), *part.mutable_beneficiary()) =
        key;
    v1::AccountLine& line = change.line(part);
    v1::PaymentPart moved = part;
    moved.set_amount_cents(part.amount_cents() - line.entitled_cents());
    line.set_entitled_cents(part.amount_cents());
    draft.move(moved, set.client_id(), v1::LedgerEntry::PROGRAM_COST, v1::LedgerEntry::CLIENT);
  }
  change.post(std::move(draft));
  return taken;
}

}  // namespace guichet::payments
