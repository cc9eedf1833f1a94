#pragma once

#include <cstdint>
#include <string>

#include "eventlog/processor.h"
#include "guichet/v1/ledger.pb.h"
#include "guichet/v1/payments.pb.h"

namespace guichet::payments {

/// One transaction of the books while it is made. Money goes from one account to another of the
/// same government, so that a posting sums to zero, in all and for each government; `finish`
/// asserts it.
///
///   PostingDraft draft(v1::Posting::INSTRUCTED, payment.id());
///   draft.move(part, client_id, v1::LedgerEntry::CLIENT, v1::LedgerEntry::BANK_CLEARING);
///   if (!draft.empty()) change.send(draft.finish(client_id, number));
class PostingDraft {
 public:
  PostingDraft(v1::Posting::Why why, std::string cause, std::string run_id = {});

  /// Debits `from` and credits `to` by the part's amount, or the other way where it is negative.
  void move(const v1::PaymentPart& part, const std::string& client_id,
            v1::LedgerEntry::Account from, v1::LedgerEntry::Account to);

  bool empty() const { return posting_.entries_size() == 0; }

  /// The record on `ledger`. `number`: 1..n within the client's account.
  eventlog::Output finish(const std::string& client_id, std::uint64_t number) &&;

 private:
  v1::Posting posting_;
};

/// Whether it sums to zero, in all and for each government.
bool is_balanced(const v1::Posting& posting);

}  // namespace guichet::payments
