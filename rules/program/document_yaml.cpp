#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <optional>
#include <sstream>

#include "rules/program/document.h"

namespace guichet::rules {
namespace {

bool looks_like_number(const std::string& text) {
  std::size_t at = text.starts_with('-') ? 1 : 0;
  bool digits = false;
  bool point = false;
  for (; at < text.size(); ++at) {
    if (text[at] >= '0' && text[at] <= '9') {
      digits = true;
    } else if (text[at] == '.' && digits && !point) {
      point = true;
    } else {
      return false;
    }
  }
  return digits && text.back() != '.';
}

/// Builds Nodes from the parser's events: unlike yaml-cpp's own tree, it sees keys that stand
/// twice, anchors and tags, and can stop at a limit.
class Builder : public YAML::EventHandler {
 public:
  explicit Builder(std::string file) : file_(std::move(file)) {}

  Node root;
  std::optional<Failure> failure;

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) fail(mark, "more than one document; write one");
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    value(mark, "", anchor, Node::Kind::null, {});
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    fail(mark, "aliases are not allowed; write the value itself");
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    const bool plain = tag == "?";
    Node::Kind kind = Node::Kind::text;
    if (plain && looks_like_number(text)) kind = Node::Kind::number;
    if (plain && (text == "true" || text == "false")) kind = Node::Kind::boolean;
    if (plain && (text == "null" || text == "~" || text.empty())) kind = Node::Kind::null;
    value(mark, plain || tag == "!" ? "" : tag, anchor, kind, text);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, Node::Kind::list);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, Node::Kind::map);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Open {
    Node* node;
    std::optional<std::string> key;  // of a map: read, its value not yet
  };

  void fail(const YAML::Mark& mark, const std::string& what) {
    if (!failure)
      failure = Failure{file_ + ": line " + std::to_string(mark.line + 1) + ": " + what};
  }

  /// Where the next value goes; null where it was a key or a limit is reached.
  Node* place(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    if (failure) return nullptr;
    if (++nodes_ > kMaxNodes) fail(mark, "too many values");
    if (anchor != 0) fail(mark, "anchors are not allowed; write the value where it is used");
    if (!tag.empty() && tag != "?") fail(mark, "tags are not allowed; leave " + tag + " out");
    if (failure) return nullptr;
    if (open_.empty()) {
      root.place = file_;
      return &root;
    }
    Open& in = open_.back();
    const std::string& above = in.node->place;
    if (in.node->kind == Node::Kind::list) {
      const std::string at = "[" + std::to_string(in.node->items.size()) + "]";
      Node& item = in.node->items.emplace_back();
      item.place = above == file_ ? file_ + ": " + at : above + at;
      return &item;
    }
    if (in.node->find(*in.key)) {
      fail(mark, "the key " + *in.key + " stands twice; leave one");
      return nullptr;
    }
    Node& entry = in.node->entries.emplace_back(*in.key, Node{}).second;
    entry.place = above + (above == file_ ? ": " : ".") + *in.key;
    in.key.reset();
    return &entry;
  }

  bool is_key() const {
    return !open_.empty() && open_.back().node->kind == Node::Kind::map && !open_.back().key;
  }

  void value(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, Node::Kind kind,
             const std::string& text) {
    if (failure) return;
    if (is_key()) {
      if (text.empty()) fail(mark, "a key is empty");
      if (anchor != 0) fail(mark, "anchors are not allowed");
      open_.back().key = text;
      return;
    }
    if (Node* node = place(mark, tag, anchor)) {
      node->kind = kind;
      node->text = text;
    }
  }

  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
            Node::Kind kind) {
    if (failure) return;
    if (open_.size() >= kMaxDepth) return fail(mark, "nested too deep");
    if (is_key()) return fail(mark, "a key must be a text");
    if (Node* node = place(mark, tag, anchor)) {
      node->kind = kind;
      open_.push_back({node, {}});
    }
  }

  void close() {
    if (!failure) open_.pop_back();
  }

  std::string file_;
  std::vector<Open> open_;  // pointers stay: a parent grows only once its last child is closed
  std::size_t nodes_ = 0;
  int documents_ = 0;
};

}  // namespace

Result<Node> read_yaml(const std::string& file, const std::string& text) {
  Builder builder(file);
  builder.root.place = file;
  try {
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    while (!builder.failure && parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& error) {
    return Failure{file + ": line " + std::to_string(error.mark.line + 1) + ": " + error.msg};
  }
  if (builder.failure) return *builder.failure;
  return std::move(builder.root);
}

}  // namespace guichet::rules
