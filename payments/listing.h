#pragma once

#include "guichet/v1/payments.pb.h"
#include "payments/account_change.h"
#include "payments/terms.h"

namespace guichet::payments {

/// What a partition's owner does for a run, one client after the other.
struct Listing {
  const v1::RunControl& control;
  const google::protobuf::RepeatedPtrField<v1::PaymentStop>& stops;  // laid on more than one client
  const google::protobuf::RepeatedPtrField<std::string>& done;       // ids of tasks that ended
  const Rules& rules;
};

/// How long an account counts as new.
inline constexpr std::int64_t kNewAccountUs = 5LL * 24 * 3600 * 1'000'000;

// Each takes one client's account, changes it, and counts in the tally what it did.

/// Lists what each payee is owed on the run's date: the payment is frozen.
void freeze(const Listing& run, AccountChange& change, v1::PartitionTally& tally);

/// Instructs what was listed: posts it and sends the instruction. What is no longer owed, or would
/// go to another account, or was stopped since, is left for the next run, whole: what is paid is
/// what was looked at.
void release(const Listing& run, AccountChange& change, v1::PartitionTally& tally);

/// Forgets what was listed.
void cancel(const Listing& run, AccountChange& change, v1::PartitionTally& tally);

/// 1 to 35 letters and digits, made from the payment's id.
std::string end_to_end_id(const std::string& payment_id, Digest digest);

}  // namespace guichet::payments
