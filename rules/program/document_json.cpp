#include <boost/json/basic_parser_impl.hpp>
#include <optional>

#include "rules/program/document.h"

namespace guichet::rules {
namespace {

/// Builds Nodes from the parser's events: unlike boost::json::value it keeps a number's digits, and
/// sees keys that stand twice.
struct Handler {
  static constexpr std::size_t max_object_size = kMaxNodes;
  static constexpr std::size_t max_array_size = kMaxNodes;
  static constexpr std::size_t max_key_size = 1000;
  static constexpr std::size_t max_string_size = kMaxFileBytes;

  using error = boost::json::error_code;

  explicit Handler(std::string name) : file(std::move(name)) {}

  bool fail(error& ec, const std::string& what) {
    const std::string place = open.empty() ? file : open.back().node->place;
    failure = Failure{place + ": " + what};
    ec = boost::json::error::exception;
    return false;
  }

  Node* next(error& ec, Node::Kind kind) {
    if (++nodes > kMaxNodes) {
      fail(ec, "too many values");
      return nullptr;
    }
    if (open.empty()) {
      root.place = file;
      root.kind = kind;
      return &root;
    }
    Open& in = open.back();
    const std::string& above = in.node->place;
    Node* node = nullptr;
    if (in.node->kind == Node::Kind::list) {
      const std::string at = "[" + std::to_string(in.node->items.size()) + "]";
      node = &in.node->items.emplace_back();
      node->place = above == file ? file + ": " + at : above + at;
    } else {
      if (in.node->find(in.key)) {
        fail(ec, "the key " + in.key + " stands twice; leave one");
        return nullptr;
      }
      node = &in.node->entries.emplace_back(in.key, Node{}).second;
      node->place = above + (above == file ? ": " : ".") + in.key;
    }
    node->kind = kind;
    return node;
  }

  bool begin(error& ec, Node::Kind kind) {
    Node* node = next(ec, kind);
    if (node) open.push_back({node, {}});
    return node != nullptr;
  }
  bool scalar(error& ec, Node::Kind kind, std::string text) {
    Node* node = next(ec, kind);
    if (node) node->text = std::move(text);
    pending.clear();
    return node != nullptr;
  }
  bool more(std::string_view text) {
    pending += text;
    return true;
  }

  bool on_document_begin(error&) { return true; }
  bool on_document_end(error&) { return true; }
  bool on_object_begin(error& ec) { return begin(ec, Node::Kind::map); }
  bool on_object_end(std::size_t, error&) { return open.pop_back(), true; }
  bool on_array_begin(error& ec) { return begin(ec, Node::Kind::list); }
  bool on_array_end(std::size_t, error&) { return open.pop_back(), true; }
  bool on_key_part(boost::json::string_view s, std::size_t, error&) { return more(s); }
  bool on_key(boost::json::string_view s, std::size_t, error&) {
    more(s);
    open.back().key = std::exchange(pending, {});
    return true;
  }
  bool on_string_part(boost::json::string_view s, std::size_t, error&) { return more(s); }
  bool on_string(boost::json::string_view s, std::size_t, error& ec) {
    more(s);
    return scalar(ec, Node::Kind::text, pending);
  }
  bool on_number_part(boost::json::string_view s, error&) { return more(s); }
  bool number(boost::json::string_view s, error& ec) {
    more(s);
    return scalar(ec, Node::Kind::number, pending);
  }
  bool on_int64(std::int64_t, boost::json::string_view s, error& ec) { return number(s, ec); }
  bool on_uint64(std::uint64_t, boost::json::string_view s, error& ec) { return number(s, ec); }
  bool on_double(double, boost::json::string_view s, error& ec) { return number(s, ec); }
  bool on_bool(bool b, error& ec) { return scalar(ec, Node::Kind::boolean, b ? "true" : "false"); }
  bool on_null(error& ec) { return scalar(ec, Node::Kind::null, {}); }
  bool on_comment_part(boost::json::string_view, error&) { return true; }
  bool on_comment(boost::json::string_view, error&) { return true; }

  struct Open {
    Node* node;
    std::string key;
  };
  std::string file;
  Node root;
  std::vector<Open> open;  // pointers stay: a parent grows only once its last child is closed
  std::string pending;
  std::size_t nodes = 0;
  std::optional<Failure> failure;
};

std::size_t line_of(const std::string& text, std::size_t offset) {
  const auto end = text.begin() + static_cast<std::ptrdiff_t>(std::min(offset, text.size()));
  return 1 + static_cast<std::size_t>(std::count(text.begin(), end, '\n'));
}

}  // namespace

Result<Node> read_json(const std::string& file, const std::string& text) {
  boost::json::parse_options options;
  options.max_depth = kMaxDepth;
  boost::json::basic_parser<Handler> parser(options, file);
  boost::json::error_code error;
  const std::size_t read = parser.write_some(false, text.data(), text.size(), error);
  if (parser.handler().failure) return *parser.handler().failure;
  const bool rest = text.find_first_not_of(" \t\r\n", read) != std::string::npos;
  if (error || rest)
    return Failure{file + ": line " + std::to_string(line_of(text, read)) +
                   ": not JSON: " + (error ? error.message() : "something follows the value")};
  return std::move(parser.handler().root);
}

}  // namespace guichet::rules
