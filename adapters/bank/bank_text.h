#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace guichet::bank {

/// Text in the characters that every bank takes, or nothing where it has a letter that is not
/// Latin, or is not UTF-8.
///
///   to_bank_text("Zoë Lévesque-Nguyễn")  // "Zoe Levesque-Nguyen"
///   to_bank_text("ᓄᓇᕗᑦ")                 // nothing: somebody has to say how the bank writes it
///
/// These characters are a-z A-Z 0-9 - ? : ( ) . , ' + and space: SWIFT's character set X, less the
/// slash, which may not stand everywhere. Letters lose their marks, Æ and Œ become AE and OE, ß ss,
/// & +, a glottal stop an apostrophe; other signs become a point, and spaces are joined. By a table
/// of our own, so that the bytes do not depend on the version of a library.
std::optional<std::string> to_bank_text(std::string_view utf8);

/// At most so many of its characters (each is one byte), without a space at the end.
std::string_view cut(std::string_view bank_text, std::size_t most);

}  // namespace guichet::bank
