#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "rules/program/program.h"
#include "rules/program/schedule.h"

namespace guichet::rules {

/// Reads a program's folder (program.yaml, model.dmn, parameters.json, texts.yaml, examples.jsonl),
/// checks and compiles it, with the holidays.yaml beside the folder. The failure names every file
/// and place that is wrong, and what would be right. The version is "sha256:" and the hash of the
/// names and contents of all these files: the holidays decide when a payment is due.
Result<std::shared_ptr<const Program>> load_program(const std::filesystem::path& folder);

/// Reads every folder in `folders` that holds a program.yaml; a later folder replaces programs of
/// the same id. One that has no holidays.yaml uses that of the folder before it.
Result<Catalogue> load_catalogue(const std::vector<std::filesystem::path>& folders);

/// Reads a table of holidays: holidays.yaml.
Result<Holidays> load_holidays(const std::filesystem::path& file);

}  // namespace guichet::rules
