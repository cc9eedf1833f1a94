#include "rules/dmn/files.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <vector>

#include "rules/dmn/definitions.h"

namespace guichet::dmn {

Result<std::string> read_text(const std::filesystem::path& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  if (error) return Failure{path.string() + ": cannot be read: " + error.message()};
  if (size > kMaxModelSize)
    return Failure{path.string() + ": has more than " + std::to_string(kMaxModelSize) + " bytes"};
  std::ifstream in(path, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(in)), {});
  if (!in) return Failure{path.string() + ": cannot be read"};
  return Result<std::string>(boost::system::in_place_value, std::move(text));
}

namespace {

std::optional<std::string> model_of(const std::filesystem::path& file,
                                    std::string_view name_space) {
  auto text = read_text(file);
  if (!text) return std::nullopt;
  const auto definitions = read_definitions(*text);
  if (!definitions || definitions->name_space != name_space) return std::nullopt;
  return *std::move(text);
}

}  // namespace

Model::Importer importer_beside(const std::filesystem::path& path) {
  return [folder = path.parent_path()](std::string_view name_space,
                                       std::string_view location) -> std::optional<std::string> {
    std::error_code error;
    const auto named = std::filesystem::path(location).filename();
    if (!named.empty())
      if (auto text = model_of(folder / named, name_space)) return text;
    std::vector<std::filesystem::path> files;
    for (const auto& entry :
         std::filesystem::directory_iterator(folder.empty() ? "." : folder, error))
      if (entry.path().extension() == ".dmn") files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    for (const auto& file : files)
      if (auto text = model_of(file, name_space)) return text;
    return std::nullopt;
  };
}

}  // namespace guichet::dmn
