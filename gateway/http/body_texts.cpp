#include "gateway/http/body_texts.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "gateway/http/json_in.h"

namespace guichet::http {

namespace json = boost::json;

std::variant<std::map<std::string, std::string>, Problem> read_texts(
    std::string_view body, std::initializer_list<std::string_view> names) {
  std::map<std::string, std::string> texts;
  if (body.empty()) return texts;
  auto read = read_json(body);
  if (const Words* unreadable = std::get_if<Words>(&read))
    return Problem{ProblemKind::unreadable_json, *unreadable, {}};
  const JsonDocument& document = std::get<JsonDocument>(read);
  std::vector<FieldError> errors = document.errors;
  const json::object* object = document.value.if_object();
  if (object == nullptr)
    errors.push_back({"#", {"must be an object", "doit être un objet"}});
  else
    for (const auto& [key, value] : *object) {
      const std::string name(key.data(), key.size());
      const std::string place = "#/" + (is_showable_name(name) ? name : std::string("?"));
      if (std::ranges::find(names, std::string_view(name)) == names.end())
        errors.push_back({place, {"is not known here", "n’est pas connu ici"}});
      else if (const json::string* text = value.if_string())
        texts[name] = std::string(text->data(), text->size());
      else
        errors.push_back({place, {"must be a text", "doit être un texte"}});
    }
  if (!errors.empty()) return Problem{ProblemKind::bad_fields, std::nullopt, std::move(errors)};
  return texts;
}

}  // namespace guichet::http
