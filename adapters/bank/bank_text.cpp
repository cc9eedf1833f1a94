#include "adapters/bank/bank_text.h"

#include <array>
#include <cstdint>
#include <vector>

namespace guichet::bank {
namespace {

/// Letters of one block of Unicode, from `first` on, each as it is written without marks; `_` where
/// it has no such letter.
struct Block {
  char32_t first;
  std::string_view letters;
};

// By Unicode's compatibility decomposition without its combining marks; where there is none, the
// letter of the same descent (Ø, Đ, Ł, Þ as in ICAO 9303-3, section 6).
constexpr std::array<Block, 3> kBlocks = {{
    {U'\u00C0',
     "A A A A A A AE C E E E E I I I I D N O O O O O _ O U U U U Y TH ss a a a a a a ae c e "
     "e e e i i i i d n o o o o o _ o u u u u y th y A a A a A a C c C c C c C c D d D d E e "
     "E e E e E e E e G g G g G g G g H h H h I i I i I i I i I i IJ ij J j K k k L l L l L "
     "l L l L l N n N n N n 'n N n O o O o O o OE oe R r R r R r S s S s S s S s T t T t T t "
     "U u U u U u U u U u U u W w Y y Y Z z Z z Z z s"},
    {U'\u01CD',
     "A a I i O o U u U u U u U u U u _ A a A a AE ae G g G g K k O o O o _ _ j DZ Dz dz G g _ "
     "_ N n A a AE ae O o A a A a E e E e I i I i O o O o R r R r U u U u S s T t _ _ H h _ _ "
     "_ _ _ _ A a E e O o O o O o O o Y y"},
    {U'\u1E00',
     "A a B b B b B b C c D d D d D d D d D d E e E e E e E e E e F f G g H h H h H h H h H "
     "h I i I i K k K k K k L l L l L l L l M m M m M m N n N n N n N n O o O o O o O o P p "
     "P p R r R r R r R r S s S s S s S s S s T t T t T t T t U u U u U u U u U u V v V v W "
     "w W w W w W w W w X x X x Y y Z z Z z Z z h t w y a s _ _ SS _ A a A a A a A a A a A a "
     "A a A a A a A a A a A a E e E e E e E e E e E e E e E e I i I i O o O o O o O o O o O "
     "o O o O o O o O o O o O o U u U u U u U u U u U u U u Y y Y y Y y Y y _ _ _ _ _ _"},
}};

std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> list;
  while (!text.empty()) {
    const std::size_t end = text.find(' ');
    list.push_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return list;
}

/// What an ASCII character becomes.
char ascii(char32_t c) {
  if ((c >= U'a' && c <= U'z') || (c >= U'A' && c <= U'Z') || (c >= U'0' && c <= U'9'))
    return static_cast<char>(c);
  constexpr std::string_view kTaken = "-?:(),.'+";
  const char sign = static_cast<char>(c);
  if (kTaken.find(sign) != std::string_view::npos) return sign;
  if (sign == '&') return '+';
  if (sign == '_' || sign == '/') return '-';
  if (sign == '`') return '\'';
  return c <= U' ' || c == 0x7F ? ' ' : '.';
}

/// What another character becomes; nothing for a letter that is not Latin.
std::optional<std::string_view> other(char32_t c) {
  static const std::array<std::vector<std::string_view>, kBlocks.size()> letters = [] {
    std::array<std::vector<std::string_view>, kBlocks.size()> all;
    for (std::size_t i = 0; i < kBlocks.size(); ++i) all[i] = words(kBlocks[i].letters);
    return all;
  }();
  for (std::size_t i = 0; i < kBlocks.size(); ++i) {
    if (c < kBlocks[i].first || c - kBlocks[i].first >= letters[i].size()) continue;
    const std::string_view letter = letters[i][c - kBlocks[i].first];
    if (letter != "_") return letter;
    if (c == U'\u00D7' || c == U'\u00F7') return ".";
    return {};
  }
  switch (c) {
    case 0x01A0:
      return "O";  // Vietnamese
    case 0x01A1:
      return "o";
    case 0x01AF:
      return "U";
    case 0x01B0:
      return "u";
    case 0x018F:
      return "A";  // Azerbaijani
    case 0x0259:
      return "a";
    case 0x0294:  // glottal stops, in Dene and Salish names
    case 0x0241:
    case 0x0242:
    case 0x02BC:
    case 0x02BB:
    case 0x2018:
    case 0x2019:
      return "'";
    case 0x2010:
    case 0x2011:
    case 0x2012:
    case 0x2013:
    case 0x2014:
      return "-";
    case 0x00A0:
    case 0x202F:
    case 0x3000:
      return " ";
    case 0x00AA:
      return "a";
    case 0x00BA:
      return "o";
    case 0x00AD:
    case 0x200B:
    case 0xFEFF:
      return "";
    default:
      break;
  }
  if (c >= 0x0300 && c <= 0x036F) return "";  // a mark that follows its letter
  if (c >= 0x2000 && c <= 0x200A) return " ";
  if ((c >= 0x0080 && c < 0x00C0) || (c >= 0x2000 && c < 0x2C00)) return ".";
  return {};
}

/// Reads one character of UTF-8 (RFC 3629) and removes it; nothing where it is none.
std::optional<char32_t> take(std::string_view& text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned lead = byte(0);
  const std::size_t length = lead < 0x80   ? 1
                             : lead < 0xC2 ? 0
                             : lead < 0xE0 ? 2
                             : lead < 0xF0 ? 3
                             : lead < 0xF5 ? 4
                                           : 0;
  if (length == 0 || text.size() < length) return {};
  char32_t c = length == 1 ? lead : lead & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80) return {};
    c = c << 6 | (byte(i) & 0x3FU);
  }
  if ((length == 3 && c < 0x800) || (length == 4 && (c < 0x10000 || c > 0x10FFFF)) ||
      (c >= 0xD800 && c < 0xE000))
    return {};
  text.remove_prefix(length);
  return c;
}

}  // namespace

std::optional<std::string> to_bank_text(std::string_view utf8) {
  std::string text;
  text.reserve(utf8.size());
  const auto put = [&](char c) {
    if (c != ' ' || (!text.empty() && text.back() != ' ')) text.push_back(c);
  };
  while (!utf8.empty()) {
    const auto c = take(utf8);
    if (!c) return {};
    if (*c < 0x80) {
      put(ascii(*c));
      continue;
    }
    const auto letters = other(*c);
    if (!letters) return {};
    for (const char letter : *letters) put(letter);
  }
  if (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

std::string_view cut(std::string_view bank_text, std::size_t most) {
  bank_text = bank_text.substr(0, most);
  while (!bank_text.empty() && bank_text.back() == ' ') bank_text.remove_suffix(1);
  return bank_text;
}

}  // namespace guichet::bank
