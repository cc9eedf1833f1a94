#include "gateway/http/canonical.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <vector>

namespace guichet::http {
namespace {

namespace json = boost::json;

void write_canonical(const json::value& value, std::string& out) {
  if (const json::object* object = value.if_object()) {
    std::vector<const json::key_value_pair*> fields;
    for (const json::key_value_pair& field : *object) fields.push_back(&field);
    std::sort(fields.begin(), fields.end(),
              [](const auto* a, const auto* b) { return a->key() < b->key(); });
    out += '{';
    for (const json::key_value_pair* field : fields) {
      if (field != fields.front()) out += ',';
      out += json::serialize(json::string_view(field->key()));
      out += ':';
      write_canonical(field->value(), out);
    }
    out += '}';
  } else if (const json::array* list = value.if_array()) {
    out += '[';
    for (std::size_t i = 0; i < list->size(); ++i) {
      if (i > 0) out += ',';
      write_canonical((*list)[i], out);
    }
    out += ']';
  } else {
    out += json::serialize(value);
  }
}

}  // namespace

std::string canonical(const json::value& value) {
  std::string text;
  write_canonical(value, text);
  return text;
}

}  // namespace guichet::http
