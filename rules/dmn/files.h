#pragma once

#include <filesystem>
#include <string>

#include "rules/dmn/model.h"

namespace guichet::dmn {

/// A file's content, at most kMaxModelSize bytes; the failure names the file.
Result<std::string> read_text(const std::filesystem::path& path);

/// Looks for imported models beside a file: at their location where one is said, else among the
/// folder's *.dmn files. Never outside the folder.
Model::Importer importer_beside(const std::filesystem::path& path);

}  // namespace guichet::dmn
