#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace guichet::feel {

/// XPath's regular expressions (DMN 1.5, 10.3.4.3), on ICU with limits on time and memory. Nothing
/// where the pattern or the flags are wrong or a limit is reached.
struct Regex {
  static std::optional<bool> matches(std::string_view input, std::string_view pattern,
                                     std::string_view flags, std::int32_t limit);
  static std::optional<std::string> replace(std::string_view input, std::string_view pattern,
                                            std::string_view replacement, std::string_view flags,
                                            std::int32_t limit, std::size_t longest);
  static std::optional<std::vector<std::string>> split(std::string_view input,
                                                       std::string_view pattern, std::int32_t limit,
                                                       std::size_t most);
};

}  // namespace guichet::feel
