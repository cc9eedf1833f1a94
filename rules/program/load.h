#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "rules/program/program.h"

namespace guichet::rules {

/// Reads a program's folder (program.yaml, model.dmn, parameters.json, texts.yaml), checks and
/// compiles it. The failure names the file, the place in it, and what would be right. The version is
/// "sha256:" and the hash of the files' names and contents.
Result<std::shared_ptr<const Program>> load_program(const std::filesystem::path& folder);

/// Reads every folder in `folders` that holds a program.yaml; a later folder replaces programs of the
/// same id.
Result<Catalogue> load_catalogue(const std::vector<std::filesystem::path>& folders);

}  // namespace guichet::rules
