#pragma once

#include <string>
#include <string_view>

#include "guichet/v1/determination.pb.h"
#include "schemas/values/result.h"

// An answer that a program outside wrote, into a file or onto its topic. The one home of what is
// done with it before it counts as checked.

namespace guichet::adapters {

/// Whether a name of a file, or of an answer, is safe to be part of an id: 1 to 100 letters,
/// digits, dots, underscores and hyphens, not beginning with a dot.
bool is_safe_name(std::string_view name);

/// Completes and checks what a program wrote: ids in their full form, fields that follow from the
/// request's id, and adapters/answer.h's rules. `own` is the program's name of an answer that says
/// none; empty: the request's only one. A program never says FAILED. The failure never repeats a
/// value that stands in the answer.
Result<v1::Determination> checked_answer(v1::Determination answer, const std::string& program,
                                         std::string_view own);

}  // namespace guichet::adapters
