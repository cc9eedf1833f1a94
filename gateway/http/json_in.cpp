#include "gateway/http/json_in.h"

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value_stack.hpp>
#include <cmath>
#include <string>

namespace guichet::http {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxShownName = 40;
constexpr int kMaxShownDigits = 3;

bool has_bad_character(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = [&](std::size_t at) {
      return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U;
    };
    if (byte(i) == 0) return true;
    if (byte(i) == 0xD8 && byte(i + 1) == 0x9C) return true;  // U+061C
    if (byte(i) != 0xE2) continue;
    const unsigned second = byte(i + 1);
    const unsigned third = byte(i + 2);
    if (second == 0x80 && (third == 0x8E || third == 0x8F)) return true;  // U+200E, U+200F
    if (second == 0x80 && third >= 0xAA && third <= 0xAE) return true;    // U+202A to U+202E
    if (second == 0x81 && third >= 0xA6 && third <= 0xA9) return true;    // U+2066 to U+2069
  }
  return false;
}

// Builds the value, and looks at what basic_parser and value_stack let through.
class Handler {
 public:
  static constexpr std::size_t max_object_size = kMaxJsonNodes;
  static constexpr std::size_t max_array_size = kMaxJsonNodes;
  static constexpr std::size_t max_key_size = 256 * 1024;
  static constexpr std::size_t max_string_size = 256 * 1024;

  json::value_stack stack;
  std::vector<FieldError> errors;
  bool too_many_nodes = false;

  bool on_document_begin(json::error_code&) {
    stack.reset();
    return true;
  }
  bool on_document_end(json::error_code&) { return true; }

  bool on_object_begin(json::error_code& ec) { return open(false, ec); }
  bool on_object_end(std::size_t count, json::error_code&) {
    note_repeats(std::move(frames_.back().names));
    frames_.pop_back();
    step();
    stack.push_object(count);
    return true;
  }
  bool on_array_begin(json::error_code& ec) { return open(true, ec); }
  bool on_array_end(std::size_t count, json::error_code&) {
    frames_.pop_back();
    step();
    stack.push_array(count);
    return true;
  }

  bool on_key_part(json::string_view part, std::size_t, json::error_code&) {
    stack.push_chars(part);
    text_.append(part.data(), part.size());
    return true;
  }
  bool on_key(json::string_view part, std::size_t, json::error_code&) {
    stack.push_key(part);
    text_.append(part.data(), part.size());
    frames_.back().names.push_back(std::move(text_));
    text_.clear();
    return true;
  }
  bool on_string_part(json::string_view part, std::size_t, json::error_code&) {
    stack.push_chars(part);
    text_.append(part.data(), part.size());
    return true;
  }
  bool on_string(json::string_view part, std::size_t, json::error_code& ec) {
    stack.push_string(part);
    text_.append(part.data(), part.size());
    if (has_bad_character(text_))
      note({"must not have U+0000 or controls of text direction in it",
            "ne doit contenir ni U+0000 ni caractère de contrôle du sens d’écriture"});
    text_.clear();
    return count(ec);
  }

  bool on_number_part(json::string_view, json::error_code&) { return true; }
  bool on_int64(std::int64_t value, json::string_view, json::error_code& ec) {
    stack.push_int64(value);
    return count(ec);
  }
  bool on_uint64(std::uint64_t value, json::string_view, json::error_code& ec) {
    stack.push_uint64(value);
    return count(ec);
  }
  bool on_double(double value, json::string_view text, json::error_code& ec) {
    const bool whole = text.find_first_of(".eE") == json::string_view::npos;
    if (!std::isfinite(value) || whole) note({"number out of range", "nombre hors limites"});
    stack.push_double(value);
    return count(ec);
  }
  bool on_bool(bool value, json::error_code& ec) {
    stack.push_bool(value);
    return count(ec);
  }
  bool on_null(json::error_code& ec) {
    stack.push_null();
    return count(ec);
  }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }

 private:
  struct Frame {
    bool array = false;
    std::size_t index = 0;
    std::vector<std::string> names;
  };

  bool open(bool array, json::error_code& ec) {
    if (!count(ec, false)) return false;
    frames_.push_back({array, 0, {}});
    return true;
  }

  // Each value counts. `whole`: it ends here, so that the next element of an array comes.
  bool count(json::error_code& ec, bool whole = true) {
    if (whole) step();
    if (++nodes_ <= kMaxJsonNodes) return true;
    too_many_nodes = true;
    ec = json::error::array_too_large;
    return false;
  }

  void step() {
    if (!frames_.empty() && frames_.back().array) ++frames_.back().index;
  }

  std::string pointer() const {
    std::string text = "#";
    for (const Frame& frame : frames_) {
      if (frame.array) {
        text += "/" + std::to_string(frame.index);
      } else if (!frame.names.empty()) {
        if (!is_showable_name(frame.names.back())) return text;
        text += "/" + frame.names.back();
      }
    }
    return text;
  }

  void note(Words detail) {
    if (errors.size() < kMaxFieldErrors) errors.push_back({pointer(), std::move(detail)});
  }

  // Called with the frame of the object still on top.
  void note_repeats(std::vector<std::string> names) {
    std::sort(names.begin(), names.end());
    for (auto at = std::adjacent_find(names.begin(), names.end()); at != names.end();
         at = std::adjacent_find(at, names.end())) {
      const std::string name = *at;
      frames_.back().names = {name};
      note({"stands more than once; give each field once",
            "figure plus d’une fois; donnez chaque champ une seule fois"});
      at = std::upper_bound(at, names.end(), name);
    }
  }

  std::vector<Frame> frames_;
  std::string text_;
  std::size_t nodes_ = 0;
};

Words unreadable(const json::error_code& ec, std::size_t at, bool too_many_nodes) {
  const std::string byte = std::to_string(at);
  if (too_many_nodes)
    return {"More than " + std::to_string(kMaxJsonNodes) + " values.",
            "Plus de " + std::to_string(kMaxJsonNodes) + " valeurs."};
  if (ec == json::error::too_deep)
    return {"Nested deeper than " + std::to_string(kMaxJsonDepth) + " levels.",
            "Imbriqué sur plus de " + std::to_string(kMaxJsonDepth) + " niveaux."};
  return {"Not JSON in UTF-8, at byte " + byte + ".",
          "Pas du JSON en UTF-8, à l’octet " + byte + "."};
}

}  // namespace

bool is_showable_name(std::string_view name) {
  int digits = 0;
  for (char c : name) {
    const bool digit = c >= '0' && c <= '9';
    digits += digit ? 1 : 0;
    if (!digit && c != '_' && c != '-' && !(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z'))
      return false;
  }
  return !name.empty() && name.size() <= kMaxShownName && digits <= kMaxShownDigits;
}

std::variant<JsonDocument, Words> read_json(std::string_view text) {
  json::parse_options options;
  options.max_depth = kMaxJsonDepth;
  json::basic_parser<Handler> parser(options);
  json::error_code ec;
  const std::size_t used = parser.write_some(false, text.data(), text.size(), ec);
  if (!ec && used < text.size()) ec = json::error::extra_data;
  if (ec) return unreadable(ec, used, parser.handler().too_many_nodes);
  Handler& handler = parser.handler();
  return JsonDocument{handler.stack.release(), std::move(handler.errors)};
}

}  // namespace guichet::http
