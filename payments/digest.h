#pragma once

#include <string>
#include <string_view>

namespace guichet::payments {

/// SHA-256 in hexadecimal. Given from outside, so that nothing here needs a library for it.
using Digest = std::string (*)(std::string_view bytes);

}  // namespace guichet::payments
