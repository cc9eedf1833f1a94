#include "schemas/values/traceparent.h"

namespace guichet {
namespace {

bool is_lower_hex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool is_id(std::string_view text) {
  return is_lower_hex(text) && text.find_first_not_of('0') != std::string_view::npos;
}

}  // namespace

bool is_traceparent(std::string_view text) {
  return text.size() == 55 && text.starts_with("00-") && text[35] == '-' && text[52] == '-' &&
         is_id(text.substr(3, 32)) && is_id(text.substr(36, 16)) && is_lower_hex(text.substr(53));
}

}  // namespace guichet
