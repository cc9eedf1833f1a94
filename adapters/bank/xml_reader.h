#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/bank/bank_message.h"
#include "schemas/values/result.h"

namespace guichet::bank {

/// What is told of a document while it is read. Names are local: those of another namespace than
/// the first element's are left out, with all that is in them.
class XmlHandler {
 public:
  virtual ~XmlHandler() = default;
  /// The namespace of the first element, before all else.
  virtual std::optional<Failure> document(std::string_view name_space) = 0;
  /// An element begins; `path` is "/Document/CstmrPmtStsRpt/GrpHdr", `currency` its attribute Ccy.
  virtual std::optional<Failure> begin(std::string_view path, std::string_view currency) = 0;
  /// An element ends; `text` is what stood directly in it, without white space around it.
  virtual std::optional<Failure> end(std::string_view path, std::string_view text) = 0;
};

/// Reads a document as a stream, by libexpat. Memory does not grow with the document: a document
/// type (and so every entity but the five of XML), more than kMessageLimits, or what is not
/// well-formed or ends early, is a failure that says what and where (line).
std::optional<Failure> read_xml(const Source& source, XmlHandler& handler,
                                std::uint64_t most_bytes = kMessageLimits.bytes);

}  // namespace guichet::bank
