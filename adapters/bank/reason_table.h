#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "adapters/bank/bank_message.h"

namespace guichet::bank {

/// Reasons, each kept once: a million payments have a handful. Of more than kMostTexts only the
/// codes are kept, and of more than twice as many nothing.
class ReasonTable {
 public:
  static constexpr std::size_t kMostTexts = 10'000;

  /// Its number; 0 for none.
  std::uint32_t add(Reason reason) {
    if (reasons_.size() >= kMostTexts) reason.text.clear();
    if (reason.code.empty() && reason.text.empty()) return 0;
    const auto known = numbers_.find({reason.code, reason.text});
    if (known != numbers_.end()) return known->second;
    if (reasons_.size() >= 2 * kMostTexts) return 0;
    const auto number = static_cast<std::uint32_t>(reasons_.size());
    numbers_.emplace(std::pair(reason.code, reason.text), number);
    reasons_.push_back(std::move(reason));
    return number;
  }

  const Reason& operator[](std::uint32_t number) const { return reasons_[number]; }

 private:
  std::vector<Reason> reasons_ = {{}};
  std::map<std::pair<std::string, std::string>, std::uint32_t> numbers_;
};

}  // namespace guichet::bank
