#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace guichet::feel {

/// Thrown while an expression is read; the public functions turn it into a Failure.
struct SyntaxError {
  std::size_t position;  // in bytes
  std::string message;
};

struct Token {
  enum class Kind {
    word,  // letters, digits, '_' and '?': a name, a part of one, or a keyword
    number,
    string,     // `text` is its content
    at_string,  // @"…"
    symbol,     // one or two characters
    end,
  };
  Kind kind = Kind::end;
  std::string text;
  std::size_t position = 0;
  std::size_t end = 0;

  bool is(std::string_view symbol) const { return kind == Kind::symbol && text == symbol; }
  bool is_word(std::string_view word) const { return kind == Kind::word && text == word; }
};

/// The tokens of a FEEL text, with one of kind `end` last. Throws SyntaxError.
std::vector<Token> read_tokens(std::string_view text);

/// "line 2, column 5"
std::string place_in(std::string_view text, std::size_t position);

}  // namespace guichet::feel
