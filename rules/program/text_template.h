#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rules/feel/value.h"
#include "rules/program/manifest.h"

namespace guichet::rules {

/// A text for people with figures in it:
///
///   Your family income of {family net income | money} is over {threshold | money}.
///
/// A figure is named by a decision or an input of the model, with dots into what it holds, and has
/// a format: money, number, percent (0.07 is 7%), date, or plural(child, children), which gives the
/// word that goes with the number. Written as each language writes them. Never changes; any thread.
class TextTemplate {
 public:
  /// The failure says what is wrong, and what is allowed.
  static Result<TextTemplate> parse(std::string_view text);

  /// The names of its figures in the order in which they stand, dots and all.
  std::vector<std::string> names() const;

  /// `figures` has the value of each of names(). The failure names a figure that has no value, or
  /// not of the kind that its format needs.
  Result<std::string> render(std::string_view language, std::span<const feel::Value> figures) const;

 private:
  enum class Format { none, money, number, percent, date, plural };
  struct Part {
    std::string text;  // as it stands before the figure
    std::string name;
    Format format = Format::none;
    std::string one;
    std::string many;
  };
  static Result<Part> parse_figure(std::string_view inside);
  static std::optional<std::string> format(const Part& part, const feel::Value& value,
                                           std::string_view language);
  std::vector<Part> parts_;
  std::size_t size_ = 0;
};

}  // namespace guichet::rules
