#include "gateway/http/fields.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/string.hpp>

#include "gateway/http/json_in.h"

namespace guichet::http {
namespace {

namespace json = boost::json;

std::string joined(std::span<const std::string_view> names) {
  std::string text;
  for (std::string_view name : names) {
    if (!text.empty()) text += ", ";
    text += name;
  }
  return text;
}

std::size_t characters(std::string_view utf8) {
  return static_cast<std::size_t>(std::count_if(utf8.begin(), utf8.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

bool has_control(std::string_view utf8) {
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    const auto c = static_cast<unsigned char>(utf8[i]);
    if (c < 0x20 || c == 0x7F) return true;
    if (c == 0xC2 && i + 1 < utf8.size() && static_cast<unsigned char>(utf8[i + 1]) < 0xA0)
      return true;
  }
  return false;
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(' ') == std::string_view::npos;
}

}  // namespace

Fields::Fields(const json::value& value, std::string pointer, std::vector<FieldError>& errors)
    : object_(value.if_object()), pointer_(std::move(pointer)), errors_(errors) {
  if (object_ == nullptr) note({}, {"must be an object", "doit être un objet"});
}

std::string Fields::pointer(std::string_view name) const {
  return name.empty() ? pointer_ : pointer_ + "/" + std::string(name);
}

void Fields::note(std::string_view name, Words detail) {
  if (errors_.size() < kMaxFieldErrors) errors_.push_back({pointer(name), std::move(detail)});
}

const json::value* Fields::value(std::string_view name, Need need) {
  if (object_ == nullptr) return nullptr;
  known_.push_back(name);
  const json::value* found = object_->if_contains(json::string_view(name.data(), name.size()));
  if (found == nullptr && need == Need::required) note(name, {"is required", "est obligatoire"});
  return found;
}

std::optional<std::string_view> Fields::string(std::string_view name, Need need) {
  const json::value* found = value(name, need);
  if (found == nullptr) return std::nullopt;
  const json::string* text = found->if_string();
  if (text == nullptr) {
    note(name, {"must be a text, in quotes", "doit être un texte, entre guillemets"});
    return std::nullopt;
  }
  return std::string_view(text->data(), text->size());
}

std::optional<std::string> Fields::text(std::string_view name, Need need, std::size_t most) {
  const auto text = string(name, need);
  if (!text) return std::nullopt;
  if (is_blank(*text) || characters(*text) > most || has_control(*text)) {
    const std::string n = std::to_string(most);
    note(name, {"must be 1 to " + n + " characters, without control characters",
                "doit avoir de 1 à " + n + " caractères, sans caractère de contrôle"});
    return std::nullopt;
  }
  return std::string(*text);
}

std::optional<std::string> Fields::one_of(std::string_view name, Need need,
                                          std::span<const std::string_view> allowed) {
  const auto text = string(name, need);
  if (!text) return std::nullopt;
  if (std::find(allowed.begin(), allowed.end(), *text) == allowed.end()) {
    note(name, {"must be one of: " + joined(allowed), "doit être l’un de : " + joined(allowed)});
    return std::nullopt;
  }
  return std::string(*text);
}

std::optional<std::string> Fields::formed(std::string_view name, Need need,
                                          bool (*fits)(std::string_view), const Words& form) {
  const auto text = string(name, need);
  if (!text) return std::nullopt;
  if (!fits(*text)) {
    note(name, form);
    return std::nullopt;
  }
  return std::string(*text);
}

std::optional<Day> Fields::day(std::string_view name, Need need) {
  const auto text = string(name, need);
  if (!text) return std::nullopt;
  const Result<Day> day = parse_day(*text);
  if (!day) {
    note(name,
         {"not a date; write year, month and day of a day that exists, such as \"2026-01-31\"",
          "pas une date; écrivez l’année, le mois et le jour d’un jour qui existe, comme "
          "« 2026-01-31 »"});
    return std::nullopt;
  }
  return *day;
}

std::optional<Money> Fields::amount(std::string_view name, Need need, Sign sign) {
  const json::value* found = value(name, need);
  if (found == nullptr) return std::nullopt;
  const json::string* text = found->if_string();
  const Result<Money> amount = text == nullptr
                                   ? Result<Money>(Failure{})
                                   : Money::parse(std::string_view(text->data(), text->size()));
  if (!amount) {
    note(name,
         {"not an amount; write dollars and cents in quotes, at most twelve digits before the "
          "point and two after it, such as \"21800.00\"",
          "pas un montant; écrivez les dollars et les cents entre guillemets, au plus douze "
          "chiffres avant le point et deux après, comme \"21800.00\""});
    return std::nullopt;
  }
  if (sign == Sign::not_negative && *amount < Money()) {
    note(name, {"must not be negative", "ne doit pas être négatif"});
    return std::nullopt;
  }
  return *amount;
}

std::optional<std::uint32_t> Fields::whole_number(std::string_view name, Need need,
                                                  std::uint32_t most) {
  const json::value* found = value(name, need);
  if (found == nullptr) return std::nullopt;
  const std::int64_t* number = found->if_int64();
  if (number == nullptr || *number < 0 || *number > most) {
    const std::string n = std::to_string(most);
    note(name, {"must be a whole number from 0 to " + n + ", without quotes",
                "doit être un nombre entier de 0 à " + n + ", sans guillemets"});
    return std::nullopt;
  }
  return static_cast<std::uint32_t>(*number);
}

std::optional<bool> Fields::flag(std::string_view name, Need need) {
  const json::value* found = value(name, need);
  if (found == nullptr) return std::nullopt;
  const bool* flag = found->if_bool();
  if (flag == nullptr) {
    note(name,
         {"must be true or false, without quotes", "doit être true ou false, sans guillemets"});
    return std::nullopt;
  }
  return *flag;
}

const json::array* Fields::list(std::string_view name, Need need, std::size_t fewest,
                                std::size_t most) {
  const json::value* found = value(name, need);
  if (found == nullptr) return nullptr;
  const json::array* list = found->if_array();
  if (list == nullptr) {
    note(name, {"must be a list", "doit être une liste"});
    return nullptr;
  }
  if (list->size() < fewest || list->size() > most) {
    const std::string from = std::to_string(fewest);
    const std::string to = std::to_string(most);
    note(name, {"must have " + from + " to " + to + " entries",
                "doit avoir de " + from + " à " + to + " éléments"});
    return nullptr;
  }
  return list;
}

void Fields::refuse_others() {
  if (object_ == nullptr) return;
  bool hidden = false;
  for (const json::key_value_pair& field : *object_) {
    const std::string_view name(field.key().data(), field.key().size());
    if (std::find(known_.begin(), known_.end(), name) != known_.end()) continue;
    const bool showable = is_showable_name(name);
    if (!showable && hidden) continue;
    hidden = hidden || !showable;
    if (known_.empty())
      note(showable ? name : std::string_view{},
           {"no field is taken here", "aucun champ n’est accepté ici"});
    else
      note(showable ? name : std::string_view{},
           showable ? Words{"is unknown here; the fields are: " + joined(known_),
                            "est inconnu ici; les champs sont : " + joined(known_)}
                    : Words{"has a field that is unknown here; the fields are: " + joined(known_),
                            "a un champ inconnu ici; les champs sont : " + joined(known_)});
  }
}

}  // namespace guichet::http
