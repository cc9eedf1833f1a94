#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "eventlog/record.h"
#include "guichet/v1/determination.pb.h"
#include "schemas/values/result.h"

namespace guichet::adapters {

/// What a determination request is about; its id is made of it:
/// <application>/<submission>/<program>.
struct RequestId {
  std::string application;
  std::uint32_t submission = 0;  // from 1
  std::string program;

  /// Reads an id; refuses anything that to_string() would not write, and application or program
  /// names of other than letters, digits and hyphens, so that an id is safe in a file's name.
  static Result<RequestId> parse(std::string_view id);
  std::string to_string() const;
};

/// The request in a record of `requests.<program>`, once its id, key and fields agree.
Result<v1::DeterminationRequest> read_request(const eventlog::Record& record);

}  // namespace guichet::adapters
