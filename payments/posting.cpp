#include "payments/posting.h"

#include <map>
#include <utility>

#include "schemas/topics.h"
#include "schemas/values/invariant.h"

namespace guichet::payments {

PostingDraft::PostingDraft(v1::Posting::Why why, std::string cause, std::string run_id) {
  posting_.set_why(why);
  posting_.set_cause(std::move(cause));
  posting_.set_run_id(std::move(run_id));
}

void PostingDraft::move(const v1::PaymentPart& part, const std::string& client_id,
                        v1::LedgerEntry::Account from, v1::LedgerEntry::Account to) {
  if (part.amount_cents() == 0) return;
  for (const bool debit : {true, false}) {
    v1::LedgerEntry& entry = *posting_.add_entries();
    entry.set_account(debit ? from : to);
    entry.set_government(part.government());
    entry.set_program(part.program());
    if (entry.account() == v1::LedgerEntry::CLIENT) {
      entry.set_client_id(client_id);
      entry.set_beneficiary(part.beneficiary());
    }
    entry.set_amount_cents(debit ? part.amount_cents() : -part.amount_cents());
    entry.set_determination_id(part.determination_id());
    entry.set_program_version(part.program_version());
  }
}

eventlog::Output PostingDraft::finish(const std::string& client_id, std::uint64_t number) && {
  GUICHET_INVARIANT(is_balanced(posting_));
  posting_.set_client_id(client_id);
  posting_.set_number(number);
  return {.topic = std::string(topics::kLedger),
          .key = client_id,
          .id = client_id + "/p" + std::to_string(number),
          .kind = v1::KIND_POSTING,
          .payload = posting_.SerializeAsString()};
}

bool is_balanced(const v1::Posting& posting) {
  std::map<std::string, std::int64_t> sums;
  for (const v1::LedgerEntry& entry : posting.entries())
    sums[entry.government()] += entry.amount_cents();
  for (const auto& [government, cents] : sums)
    if (cents != 0) return false;
  return true;
}

}  // namespace guichet::payments
