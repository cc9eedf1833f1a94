#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/bank/bank_message.h"

namespace guichet::bank {

/// What we told a bank: the payments of one of our own files, read back from it, to hold answers
/// against. About 50 bytes a payment.
class SentFile {
 public:
  struct SentBatch {
    std::string id;
    std::uint32_t first = 0;  // of its payments
    std::uint32_t count = 0;
    Money total;
  };

  /// Fails where it is not a file that write_pain001() made.
  static Result<SentFile> read(const Source& source);

  const std::string& message_id() const { return message_id_; }
  const std::vector<SentBatch>& batches() const { return batches_; }
  std::uint32_t size() const { return static_cast<std::uint32_t>(amounts_.size()); }
  Money total() const { return total_; }

  std::optional<std::uint32_t> find(std::string_view end_to_end_id) const;
  std::string_view end_to_end_id(std::uint32_t payment) const;
  Money amount(std::uint32_t payment) const { return Money::of_cents(amounts_[payment]); }
  std::uint32_t batch_of(std::uint32_t payment) const;

 private:
  friend class SentFileReader;
  std::string message_id_;
  std::vector<SentBatch> batches_;
  std::string ids_;                    // one after the other
  std::vector<std::uint32_t> ends_;    // where each ends
  std::vector<std::int64_t> amounts_;  // cents
  Money total_;
};

}  // namespace guichet::bank
