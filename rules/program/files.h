#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "schemas/values/result.h"

namespace guichet::rules {

/// Reads a whole file of UTF-8, at most kMaxFileBytes long. The failure begins with `name`.
Result<std::string> read_file(const std::filesystem::path& path, const std::string& name);

/// "sha256:" and the hash of files by name and content, of which none can look like another.
std::string version_of(const std::map<std::string, std::string>& files);

}  // namespace guichet::rules
