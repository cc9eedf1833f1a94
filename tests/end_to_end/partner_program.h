#pragma once

#include <filesystem>
#include <string>

#include "tests/end_to_end/running_server.h"

namespace guichet::end_to_end {

/// A folder of programs with one program in it, offered everywhere and answered by files: it never
/// answers unless a test writes its file.
class PartnerProgram {
 public:
  PartnerProgram(const std::string& id, const std::string& deadline);
  /// For --programs.
  const std::filesystem::path& folder() const { return folder_.path(); }

 private:
  TemporaryFolder folder_;
};

}  // namespace guichet::end_to_end
