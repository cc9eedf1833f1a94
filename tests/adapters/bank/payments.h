#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "adapters/bank/pain001.h"

namespace guichet::bank::testing {

/// A run of the same payments each time: names with accents, parts of three programs, amounts of
/// every size. Payment i is made of nothing but i.
class Payments {
 public:
  explicit Payments(std::uint64_t count, std::string run = "2026-01-20",
                    std::string paying_account = "9876543");

  FileHeader header() const;
  std::vector<Batch> batches() const { return {batch_}; }
  /// In the order of their ids.
  NextPayment source() const;
  const std::vector<std::uint64_t>& order() const { return order_; }
  Payment payment(std::uint64_t i) const;
  Money amount(std::uint64_t i) const;

 private:
  std::string run_;
  std::vector<std::uint64_t> order_;
  Batch batch_;
};

/// The whole file; throws where it cannot be made.
std::string written(const FileHeader& header, const std::vector<Batch>& batches,
                    const NextPayment& next);
inline std::string written(const Payments& payments) {
  return written(payments.header(), payments.batches(), payments.source());
}

}  // namespace guichet::bank::testing
