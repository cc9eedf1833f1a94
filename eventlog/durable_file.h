#pragma once

#include <filesystem>
#include <string_view>

namespace guichet::eventlog {

/// Writes a small file for this user alone, so that a crash at any point leaves what was there
/// before or the whole of the new: written aside, synced, given its name, and the folder synced.
/// Throws std::system_error that says what could not be done.
void write_durably(const std::filesystem::path& file, std::string_view text);

}  // namespace guichet::eventlog
