#include "schemas/determination_json.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>

namespace guichet {
namespace {

constexpr std::size_t kMaxPlace = 100;

// Of protobuf's texts: "(lines[0]) anual: Cannot find field." and
// "(lines[0].status): invalid value "X" for type …". The value is never repeated.
constexpr std::string_view kUnknownField = ": Cannot find field.";
constexpr std::string_view kWrongValue = "): invalid value ";

/// Empty where it is not made of names and indices alone: then it is not worth repeating.
std::string place(std::string_view text) {
  std::string path;
  for (const char c : text) {
    if (c == '(' || c == ')') continue;
    path += c == ' ' ? '.' : c;
  }
  bool in_index = false;
  const bool plain = std::ranges::all_of(path, [&](char c) {
    if (c == '[' || c == ']') in_index = c == '[';
    const bool digit = c >= '0' && c <= '9';
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    return in_index ? digit || c == '[' : letter || c == '.' || c == ']';
  });
  return plain && !path.empty() && path.size() <= kMaxPlace ? path : std::string();
}

std::string why(std::string_view error) {
  if (error.ends_with(kUnknownField)) {
    error.remove_suffix(kUnknownField.size());
    if (const std::string name = place(error); !name.empty())
      return name + ": the schema guichet.v1.Determination has no such field";
  } else if (const auto at = error.find(kWrongValue); at != std::string_view::npos) {
    if (const std::string name = place(error.substr(0, at)); !name.empty())
      return name + ": not a value of the type that guichet.v1.Determination gives it";
  }
  return "it is not a determination in JSON; each field is named as in the schema "
         "guichet.v1.Determination, and has its type";
}

}  // namespace

Result<v1::Determination> determination_from_json(std::string_view json) {
  if (json.size() > kMaxDeterminationBytes)
    return Failure{"it is larger than " + std::to_string(kMaxDeterminationBytes) + " bytes"};
  v1::Determination answer;
  const auto status =
      google::protobuf::util::JsonStringToMessage({json.data(), json.size()}, &answer);
  if (!status.ok())
    return Failure{why(std::string_view(status.message().data(), status.message().size()))};
  return answer;
}

}  // namespace guichet
