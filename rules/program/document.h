#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rules/program/manifest.h"
#include "schemas/values/result.h"

namespace guichet::rules {

inline constexpr std::size_t kMaxFileBytes = 1 << 20;
inline constexpr std::size_t kMaxNodes = 50'000;
inline constexpr unsigned kMaxDepth = 32;
inline constexpr std::size_t kMaxMistakes = 20;

/// What is wrong in a program's files: all of it at once, the first kMaxMistakes.
class Mistakes {
 public:
  /// "program.yaml: payments.months[2]: not a month; write 1 to 12"
  void add(std::string_view place, std::string_view what);
  void add(const Failure& failure);  // whose message has its place already
  bool none() const { return texts_.empty(); }
  Failure failure() const;  // one line each

 private:
  std::vector<std::string> texts_;
};

/// One value in a YAML or JSON file, and its place: the one form in which a program's files are
/// read, so that each mistake can be named where it is. Numbers keep their text: 0.095 stays a
/// decimal.
struct Node {
  enum class Kind { null, text, number, boolean, list, map };
  Kind kind = Kind::null;
  std::string place;  // program.yaml: payments.months[2]
  std::string text;   // of a text, number or boolean, as written
  std::vector<Node> items;
  std::vector<std::pair<std::string, Node>> entries;

  const Node* find(std::string_view key) const;
};

/// Plain YAML: no anchors, aliases or tags, no key twice. A plain scalar that looks like a number
/// is a number.
Result<Node> read_yaml(const std::string& file, const std::string& text);
/// Strict JSON, no key twice.
Result<Node> read_json(const std::string& file, const std::string& text);

/// A map of which every key must be known. Reads note mistakes and give something harmless in
/// place of what is wrong; at its end, every key that nobody asked for is a mistake.
class Section {
 public:
  Section(const Node& node, Mistakes& mistakes);
  ~Section();
  Section(const Section&) = delete;
  Section& operator=(const Section&) = delete;

  const Node* optional(std::string_view key);
  /// A mistake where it is not there; `what` says what belongs there.
  const Node& required(std::string_view key, std::string_view what);

 private:
  const Node& node_;
  Mistakes& mistakes_;
  std::vector<std::string_view> asked_;
};

std::string read_text(const Node& node, Mistakes& mistakes);
LocalText read_local_text(const Node& node, Mistakes& mistakes);
std::vector<std::string> read_texts(const Node& node, Mistakes& mistakes);
std::int64_t read_integer(const Node& node, std::int64_t low, std::int64_t high,
                          Mistakes& mistakes);
/// Index of the text in `allowed`; 0 with a mistake where it is none of them.
std::size_t read_choice(const Node& node, const std::vector<std::string_view>& allowed,
                        Mistakes& mistakes);
Day read_day(const Node& node, Mistakes& mistakes);
/// A list's items; none, with a mistake, where it is no list.
const std::vector<Node>& read_list(const Node& node, Mistakes& mistakes);

}  // namespace guichet::rules
