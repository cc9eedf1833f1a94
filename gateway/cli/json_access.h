#pragma once

#include <boost/json.hpp>
#include <string>
#include <string_view>

#include "gateway/cli/terminal.h"

namespace guichet::cli {

// Reading the server's JSON without trusting it: what is missing or of another type is empty.

inline const boost::json::value& at(const boost::json::value& value, std::string_view key) {
  static const boost::json::value kNothing;
  const auto* object = value.if_object();
  const auto* found = object ? object->if_contains(key) : nullptr;
  return found ? *found : kNothing;
}

inline const boost::json::array& items(const boost::json::value& value) {
  static const boost::json::array kNone;
  const auto* array = value.if_array();
  return array ? *array : kNone;
}

/// A text, fit to be printed.
inline std::string text_of(const boost::json::value& value) {
  const auto* text = value.if_string();
  return text ? printable(std::string_view(*text)) : std::string();
}

inline std::string text_at(const boost::json::value& value, std::string_view key) {
  return text_of(at(value, key));
}

inline long long number_at(const boost::json::value& value, std::string_view key) {
  const auto& found = at(value, key);
  if (const auto* number = found.if_int64()) return *number;
  return 0;
}

}  // namespace guichet::cli
