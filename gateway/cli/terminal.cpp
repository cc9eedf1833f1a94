#include "gateway/cli/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace guichet::cli {
namespace {

bool starts_code_point(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
}

/// Cuts a word that no line can hold; at least one code point a piece.
std::string take_width(std::string& word, std::size_t width) {
  std::size_t at = 0;
  std::size_t taken = 0;
  while (at < word.size()) {
    if (starts_code_point(word[at]) && taken++ == width) break;
    ++at;
  }
  std::string piece = word.substr(0, at);
  word.erase(0, at);
  return piece;
}

}  // namespace

unsigned terminal_width() {
  winsize size{};
  unsigned width = 0;
  if (isatty(STDOUT_FILENO) != 0 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
    width = size.ws_col;
  if (width == 0) {
    if (const char* columns = std::getenv("COLUMNS"))
      width = static_cast<unsigned>(std::strtoul(columns, nullptr, 10));
  }
  if (width == 0) width = kWidthWhereUnknown;
  return std::clamp(width, kNarrowestTerminal, kWidestText);
}

std::size_t display_width(std::string_view utf8) {
  return static_cast<std::size_t>(std::count_if(utf8.begin(), utf8.end(), starts_code_point));
}

std::vector<std::string> wrap(std::string_view utf8, std::size_t width) {
  width = std::max<std::size_t>(width, 1);
  std::vector<std::string> lines;
  std::string line;
  std::size_t at = 0;
  while (at < utf8.size()) {
    const std::size_t space = std::min(utf8.find(' ', at), utf8.size());
    std::string word(utf8.substr(at, space - at));
    at = space + 1;
    if (word.empty()) continue;
    if (!line.empty() && display_width(line) + 1 + display_width(word) > width) {
      lines.push_back(std::move(line));
      line.clear();
    }
    while (display_width(word) > width) lines.push_back(take_width(word, width));
    if (!line.empty()) line += ' ';
    line += word;
  }
  if (!line.empty() || lines.empty()) lines.push_back(std::move(line));
  return lines;
}

std::string printable(std::string_view utf8) {
  std::string out;
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    const auto c = static_cast<unsigned char>(utf8[i]);
    const bool c1 = c == 0xC2 && i + 1 < utf8.size() &&
                    static_cast<unsigned char>(utf8[i + 1]) < 0xA0;  // U+0080..U+009F
    if (c < 0x20 || c == 0x7F || c1) {
      out += "\xEF\xBF\xBD";
      if (c1) ++i;
    } else {
      out += utf8[i];
    }
  }
  return out;
}

}  // namespace guichet::cli
