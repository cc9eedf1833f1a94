#pragma once

#include <concepts>
#include <string>
#include <string_view>

namespace guichet::http {

/// Writes JSON into a string, one value after another, commas by itself.
///
///   JsonOut out;
///   out.begin_object().key("id").text(id).key("programs").begin_array();
///   ...
///   out.end_array().end_object();
///   std::string json = std::move(out).take();
class JsonOut {
 public:
  JsonOut& begin_object() { return open('{'); }
  JsonOut& end_object() { return close('}'); }
  JsonOut& begin_array() { return open('['); }
  JsonOut& end_array() { return close(']'); }

  JsonOut& key(std::string_view name) {
    comma();
    quote(name);
    json_ += ':';
    fresh_ = true;
    return *this;
  }
  JsonOut& text(std::string_view value) {
    comma();
    quote(value);
    return *this;
  }
  JsonOut& number(std::integral auto value) {
    comma();
    json_ += std::to_string(value);
    return *this;
  }
  JsonOut& boolean(bool value) {
    comma();
    json_ += value ? "true" : "false";
    return *this;
  }
  JsonOut& null() {
    comma();
    json_ += "null";
    return *this;
  }
  /// A key and its text.
  JsonOut& field(std::string_view name, std::string_view value) { return key(name).text(value); }

  std::string take() && { return std::move(json_); }

 private:
  JsonOut& open(char bracket) {
    comma();
    json_ += bracket;
    fresh_ = true;
    return *this;
  }
  JsonOut& close(char bracket) {
    json_ += bracket;
    fresh_ = false;
    return *this;
  }
  void comma() {
    if (!fresh_) json_ += ',';
    fresh_ = false;
  }
  void quote(std::string_view value);

  std::string json_;
  bool fresh_ = true;  // nothing stands before the next value
};

}  // namespace guichet::http
