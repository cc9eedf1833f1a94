#include "rules/dmn/json.h"

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <vector>

namespace guichet::dmn {

using feel::Kind;
using feel::Number;
using feel::Value;

namespace {

constexpr std::size_t kMaxDepth = 64;

/// Builds values as Boost's parser goes through the text.
struct Handler {
  using error_code = boost::json::error_code;
  using string_view = boost::json::string_view;
  static constexpr std::size_t max_object_size = 100'000;
  static constexpr std::size_t max_array_size = 1'000'000;
  static constexpr std::size_t max_key_size = 10'000;
  static constexpr std::size_t max_string_size = 10'000'000;

  struct Level {
    std::vector<Value> items;
    std::vector<std::pair<std::string, Value>> entries;
    std::string key;
  };
  std::vector<Level> levels{1};
  std::string text;  // parts of a string, key or number
  std::string problem;

  bool put(Value value, error_code&) {
    Level& level = levels.back();
    if (level.key.empty() && level.entries.empty() && !keyed_)
      level.items.push_back(std::move(value));
    else
      level.entries.emplace_back(std::move(level.key), std::move(value));
    level.key.clear();
    keyed_ = false;
    return true;
  }
  bool fail(error_code& ec, std::string why) {
    problem = std::move(why);
    ec = boost::json::error::incomplete;
    return false;
  }

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }
  bool on_object_begin(error_code&) { return open(); }
  bool on_array_begin(error_code&) { return open(); }
  bool on_object_end(std::size_t, error_code& ec) {
    Level level = close();
    std::vector<std::string> names;
    for (const auto& entry : level.entries) names.push_back(entry.first);
    std::sort(names.begin(), names.end());
    if (const auto twice = std::adjacent_find(names.begin(), names.end()); twice != names.end())
      return fail(ec, "the name \"" + *twice + "\" stands twice in one object");
    return put(Value::context(std::move(level.entries)), ec);
  }
  bool on_array_end(std::size_t, error_code& ec) {
    return put(Value::list(std::move(close().items)), ec);
  }
  bool on_key_part(string_view part, std::size_t, error_code&) { return add(part); }
  bool on_key(string_view part, std::size_t, error_code&) {
    add(part);
    levels.back().key = std::move(text);
    text.clear();
    keyed_ = true;
    return true;
  }
  bool on_string_part(string_view part, std::size_t, error_code&) { return add(part); }
  bool on_string(string_view part, std::size_t, error_code& ec) {
    add(part);
    std::string whole = std::move(text);
    text.clear();
    return put(Value::string(std::move(whole)), ec);
  }
  bool on_number_part(string_view part, error_code&) { return add(part); }
  bool on_int64(std::int64_t, string_view part, error_code& ec) { return number(part, ec); }
  bool on_uint64(std::uint64_t, string_view part, error_code& ec) { return number(part, ec); }
  bool on_double(double, string_view part, error_code& ec) { return number(part, ec); }
  bool on_bool(bool value, error_code& ec) { return put(Value(value), ec); }
  bool on_null(error_code& ec) { return put(Value(), ec); }
  bool on_comment_part(string_view, error_code&) { return true; }
  bool on_comment(string_view, error_code&) { return true; }

 private:
  bool add(string_view part) {
    text.append(part.data(), part.size());
    return true;
  }
  bool number(string_view part, error_code& ec) {
    add(part);
    const auto value = Number::parse(text);
    text.clear();
    if (!value) return fail(ec, "a number has more than 34 digits, or is too large");
    return put(Value(*value), ec);
  }
  bool open() {
    // The key, if any, waits in the level below.
    keyed_stack_.push_back(keyed_);
    keyed_ = false;
    levels.emplace_back();
    return true;
  }
  Level close() {
    Level level = std::move(levels.back());
    levels.pop_back();
    keyed_ = keyed_stack_.back();
    keyed_stack_.pop_back();
    return level;
  }
  bool keyed_ = false;  // the next value belongs to levels.back().key
  std::vector<bool> keyed_stack_;
};

std::string quoted(std::string_view text) {
  return boost::json::serialize(boost::json::string_view(text.data(), text.size()));
}

void write(const Value& value, const std::string& indent, std::string& out) {
  const std::string deeper = indent + "  ";
  switch (value.kind()) {
    case Kind::null:
      out += "null";
      break;
    case Kind::boolean:
      out += value.boolean() ? "true" : "false";
      break;
    case Kind::number:
      out += value.number().to_string();
      break;
    case Kind::list: {
      const auto items = value.list();
      out += items.empty() ? "[" : "[\n";
      for (std::size_t i = 0; i < items.size(); ++i) {
        out += deeper;
        write(items[i], deeper, out);
        out += i + 1 < items.size() ? ",\n" : "\n" + indent;
      }
      out += "]";
      break;
    }
    case Kind::context: {
      const std::size_t size = value.shape().size();
      out += size == 0 ? "{" : "{\n";
      for (std::size_t i = 0; i < size; ++i) {
        out += deeper + quoted(value.shape().name(i)) + ": ";
        write(value.entries()[i], deeper, out);
        out += i + 1 < size ? ",\n" : "\n" + indent;
      }
      out += "}";
      break;
    }
    default:
      out += quoted(feel::to_string(value));
  }
}

template <class T>
Value parsed(const Value& text) {
  const auto value = T::parse(text.string());
  return value ? Value(*value) : text;
}

}  // namespace

Result<Value> from_json(std::string_view text) {
  boost::json::parse_options options;
  options.max_depth = kMaxDepth;
  boost::json::basic_parser<Handler> parser{options};
  boost::json::error_code ec;
  const std::size_t read = parser.write_some(false, text.data(), text.size(), ec);
  if (!ec && read < text.size()) ec = boost::json::error::extra_data;
  if (ec) {
    const auto& problem = parser.handler().problem;
    return Failure{"the JSON cannot be used: " + (problem.empty() ? ec.message() : problem)};
  }
  return parser.handler().levels[0].items.at(0);
}

Value typed_from_text(const Value& value, const feel::Type& type) {
  if (value.is(Kind::string)) {
    if (type.is(Kind::date)) return parsed<feel::Date>(value);
    if (type.is(Kind::time)) return parsed<feel::Time>(value);
    if (type.is(Kind::date_time)) return parsed<feel::DateTime>(value);
    if (type.is(Kind::days_duration)) return parsed<feel::DaysDuration>(value);
    if (type.is(Kind::months_duration)) return parsed<feel::MonthsDuration>(value);
  } else if (value.is(Kind::list) && type.is(Kind::list)) {
    std::vector<Value> items;
    for (const Value& item : value.list()) items.push_back(typed_from_text(item, type.element()));
    return Value::list(std::move(items));
  } else if (value.is(Kind::context) && type.members()) {
    std::vector<Value> values;
    for (std::size_t i = 0; i < value.shape().size(); ++i) {
      const feel::Type* member = type.member(value.shape().name(i));
      values.push_back(member ? typed_from_text(value.entries()[i], *member) : value.entries()[i]);
    }
    return Value::context(value.shape(), std::move(values));
  }
  return value;
}

std::string to_json(const Value& value) {
  std::string out;
  write(value, "", out);
  return out;
}

}  // namespace guichet::dmn
