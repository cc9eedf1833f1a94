#include "gateway/http/json_out.h"

namespace guichet::http {

void JsonOut::quote(std::string_view value) {
  constexpr std::string_view digits = "0123456789abcdef";
  json_ += '"';
  for (char c : value) {
    if (c == '"' || c == '\\') {
      json_ += '\\';
      json_ += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      json_ += "\\u00";
      json_ += digits[static_cast<unsigned char>(c) >> 4];
      json_ += digits[c & 15];
    } else {
      json_ += c;
    }
  }
  json_ += '"';
}

}  // namespace guichet::http
