#include "rules/program/load.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <map>

#include "rules/program/partner_program.h"
#include "rules/program/readers.h"

namespace guichet::rules {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxProgramFolders = 256;
constexpr const char* kManifestFile = "program.yaml";
constexpr const char* kModelFile = "model.dmn";
constexpr const char* kParametersFile = "parameters.json";
constexpr const char* kTextsFile = "texts.yaml";
constexpr const char* kExamplesFile = "examples.jsonl";
constexpr const char* kHolidaysFile = "holidays.yaml";

/// The files that make a program what it is, by name.
using Files = std::map<std::string, std::string>;

bool is_utf8(const std::string& text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const std::size_t length = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if ((lead >= 0x80 && lead < 0xC2) || lead > 0xF4 || at + length > text.size()) return false;
    for (std::size_t i = 1; i < length; ++i)
      if ((static_cast<unsigned char>(text[at + i]) & 0xC0) != 0x80) return false;
    at += length;
  }
  return true;
}

Result<std::string> read_file(const fs::path& path) {
  std::error_code error;
  if (!fs::is_regular_file(path, error))
    return Failure{path.string() + ": not found, or not a file"};
  if (fs::file_size(path, error) > kMaxFileBytes)
    return Failure{path.string() + ": larger than " + std::to_string(kMaxFileBytes) + " bytes"};
  std::ifstream stream(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(stream), {}};
  if (!stream) return Failure{path.string() + ": cannot be read"};
  if (text.size() > kMaxFileBytes || !is_utf8(text))
    return Failure{path.string() + ": not UTF-8 text"};
  return Result<std::string>{boost::system::in_place_value, std::move(text)};
}

/// Each name and content goes in with its length before it, so that no two folders look the same.
std::string version_of(const Files& files) {
  const auto free_context = [](EVP_MD_CTX* context) { EVP_MD_CTX_free(context); };
  const std::unique_ptr<EVP_MD_CTX, decltype(free_context)> context(EVP_MD_CTX_new(), free_context);
  EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr);
  const auto add = [&](const std::string& text) {
    const std::string length = std::to_string(text.size()) + ":";
    EVP_DigestUpdate(context.get(), length.data(), length.size());
    EVP_DigestUpdate(context.get(), text.data(), text.size());
  };
  for (const auto& [name, content] : files) {
    add(name);
    add(content);
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_DigestFinal_ex(context.get(), digest.data(), &size);
  std::string text = "sha256:";
  constexpr std::string_view kHex = "0123456789abcdef";
  for (unsigned i = 0; i < size; ++i) {
    text += kHex[digest[i] >> 4];
    text += kHex[digest[i] & 15];
  }
  return text;
}

/// One program's folder, while it is read.
class Reader {
 public:
  Reader(const fs::path& folder, const fs::path& holidays) : folder_(folder), holidays_(holidays) {}

  Result<std::shared_ptr<const Program>> read() {
    const Node manifest_node = yaml(folder_ / kManifestFile, kManifestFile);
    if (!mistakes_.none()) return failure();
    Manifest manifest = read_manifest(manifest_node, mistakes_);
    if (mistakes_.none() && manifest.id != folder_.filename())
      mistakes_.add(std::string(kManifestFile) + ": id",
                    "must be the folder's name, " + folder_.filename().string());
    const bool ours = manifest.answered_by == Manifest::AnsweredBy::rules;
    std::vector<Day> holidays = read_holidays(yaml(holidays_, kHolidaysFile), mistakes_);
    Parameters parameters;
    if (ours) {
      parameters = read_parameters(json(folder_ / kParametersFile, kParametersFile), mistakes_);
      if (fs::exists(folder_ / kExamplesFile)) take(folder_ / kExamplesFile, kExamplesFile);
      manifest.figures_from = mistakes_.none() ? parameters.first_day() : std::nullopt;
    }
    refuse_other_files(ours);
    if (!mistakes_.none()) return failure();
    manifest.version = version_of(files_);
    return std::shared_ptr<const Program>(std::make_shared<PartnerProgram>(std::move(manifest)));
  }

 private:
  Failure failure() const {
    return Failure{"program in " + folder_.string() + ":\n" + mistakes_.failure().message};
  }

  /// The file's text, which becomes part of the version; empty, with a mistake, where it cannot be
  /// had.
  std::string take(const fs::path& path, const std::string& name) {
    Result<std::string> text = read_file(path);
    if (!text) {
      mistakes_.add(name, text.error().message.substr(path.string().size() + 2));
      return {};
    }
    files_[name] = *text;
    return std::move(*text);
  }

  Node yaml(const fs::path& path, const std::string& name) {
    return parsed(name, take(path, name), read_yaml);
  }
  Node json(const fs::path& path, const std::string& name) {
    return parsed(name, take(path, name), read_json);
  }
  Node parsed(const std::string& name, const std::string& text,
              Result<Node> (*parse)(const std::string&, const std::string&)) {
    Node nothing;
    nothing.kind = Node::Kind::map;
    nothing.place = name;
    if (!files_.contains(name)) return nothing;
    Result<Node> node = parse(name, text);
    if (node) return std::move(*node);
    mistakes_.add(name, node.error().message.substr(name.size() + 2));
    return nothing;
  }

  void refuse_other_files(bool ours) {
    std::vector<std::string> known = {kManifestFile};
    if (ours) known.insert(known.end(), {kModelFile, kParametersFile, kTextsFile, kExamplesFile});
    std::string allowed;
    for (const std::string& name : known) allowed += (allowed.empty() ? "" : ", ") + name;
    for (const auto& entry : fs::directory_iterator(folder_)) {
      const std::string name = entry.path().filename().string();
      if (!name.starts_with('.') && std::ranges::find(known, name) == known.end())
        mistakes_.add(name, "does not belong here; the folder of a program " +
                                std::string(ours ? "" : "that others answer for ") + "holds " +
                                allowed);
    }
  }

  fs::path folder_;
  fs::path holidays_;
  Files files_;
  Mistakes mistakes_;
};

}  // namespace

Result<std::shared_ptr<const Program>> load_program(const fs::path& folder) {
  const fs::path whole = fs::absolute(folder).lexically_normal();
  const fs::path named = whole.has_filename() ? whole : whole.parent_path();
  return Reader(named, named.parent_path() / kHolidaysFile).read();
}

Result<Catalogue> load_catalogue(const std::vector<fs::path>& folders) {
  std::map<std::string, std::shared_ptr<const Program>> by_id;
  fs::path holidays;
  for (const fs::path& folder : folders) {
    std::error_code error;
    if (!fs::is_directory(folder, error))
      return Failure{folder.string() + ": no such folder; name one that holds folders of programs"};
    const fs::path whole = fs::absolute(folder).lexically_normal();
    if (holidays.empty() || fs::exists(whole / kHolidaysFile)) holidays = whole / kHolidaysFile;
    std::vector<fs::path> programs;
    for (const auto& entry : fs::directory_iterator(whole))
      if (fs::exists(entry.path() / kManifestFile)) programs.push_back(entry.path());
    if (programs.size() > kMaxProgramFolders)
      return Failure{folder.string() + ": more than " + std::to_string(kMaxProgramFolders) +
                     " programs"};
    std::ranges::sort(programs);
    for (const fs::path& path : programs) {
      auto program = Reader(path, holidays).read();
      if (!program) return program.error();
      by_id[(*program)->manifest().id] = std::move(*program);
    }
  }
  std::vector<std::shared_ptr<const Program>> all;
  for (auto& [id, program] : by_id) all.push_back(std::move(program));
  return Catalogue(std::move(all));
}

Result<Holidays> load_holidays(const fs::path& file) {
  const Result<std::string> text = read_file(file);
  if (!text) return text.error();
  const Result<Node> node = read_yaml(file.filename().string(), *text);
  if (!node) return node.error();
  Mistakes mistakes;
  std::vector<Day> days = read_holidays(*node, mistakes);
  if (!mistakes.none()) return mistakes.failure();
  return Holidays(std::move(days));
}

}  // namespace guichet::rules
