#pragma once

#include <cstdint>
#include <string>

#include "guichet/v1/payments.pb.h"
#include "guichet/v1/runs.pb.h"
#include "payments/digest.h"

namespace guichet::payments {

inline constexpr int kMaxListed = 10;
/// Payments in one file of the bank.
inline constexpr std::uint32_t kMaxPaymentsPerFile = 50'000;

/// Counts a payment, its parts and why it is what it is, and takes it into the hash.
void count(v1::PartitionTally& tally, const v1::Payment& payment, Digest digest);

/// Counts what is due and not in the run.
void count_left_out(v1::PartitionTally& tally, v1::LeftOut why, std::int64_t cents);

/// The block, and so the file, of the next payment; counts it there.
std::uint32_t count_in_block(v1::PartitionTally& tally, const v1::Payment& payment);

/// Adds one partition's to another's, but for hashes and blocks.
void add(v1::PartitionTally& sum, const v1::PartitionTally& more);

}  // namespace guichet::payments
