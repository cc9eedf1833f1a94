#include "adapters/bank/file_check.h"

#include <algorithm>

#include "adapters/bank/bank_text.h"
#include "adapters/bank/payment_check.h"

namespace guichet::bank {
namespace {

bool is_run(std::string_view run) {
  return !run.empty() && run.size() <= 64 && run.front() != '.' &&
         std::all_of(run.begin(), run.end(), [](char c) {
           return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                  c == '-' || c == '_' || c == '.';
         });
}

bool is_written(std::string_view name) {
  const auto text = to_bank_text(name);
  return text && !text->empty();
}

}  // namespace

Result<FileTotals> check_file(const FileHeader& header, const std::vector<Batch>& batches) {
  if (!is_run(header.run))
    return Failure{"run: must be 1 to 64 of A-Z a-z 0-9 - _ . and not begin with a point"};
  if (header.number < 1 || header.number > kMostFilesOfARun)
    return Failure{"file number: must be from 1 to " + std::to_string(kMostFilesOfARun)};
  if (!is_written(header.sender) || (!header.sender_id.empty() && !is_written(header.sender_id)))
    return Failure{"sender: must be a name in Latin letters"};
  if (batches.empty() || batches.size() > kMostBatches)
    return Failure{"batches: must be 1 to " + std::to_string(kMostBatches)};
  FileTotals totals;
  for (const Batch& batch : batches) {
    if (!is_written(batch.debtor.name)) return Failure{"debtor: must have a name in Latin letters"};
    if (check_account(batch.debtor.account))
      return Failure{
          "debtor's account: must be 3 digits of institution, 5 of transit and 5 to 12 of "
          "account"};
    if (batch.count < 1 || batch.count > kMostPaymentsInAFile - totals.payments)
      return Failure{"payments of a file: must be 1 to " + std::to_string(kMostPaymentsInAFile)};
    if (batch.total <= Money() ||
        batch.total.cents() / static_cast<std::int64_t>(batch.count) > kLargestAmount.cents())
      return Failure{"total of a batch: must be above zero, and not more than its payments can be"};
    totals.payments += batch.count;
    totals.total += batch.total;
  }
  return totals;
}

std::optional<Failure> BatchCheck::add(const Payment& payment) {
  if (const auto fault = check_payment(payment))
    return Failure{"payment " + payment.end_to_end_id + ": " + std::string(text_of(*fault).en)};
  if (payment.end_to_end_id <= last_)
    return Failure{"payment " + payment.end_to_end_id +
                   ": stands twice, or not in the order of the ids"};
  last_ = payment.end_to_end_id;
  ++count_;
  total_ += payment.amount;
  return {};
}

std::optional<Failure> BatchCheck::finish() const {
  if (!full())
    return Failure{"there are " + std::to_string(count_) + " payments where the batch says " +
                   std::to_string(batch_.count)};
  if (total_ != batch_.total)
    return Failure{"the payments add up to " + total_.to_string() + " where the batch says " +
                   batch_.total.to_string()};
  return {};
}

}  // namespace guichet::bank
