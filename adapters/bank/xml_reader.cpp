#include "adapters/bank/xml_reader.h"

#include <expat.h>

#include <array>
#include <exception>
#include <memory>
#include <new>
#include <string>
#include <unordered_set>
#include <vector>

namespace guichet::bank {
namespace {

constexpr std::size_t kPiece = 64 * 1024;
constexpr char kSeparator = '\n';          // between namespace and name: in neither
constexpr std::size_t kMostNames = 2000;   // pain.001.001.09 has fewer than 400
constexpr std::size_t kLongestName = 256;  // with its namespace
constexpr std::string_view kSpace = " \t\r\n";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

struct Hash : std::hash<std::string_view> {
  using is_transparent = void;
};

class Reading {
 public:
  Reading(const Source& source, XmlHandler& handler)
      : source_(source),
        handler_(handler),
        parser_(XML_ParserCreateNS(nullptr, kSeparator), XML_ParserFree) {
    if (!parser_) throw std::bad_alloc();
    XML_SetUserData(parser_.get(), this);
    XML_SetElementHandler(
        parser_.get(),
        [](void* self, const char* name, const char** attributes) {
          as(self).guarded([&] { return as(self).begin(name, attributes); });
        },
        [](void* self, const char*) { as(self).guarded([&] { return as(self).end(); }); });
    XML_SetCharacterDataHandler(parser_.get(), [](void* self, const char* text, int length) {
      as(self).guarded([&] { return as(self).text({text, static_cast<std::size_t>(length)}); });
    });
    XML_SetStartNamespaceDeclHandler(
        parser_.get(), [](void* self, const char* prefix, const char*) {
          if (prefix != nullptr) as(self).guarded([&] { return as(self).count_name(prefix); });
        });
    XML_SetStartDoctypeDeclHandler(
        parser_.get(), [](void* self, const char*, const char*, const char*, int) {
          as(self).guarded([] { return Failure{"it has a document type; entities are not read"}; });
        });
  }

  std::optional<Failure> run(std::uint64_t most_bytes) {
    std::uint64_t bytes = 0;
    bool last = false;
    while (!last) {
      void* piece = XML_GetBuffer(parser_.get(), kPiece);
      if (piece == nullptr) throw std::bad_alloc();
      const std::size_t n = source_(static_cast<char*>(piece), kPiece);
      bytes += n;
      last = n == 0;
      if (bytes > most_bytes)
        return Failure{"it is larger than " + std::to_string(most_bytes) + " bytes"};
      const XML_Status status = XML_ParseBuffer(parser_.get(), static_cast<int>(n), last);
      if (thrown_) std::rethrow_exception(thrown_);
      if (failure_) return failure_;
      if (status != XML_STATUS_OK) return bad_xml();
      // What is not finished by now is kept and gone through again with every piece.
      const auto done = static_cast<std::uint64_t>(XML_GetCurrentByteIndex(parser_.get()));
      if (!last && bytes - done > kMessageLimits.markup + kPiece)
        return here("a tag or comment is longer than " + std::to_string(kMessageLimits.markup) +
                    " bytes");
    }
    return {};
  }

 private:
  static Reading& as(void* self) { return *static_cast<Reading*>(self); }

  /// Runs a step of a handler; a failure or an exception stops the parser.
  template <class Step>
  void guarded(const Step& step) {
    if (failure_ || thrown_) return;
    try {
      failure_ = step();
    } catch (...) {
      thrown_ = std::current_exception();
    }
    if (failure_ || thrown_) XML_StopParser(parser_.get(), XML_FALSE);
  }

  Failure here(const std::string& what) const {
    return {"line " + std::to_string(XML_GetCurrentLineNumber(parser_.get())) + ": " + what};
  }

  Failure bad_xml() const {
    const XML_Error error = XML_GetErrorCode(parser_.get());
    if (error == XML_ERROR_NO_ELEMENTS || error == XML_ERROR_UNCLOSED_TOKEN ||
        error == XML_ERROR_PARTIAL_CHAR || error == XML_ERROR_UNCLOSED_CDATA_SECTION)
      return here("it ends early; ask for it again");
    return here(std::string("it is not well-formed XML: ") + XML_ErrorString(error));
  }

  std::optional<Failure> begin(std::string_view name, const char** attributes) {
    if (ends_.size() + skipping_ >= kMessageLimits.depth)
      return here("elements stand deeper than " + std::to_string(kMessageLimits.depth));
    if (auto failure = count_names(name, attributes)) return failure;
    if (skipping_ > 0) {
      ++skipping_;
      return {};
    }
    const std::size_t separator = name.find(kSeparator);
    const std::string_view space =
        separator == std::string_view::npos ? std::string_view() : name.substr(0, separator);
    if (separator != std::string_view::npos) name.remove_prefix(separator + 1);
    if (ends_.empty()) {
      space_ = space;
      if (auto failure = handler_.document(space)) return failure;
    } else if (space != space_) {
      skipping_ = 1;
      return {};
    }
    ends_.push_back(path_.size());
    path_.append(1, '/').append(name);
    text_.clear();
    std::string_view currency;
    for (; attributes[0] != nullptr; attributes += 2)
      if (std::string_view(attributes[0]) == "Ccy") currency = attributes[1];
    return handler_.begin(path_, currency);
  }

  /// The parser keeps every name that it has met.
  std::optional<Failure> count_names(std::string_view element, const char** attributes) {
    if (auto failure = count_name(element)) return failure;
    for (; attributes[0] != nullptr; attributes += 2)
      if (auto failure = count_name(attributes[0])) return failure;
    return {};
  }

  std::optional<Failure> count_name(std::string_view name) {
    if (names_.contains(name)) return {};
    if (name.size() > kLongestName) return here("a name is longer than a message has");
    if (names_.size() == kMostNames) return here("there are more names than a message has");
    names_.emplace(name);
    return {};
  }

  std::optional<Failure> end() {
    if (skipping_ > 0) {
      --skipping_;
      return {};
    }
    auto failure = handler_.end(path_, trimmed(text_));
    path_.resize(ends_.back());
    ends_.pop_back();
    text_.clear();
    return failure;
  }

  std::optional<Failure> text(std::string_view text) {
    if (skipping_ > 0) return {};
    // White space before text, of any length, is nothing.
    if (text_.empty()) {
      const std::size_t first = text.find_first_not_of(kSpace);
      if (first == std::string_view::npos) return {};
      text.remove_prefix(first);
    }
    if (text_.size() + text.size() > kMessageLimits.text)
      return here("a text is longer than " + std::to_string(kMessageLimits.text) + " bytes");
    text_ += text;
    return {};
  }

  const Source& source_;
  XmlHandler& handler_;
  std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser_;
  std::string space_, path_, text_;
  std::vector<std::size_t> ends_;  // of the path, before each open element
  std::size_t skipping_ = 0;       // open elements of another namespace
  std::unordered_set<std::string, Hash, std::equal_to<>> names_;
  std::optional<Failure> failure_;
  std::exception_ptr thrown_;
};

}  // namespace

std::optional<Failure> read_xml(const Source& source, XmlHandler& handler,
                                std::uint64_t most_bytes) {
  return Reading(source, handler).run(most_bytes);
}

}  // namespace guichet::bank
