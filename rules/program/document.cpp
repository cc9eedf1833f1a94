#include "rules/program/document.h"

#include <algorithm>
#include <charconv>

namespace guichet::rules {
namespace {

const Node kNothing;
const std::vector<Node> kNoItems;

}  // namespace

void Mistakes::add(std::string_view place, std::string_view what) {
  add(Failure{std::string(place) + ": " + std::string(what)});
}

void Mistakes::add(const Failure& failure) {
  if (texts_.size() < kMaxMistakes) texts_.push_back(failure.message);
}

Failure Mistakes::failure() const {
  std::string all;
  for (const std::string& text : texts_) all += (all.empty() ? "" : "\n") + text;
  return Failure{all};
}

const Node* Node::find(std::string_view key) const {
  for (const auto& [name, value] : entries)
    if (name == key) return &value;
  return nullptr;
}

Section::Section(const Node& node, Mistakes& mistakes) : node_(node), mistakes_(mistakes) {
  if (node.kind != Node::Kind::map && &node != &kNothing)
    mistakes.add(node.place, "must be a map of keys and values");
}

Section::~Section() {
  for (const auto& [key, value] : node_.entries) {
    if (std::ranges::find(asked_, key) != asked_.end()) continue;
    std::string allowed;
    for (std::string_view name : asked_)
      allowed += (allowed.empty() ? "" : ", ") + std::string(name);
    mistakes_.add(value.place, "unknown key; allowed here: " + allowed);
  }
}

const Node* Section::optional(std::string_view key) {
  asked_.push_back(key);
  return node_.find(key);
}

const Node& Section::required(std::string_view key, std::string_view what) {
  if (const Node* found = optional(key)) return *found;
  if (node_.kind == Node::Kind::map)
    mistakes_.add(node_.place, "has no " + std::string(key) + "; write " + std::string(what));
  return kNothing;
}

// Each reader passes over kNothing in silence: its absence is a mistake already.

std::string read_text(const Node& node, Mistakes& mistakes) {
  if (&node == &kNothing) return {};
  const bool scalar = node.kind == Node::Kind::text || node.kind == Node::Kind::number;
  if (!scalar || node.text.empty()) {
    mistakes.add(node.place, "must be a text that is not empty");
    return {};
  }
  return node.text;
}

LocalText read_local_text(const Node& node, Mistakes& mistakes) {
  if (&node == &kNothing) return {};
  Section section(node, mistakes);
  LocalText text;
  text.en = read_text(section.required("en", "the English text"), mistakes);
  text.fr = read_text(section.required("fr", "the French text"), mistakes);
  return text;
}

std::vector<std::string> read_texts(const Node& node, Mistakes& mistakes) {
  std::vector<std::string> texts;
  for (const Node& item : read_list(node, mistakes)) texts.push_back(read_text(item, mistakes));
  return texts;
}

std::int64_t read_integer(const Node& node, std::int64_t low, std::int64_t high,
                          Mistakes& mistakes) {
  if (&node == &kNothing) return low;
  std::int64_t value = 0;
  const char* end = node.text.data() + node.text.size();
  const auto [stopped, error] = std::from_chars(node.text.data(), end, value);
  if (node.kind != Node::Kind::number || error != std::errc{} || stopped != end || value < low ||
      value > high) {
    mistakes.add(node.place, "must be a whole number from " + std::to_string(low) + " to " +
                                 std::to_string(high));
    return low;
  }
  return value;
}

std::size_t read_choice(const Node& node, const std::vector<std::string_view>& allowed,
                        Mistakes& mistakes) {
  if (&node == &kNothing) return 0;
  const auto at = std::ranges::find(allowed, node.text);
  const bool scalar = node.kind == Node::Kind::text || node.kind == Node::Kind::boolean;
  if (scalar && at != allowed.end()) return static_cast<std::size_t>(at - allowed.begin());
  std::string names;
  for (std::string_view name : allowed) names += (names.empty() ? "" : ", ") + std::string(name);
  mistakes.add(node.place, "must be one of " + names);
  return 0;
}

Day read_day(const Node& node, Mistakes& mistakes) {
  if (&node == &kNothing) return {};
  const Result<Day> day = parse_day(node.text);
  if (node.kind != Node::Kind::text || !day) {
    mistakes.add(node.place, day ? "must be a date" : day.error().message);
    return {};
  }
  return *day;
}

const std::vector<Node>& read_list(const Node& node, Mistakes& mistakes) {
  if (&node == &kNothing) return kNoItems;
  if (node.kind != Node::Kind::list) {
    mistakes.add(node.place, "must be a list");
    return kNoItems;
  }
  return node.items;
}

}  // namespace guichet::rules
