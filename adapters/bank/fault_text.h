#pragma once

#include <string_view>

namespace guichet::bank {

/// What is wrong and what to do about it, for an operator.
struct FaultText {
  std::string_view en;
  std::string_view fr;
};

}  // namespace guichet::bank
