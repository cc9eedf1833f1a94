// Values as text: FEEL's string() and literals.
#include <cctype>

#include "rules/feel/callable.h"
#include "rules/feel/value.h"

namespace guichet::feel {

namespace {

void write(const Value& value, bool quoted, std::size_t limit, std::string& out);

void write_string(const std::string& text, std::string& out) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  out += '"';
}

bool plain_name(const std::string& name) {
  if (name.empty() || std::isdigit(static_cast<unsigned char>(name[0]))) return false;
  for (const char c : name)
    if (!std::isalnum(static_cast<unsigned char>(c)) && c != '_' && c != ' ' &&
        static_cast<unsigned char>(c) < 0x80)
      return false;
  return true;
}

void write_list(std::span<const Value> items, std::size_t limit, std::string& out) {
  out += '[';
  for (std::size_t i = 0; i < items.size() && out.size() <= limit; ++i) {
    if (i != 0) out += ", ";
    write(items[i], true, limit, out);
  }
  out += ']';
}

void write_context(const Value& value, std::size_t limit, std::string& out) {
  out += '{';
  for (std::size_t i = 0; i < value.shape().size() && out.size() <= limit; ++i) {
    if (i != 0) out += ", ";
    const auto& name = value.shape().name(i);
    if (plain_name(name)) {
      out += name;
    } else {
      write_string(name, out);
    }
    out += ": ";
    write(value.entries()[i], true, limit, out);
  }
  out += '}';
}

void write_range(const RangeValue& range, std::size_t limit, std::string& out) {
  if (range.form != RangeValue::Form::interval) {
    out += range.form == RangeValue::Form::equal ? "(= " : "(!= ";
    write(range.low, true, limit, out);
    out += ')';
    return;
  }
  if (!range.low_bounded || !range.high_bounded) {
    out += range.high_bounded ? "(<" : "(>";
    if (range.high_bounded ? range.high_closed : range.low_closed) out += '=';
    out += ' ';
    write(range.high_bounded ? range.high : range.low, true, limit, out);
    out += ')';
    return;
  }
  out += range.low_closed ? '[' : '(';
  write(range.low, true, limit, out);
  out += "..";
  write(range.high, true, limit, out);
  out += range.high_closed ? ']' : ')';
}

void write_temporal(const std::string& text, bool quoted, std::string& out) {
  out += quoted ? "@\"" + text + "\"" : text;
}

void write(const Value& value, bool quoted, std::size_t limit, std::string& out) {
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
    case Kind::string:
      if (quoted) {
        write_string(value.string(), out);
      } else {
        out += value.string();
      }
      break;
    case Kind::date:
      write_temporal(value.date().to_string(), quoted, out);
      break;
    case Kind::time:
      write_temporal(value.time().to_string(), quoted, out);
      break;
    case Kind::date_time:
      write_temporal(value.date_time().to_string(), quoted, out);
      break;
    case Kind::days_duration:
      write_temporal(value.days_duration().to_string(), quoted, out);
      break;
    case Kind::months_duration:
      write_temporal(value.months_duration().to_string(), quoted, out);
      break;
    case Kind::list:
      write_list(value.list(), limit, out);
      break;
    case Kind::context:
      write_context(value, limit, out);
      break;
    case Kind::range:
      write_range(value.range(), limit, out);
      break;
    case Kind::function: {
      out += "function(";
      bool first = true;
      for (const auto& parameter : value.function()->parameters()) {
        if (!first) out += ", ";
        first = false;
        out += parameter.name;
      }
      out += ")";
    }
  }
}

}  // namespace

std::string to_string(const Value& value) {
  std::string out;
  write(value, false, std::string::npos - 1, out);
  return out;
}

std::string to_literal(const Value& value, std::size_t limit) {
  std::string out;
  write(value, true, limit, out);
  if (out.size() <= limit) return out;
  while (limit > 0 && (static_cast<unsigned char>(out[limit]) & 0xC0) == 0x80) --limit;
  out.resize(limit);
  return out + "…";
}

}  // namespace guichet::feel
