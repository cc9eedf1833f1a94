#pragma once

#include <cstdint>

namespace guichet {

/// Whether a record may carry this moment, in microseconds since 1970: from then to the end of
/// 9999, as RFC 3339 can write it.
constexpr bool is_moment(std::int64_t us) {
  return us >= 0 && us < 253'402'300'800'000'000;
}

}  // namespace guichet
