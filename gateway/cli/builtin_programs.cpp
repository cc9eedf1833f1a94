#include "gateway/cli/builtin_programs.h"

namespace guichet::cli {

std::filesystem::path builtin_programs() {
  std::error_code failed;
  const std::filesystem::path binary = std::filesystem::read_symlink("/proc/self/exe", failed);
  if (failed) return {};
  const std::filesystem::path installed =
      binary.parent_path().parent_path() / "share/guichet/programs";
  if (std::filesystem::is_directory(installed, failed)) return installed;
  for (auto above = binary.parent_path(); above.has_relative_path(); above = above.parent_path())
    if (std::filesystem::is_directory(above / "rules/programs", failed))
      return above / "rules/programs";
  return {};
}

}  // namespace guichet::cli
