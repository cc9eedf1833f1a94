#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adapters/bank/payment.h"
#include "schemas/values/result.h"

namespace guichet::bank {

/// The totals of a file by its batches; fails where the header or a batch is not fit to be written.
Result<FileTotals> check_file(const FileHeader& header, const std::vector<Batch>& batches);

/// Holds the payments of a batch against what the batch says of them: every writer of files does.
class BatchCheck {
 public:
  explicit BatchCheck(const Batch& batch) : batch_(batch) {}

  /// Whether it has all its payments.
  bool full() const { return count_ == batch_.count; }
  std::optional<Failure> add(const Payment& payment);
  std::optional<Failure> finish() const;

 private:
  const Batch& batch_;
  std::uint64_t count_ = 0;
  Money total_;
  std::string last_;
};

}  // namespace guichet::bank
