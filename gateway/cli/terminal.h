#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace guichet::cli {

inline constexpr unsigned kNarrowestTerminal = 40;
inline constexpr unsigned kWidthWhereUnknown = 80;
inline constexpr unsigned kWidestText = 120;

/// Columns of the terminal that standard output goes to, between kNarrowestTerminal and
/// kWidestText; COLUMNS where it is no terminal.
unsigned terminal_width();

/// Columns that UTF-8 text takes: one per code point. Names and texts of Canadian programs have no
/// wide or combining characters.
std::size_t display_width(std::string_view utf8);

/// Lines no wider than `width`, broken at spaces (never at a no-break space, so that an amount
/// stays whole); a word that is wider alone is cut.
std::vector<std::string> wrap(std::string_view utf8, std::size_t width);

/// The text without what could steer a terminal: control characters become U+FFFD.
std::string printable(std::string_view utf8);

}  // namespace guichet::cli
