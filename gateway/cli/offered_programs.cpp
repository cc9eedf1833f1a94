#include "gateway/cli/offered_programs.h"

#include "rules/program/load.h"

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

Result<std::shared_ptr<const rules::Catalogue>> offered_programs(
    const std::vector<std::filesystem::path>& more) {
  std::vector<std::filesystem::path> folders;
  if (auto builtin = builtin_programs(); !builtin.empty()) folders.push_back(std::move(builtin));
  folders.insert(folders.end(), more.begin(), more.end());
  if (folders.empty())
    return Failure{"no programs: none came with this binary; name a folder with --programs DIR"};
  auto catalogue = rules::load_catalogue(folders);
  if (!catalogue) return catalogue.error();
  return std::make_shared<const rules::Catalogue>(std::move(*catalogue));
}

}  // namespace guichet::cli
