#pragma once

#include <filesystem>

#include "schemas/values/result.h"

namespace guichet::cli {

/// Makes the folder where it is missing, for this user alone: it holds people's data.
Result<void> make_data_folder(const std::filesystem::path& folder);

/// The name of the process that works in this folder, made at the first use: the same after a
/// restart, another in another folder.
Result<std::string> instance_name(const std::filesystem::path& folder);

}  // namespace guichet::cli
