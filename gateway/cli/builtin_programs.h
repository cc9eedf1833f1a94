#pragma once

#include <filesystem>

namespace guichet::cli {

/// The programs that come with Guichet: beside the binary where it was built (rules/programs in a
/// folder above it), else where it was installed (../share/guichet/programs). Empty where neither
/// is.
std::filesystem::path builtin_programs();

}  // namespace guichet::cli
