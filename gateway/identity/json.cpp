#include "gateway/identity/json.h"

#include <algorithm>
#include <cstdlib>

namespace guichet::identity {
namespace {

std::string_view view_of(const json_t* text) {
  return {json_string_value(text), json_string_length(text)};
}

// Counted before jansson reads it, which recurses.
bool is_deeper_than(std::string_view text, std::size_t depth) {
  std::size_t level = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted && c == '\\') {
      ++i;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && (c == '{' || c == '[')) {
      if (++level > depth) return true;
    } else if (!quoted && (c == '}' || c == ']') && level > 0) {
      --level;
    }
  }
  return false;
}

}  // namespace

Json read_object(std::string_view text, std::size_t depth) {
  if (is_deeper_than(text, depth)) return nullptr;
  json_error_t failed;
  Json value(json_loadb(text.data(), text.size(), JSON_REJECT_DUPLICATES, &failed));
  return value && json_is_object(value.get()) ? std::move(value) : nullptr;
}

std::string dump(const json_t* value) {
  const std::unique_ptr<char, decltype(&std::free)> text(json_dumps(value, JSON_COMPACT),
                                                         &std::free);
  return text ? text.get() : "";
}

std::optional<std::string_view> text_of(const json_t* object, const char* name) {
  const json_t* value = json_object_get(object, name);
  return json_is_string(value) ? std::optional(view_of(value)) : std::nullopt;
}

std::optional<std::vector<std::string>> texts_of(const json_t* object, const char* name,
                                                 std::size_t most) {
  const json_t* value = json_object_get(object, name);
  std::vector<std::string> texts;
  if (value == nullptr) return texts;
  if (json_is_string(value)) {
    texts.emplace_back(view_of(value));
    return texts;
  }
  if (!json_is_array(value) || json_array_size(value) > most) return std::nullopt;
  for (std::size_t i = 0; i < json_array_size(value); ++i) {
    const json_t* item = json_array_get(value, i);
    if (!json_is_string(item)) return std::nullopt;
    texts.emplace_back(view_of(item));
  }
  return texts;
}

}  // namespace guichet::identity
