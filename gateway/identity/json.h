#pragma once

#include <jansson.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// JSON of tokens and keys, by jansson, which cjose speaks. For .cpp files of this folder.

namespace guichet::identity {

struct JsonRelease {
  void operator()(json_t* value) const { json_decref(value); }
};
using Json = std::unique_ptr<json_t, JsonRelease>;

/// A JSON object of UTF-8, at most `depth` levels deep, in which no name stands twice; null where
/// it is not that.
Json read_object(std::string_view text, std::size_t depth);

std::string dump(const json_t* value);

/// A member that is a string; null where there is none, or another type.
std::optional<std::string_view> text_of(const json_t* object, const char* name);

/// A member that is a string, or an array of at most `most` strings; none where it is another
/// thing. Where there is no such member: empty.
std::optional<std::vector<std::string>> texts_of(const json_t* object, const char* name,
                                                 std::size_t most);

}  // namespace guichet::identity
