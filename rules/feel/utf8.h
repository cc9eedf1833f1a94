#pragma once

#include <string>
#include <string_view>

namespace guichet::feel {

/// The first character of a text that is not empty, and how many bytes it takes. U+FFFD and 1 where
/// the bytes are no character.
char32_t decode_utf8(std::string_view text, std::size_t& length);
std::string encode_utf8(char32_t character);
std::u32string to_characters(std::string_view text);
std::string from_characters(std::u32string_view characters);
std::size_t count_characters(std::string_view text);
bool is_utf8(std::string_view text);

}  // namespace guichet::feel
