#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace guichet::identity {

/// Base64url without padding (RFC 7515, section 2). Strict: one text for each value of bytes; no
/// padding, no space, no bits left over.
std::optional<std::string> decode_base64url(std::string_view text);
std::string encode_base64url(std::string_view bytes);

}  // namespace guichet::identity
