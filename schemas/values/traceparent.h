#pragma once

#include <string_view>

namespace guichet {

/// Whether it is a W3C trace context of version 00 that can be continued:
/// 00-<32 hexadecimal digits>-<16>-<2>, in lower case, neither id all zero.
bool is_traceparent(std::string_view text);

}  // namespace guichet
