#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "rules/program/program.h"
#include "schemas/values/result.h"

namespace guichet::cli {

/// The programs that come with Guichet: beside the binary where it was built (rules/programs in a
/// folder above it), else where it was installed (../share/guichet/programs). Empty where neither
/// is.
std::filesystem::path builtin_programs();

/// The programs that come with Guichet and those in more folders, which replace them by id.
Result<std::shared_ptr<const rules::Catalogue>> offered_programs(
    const std::vector<std::filesystem::path>& more);

}  // namespace guichet::cli
