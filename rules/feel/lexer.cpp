#include "rules/feel/lexer.h"

#include "rules/feel/limits.h"
#include "rules/feel/utf8.h"

namespace guichet::feel {

namespace {

bool is_space(char32_t c) {
  return (c >= 0x09 && c <= 0x0D) || c == 0x20 || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         c == 0x180E || (c >= 0x2000 && c <= 0x200B) || c == 0x2028 || c == 0x2029 || c == 0x202F ||
         c == 0x205F || c == 0x3000 || c == 0xFEFF;
}

bool is_digit(char32_t c) {
  return c >= '0' && c <= '9';
}

/// DMN 1.5, grammar rules 28 and 29.
bool starts_name(char32_t c) {
  return c == '?' || c == '_' || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
         (c >= 0xC0 && c <= 0xD6) || (c >= 0xD8 && c <= 0xF6) || (c >= 0xF8 && c <= 0x2FF) ||
         (c >= 0x370 && c <= 0x37D) || (c >= 0x37F && c <= 0x1FFF && !is_space(c)) ||
         (c >= 0x200C && c <= 0x200D) || (c >= 0x2070 && c <= 0x218F) ||
         (c >= 0x2C00 && c <= 0x2FEF) || (c >= 0x3001 && c <= 0xD7FF) ||
         (c >= 0xF900 && c <= 0xFDCF) || (c >= 0xFDF0 && c <= 0xFFFD && c != 0xFEFF) ||
         (c >= 0x10000 && c <= 0xEFFFF);
}
bool continues_name(char32_t c) {
  return starts_name(c) || is_digit(c) || c == 0xB7 || (c >= 0x300 && c <= 0x36F) ||
         (c >= 0x203F && c <= 0x2040);
}

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  std::vector<Token> run() {
    if (text_.size() > kMaxExpressionSize)
      throw SyntaxError{
          0, "the expression is longer than " + std::to_string(kMaxExpressionSize) + " bytes"};
    if (!is_utf8(text_)) throw SyntaxError{0, "the expression is not UTF-8"};
    std::vector<Token> tokens;
    for (;;) {
      skip();
      Token token;
      token.position = at_;
      if (at_ < text_.size()) read(token);
      token.end = at_;
      tokens.push_back(std::move(token));
      if (tokens.back().kind == Token::Kind::end) return tokens;
    }
  }

 private:
  char32_t peek(std::size_t* length = nullptr) const {
    std::size_t n = 0;
    const char32_t c = decode_utf8(text_.substr(at_), n);
    if (length) *length = n;
    return c;
  }
  char byte(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }

  void skip() {
    while (at_ < text_.size()) {
      std::size_t n;
      if (is_space(peek(&n))) {
        at_ += n;
      } else if (byte() == '/' && byte(1) == '/') {
        while (at_ < text_.size() && byte() != '\n') ++at_;
      } else if (byte() == '/' && byte(1) == '*') {
        const auto end = text_.find("*/", at_ + 2);
        if (end == std::string_view::npos) throw SyntaxError{at_, "the comment has no end '*/'"};
        at_ = end + 2;
      } else {
        return;
      }
    }
  }

  void read(Token& token) {
    const char c = byte();
    if (is_digit(static_cast<unsigned char>(c)) ||
        (c == '.' && is_digit(static_cast<unsigned char>(byte(1))))) {
      read_number(token);
    } else if (c == '"') {
      token.kind = Token::Kind::string;
      token.text = read_string();
    } else if (c == '@') {
      ++at_;
      skip();
      if (byte() != '"') throw SyntaxError{at_, "a string must follow '@'"};
      token.kind = Token::Kind::at_string;
      token.text = read_string();
    } else if (starts_name(peek())) {
      token.kind = Token::Kind::word;
      std::size_t n;
      while (at_ < text_.size() && continues_name(peek(&n))) {
        token.text.append(text_.substr(at_, n));
        at_ += n;
      }
    } else {
      read_symbol(token);
    }
  }

  void read_number(Token& token) {
    const std::size_t start = at_;
    const auto digits = [&] {
      while (is_digit(static_cast<unsigned char>(byte()))) ++at_;
    };
    digits();
    if (byte() == '.' && is_digit(static_cast<unsigned char>(byte(1)))) {
      ++at_;
      digits();
    }
    if (byte() == 'e' || byte() == 'E') {
      const std::size_t sign = byte(1) == '+' || byte(1) == '-' ? 1 : 0;
      if (is_digit(static_cast<unsigned char>(byte(1 + sign)))) {
        at_ += 1 + sign;
        digits();
      }
    }
    token.kind = Token::Kind::number;
    token.text = text_.substr(start, at_ - start);
  }

  std::string read_string() {
    const std::size_t start = at_++;
    std::string text;
    for (;;) {
      if (at_ >= text_.size()) throw SyntaxError{start, "the string has no closing '\"'"};
      const char c = text_[at_++];
      if (c == '"') return text;
      if (c != '\\') {
        text += c;
        continue;
      }
      const char escape = byte();
      ++at_;
      switch (escape) {
        case 'n':
          text += '\n';
          break;
        case 't':
          text += '\t';
          break;
        case 'r':
          text += '\r';
          break;
        case '"':
          text += '"';
          break;
        case '\'':
          text += '\'';
          break;
        case '\\':
          text += '\\';
          break;
        case 'u':
          text += read_escape(4);
          break;
        case 'U':
          text += read_escape(6);
          break;
        default:  // not an escape, such as \d in a pattern
          text += '\\';
          --at_;
      }
    }
  }

  std::string read_escape(std::size_t digits) {
    char32_t c = read_hex(digits);
    if (c >= 0xD800 && c <= 0xDBFF && byte() == '\\' && byte(1) == 'u') {
      at_ += 2;
      const char32_t low = read_hex(4);
      if (low >= 0xDC00 && low <= 0xDFFF) c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
    }
    if (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
      throw SyntaxError{at_, "the escape names no character"};
    return encode_utf8(c);
  }

  char32_t read_hex(std::size_t digits) {
    char32_t value = 0;
    for (std::size_t i = 0; i < digits; ++i, ++at_) {
      const char c = byte();
      const int digit = c >= '0' && c <= '9'   ? c - '0'
                        : c >= 'a' && c <= 'f' ? c - 'a' + 10
                        : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                               : -1;
      if (digit < 0)
        throw SyntaxError{at_, std::to_string(digits) + " hexadecimal digits must follow \\u"};
      value = value * 16 + static_cast<char32_t>(digit);
    }
    return value;
  }

  void read_symbol(Token& token) {
    static constexpr std::string_view kPairs[] = {"..", "**", "<=", ">=", "!=", "->"};
    static constexpr std::string_view kSingles = "+-*/=<>()[]{},:.'";
    token.kind = Token::Kind::symbol;
    for (const auto pair : kPairs) {
      if (text_.substr(at_, 2) == pair) {
        token.text = pair;
        at_ += 2;
        return;
      }
    }
    if (kSingles.find(byte()) == std::string_view::npos)
      throw SyntaxError{at_, "a character that is not part of FEEL"};
    token.text = byte();
    ++at_;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::vector<Token> read_tokens(std::string_view text) {
  return Lexer(text).run();
}

std::string place_in(std::string_view text, std::size_t position) {
  std::size_t line = 1, column = 1;
  for (std::size_t i = 0; i < position && i < text.size(); ++i) {
    if (text[i] == '\n') {
      ++line;
      column = 1;
    } else if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) {
      ++column;
    }
  }
  return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

}  // namespace guichet::feel
