#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "adapters/bank/payment.h"
#include "schemas/values/result.h"

namespace guichet::bank {

/// Takes the bytes of a file as they are made, in pieces of about 64 KiB.
using Sink = std::function<void(std::string_view)>;

/// Puts the next payment into its argument and returns true, or returns false when there is none.
/// The argument is the same object each time; every field has to be set.
using NextPayment = std::function<bool(Payment&)>;

/// Writes a credit transfer initiation, ISO 20022 pain.001.001.09: a pure function of what it is
/// given. One payment is in memory at a time.
///
///   Batch batch{agency, day, preview.count, preview.total};
///   auto totals = write_pain001(header, {batch}, [&](Payment& p) { return due.next(p); },
///                               [&](std::string_view bytes) { out << bytes; });
///
/// `next` gives the payments of the first batch, then of the second, and so on; within a batch they
/// are in ascending order of their end_to_end_id, so that the order of the source does not matter
/// and none stands twice. Fails, and what the sink has is not a file, where a count or a total is
/// not what the batch said, where an id is out of order, or where check_payment() has a fault to
/// find. What the sink or `next` throws goes through.
Result<FileTotals> write_pain001(const FileHeader& header, const std::vector<Batch>& batches,
                                 const NextPayment& next, const Sink& sink);

}  // namespace guichet::bank
