#pragma once

#include <string>
#include <string_view>

#include "guichet/v1/determination.pb.h"
#include "schemas/values/result.h"

namespace guichet::adapters {

/// Whether a name of a file, or of an answer, is safe to be part of an id: 1 to 100 letters,
/// digits, dots, underscores and hyphens, not beginning with a dot.
bool is_safe_name(std::string_view name);

/// Reads the JSON of an answer. The failure never repeats what stands in it.
Result<v1::Determination> read_answer(const std::string& json);

/// Completes and checks what a program wrote: ids in their full form, fields that follow from the
/// request's id, and adapters/answer.h's rules. A program never says FAILED.
Result<v1::Determination> checked_answer(v1::Determination answer, const std::string& program,
                                         std::string_view file_name);

}  // namespace guichet::adapters
