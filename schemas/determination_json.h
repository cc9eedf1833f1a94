#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "guichet/v1/determination.pb.h"
#include "schemas/values/result.h"

namespace guichet {

/// What a program outside may write at most, as JSON or as protobuf, before anything is read of it.
inline constexpr std::size_t kMaxDeterminationBytes = 256 * 1024;

/// Reads the JSON mapping of a determination, as a program outside writes it. A field that the
/// schema does not have is refused: a mistyped `supersedes` must not be silent. The failure names
/// the field, and never repeats a value.
Result<v1::Determination> determination_from_json(std::string_view json);

}  // namespace guichet
