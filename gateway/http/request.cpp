#include "gateway/http/request.h"

namespace guichet::http {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

bool same_name(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (lower(a[i]) != lower(b[i])) return false;
  return true;
}

std::string_view trimmed(std::string_view text) {
  const auto is_space = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::string_view Request::field(std::string_view name) const {
  for (const Field& field : fields)
    if (same_name(field.name, name)) return field.value;
  return {};
}

void Response::vary(std::string_view name) {
  for (auto& [known, value] : headers) {
    if (known != "Vary") continue;
    value += ", " + std::string(name);
    return;
  }
  set("Vary", std::string(name));
}

std::string Request::list_field(std::string_view name) const {
  std::string joined;
  for (const Field& field : fields) {
    if (!same_name(field.name, name)) continue;
    if (!joined.empty()) joined += ", ";
    joined += field.value;
  }
  return joined;
}

}  // namespace guichet::http
