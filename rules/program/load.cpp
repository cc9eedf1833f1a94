#include "rules/program/load.h"

#include <algorithm>
#include <map>
#include <optional>
#include <type_traits>

#include "rules/program/files.h"
#include "rules/program/partner_program.h"
#include "rules/program/readers.h"
#include "rules/program/rules_program.h"

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

/// One program's folder, while it is read.
class Reader {
 public:
  Reader(const fs::path& folder, const fs::path& holidays) : folder_(folder), holidays_(holidays) {}

  Result<std::shared_ptr<const Program>> read() {
    Manifest manifest = read_with(read_manifest, read_yaml, folder_ / kManifestFile, kManifestFile);
    Holidays holidays(read_with(read_holidays, read_yaml, holidays_, kHolidaysFile));
    if (!mistakes_.none()) return failure();
    if (manifest.id != folder_.filename())
      mistakes_.add(std::string(kManifestFile) + ": id",
                    "must be the folder's name, " + folder_.filename().string());
    if (manifest.answered_by == Manifest::AnsweredBy::rules)
      return read_rules(std::move(manifest), std::move(holidays));
    refuse_other_files({kManifestFile}, "holds nothing else where others answer for the program");
    if (!mistakes_.none()) return failure();
    manifest.version = version_of(files_);
    return std::shared_ptr<const Program>(std::make_shared<PartnerProgram>(std::move(manifest)));
  }

 private:
  Result<std::shared_ptr<const Program>> read_rules(Manifest manifest, Holidays holidays) {
    const Parameters parameters =
        read_with(read_parameters, read_json, folder_ / kParametersFile, kParametersFile);
    const std::vector<ReasonText> texts =
        read_with(read_reason_texts, read_yaml, folder_ / kTextsFile, kTextsFile);
    ReasonTemplates reasons = templates(texts);
    const std::string xml = take(folder_ / kModelFile, kModelFile).value_or("");
    if (fs::exists(folder_ / kExamplesFile)) take(folder_ / kExamplesFile, kExamplesFile);
    refuse_other_files(
        {kManifestFile, kModelFile, kParametersFile, kTextsFile, kExamplesFile},
        "holds program.yaml, model.dmn, parameters.json, texts.yaml, examples.jsonl");
    if (!mistakes_.none()) return failure();

    Result<Figures> figures = Figures::of(parameters);
    if (!figures) mistakes_.add(kParametersFile, figures.error().message);
    const auto model = dmn::Model::compile(xml);
    if (!model) mistakes_.add(kModelFile, model.error().message);
    if (!mistakes_.none()) return failure();

    manifest.figures_from = parameters.first_day();
    manifest.version = version_of(files_);
    const std::string source = parameters.sources().empty() ? "" : parameters.sources().front();
    auto program = RulesProgram::make({std::move(manifest), std::move(holidays),
                                       std::move(*figures), source, std::move(reasons), *model});
    if (program) return program;
    mistakes_.add(program.error());
    return failure();
  }

  Failure failure() const {
    return Failure{"program in " + folder_.string() + ":\n" + mistakes_.failure().message};
  }

  /// The file's text, which becomes part of the version; none, with a mistake, where it cannot be
  /// had.
  std::optional<std::string> take(const fs::path& path, const std::string& name) {
    Result<std::string> text = read_file(path, name);
    if (!text) {
      mistakes_.add(text.error());
      return {};
    }
    files_[name] = *text;
    return std::move(*text);
  }

  /// What `read` makes of a file that `parse` understands; with a mistake, something empty.
  template <class Read, class Parse>
  std::invoke_result_t<Read, const Node&, Mistakes&> read_with(Read read, Parse parse,
                                                               const fs::path& path,
                                                               const std::string& name) {
    const std::optional<std::string> text = take(path, name);
    if (!text) return {};
    const Result<Node> node = parse(name, *text);
    if (node) return read(*node, mistakes_);
    mistakes_.add(node.error());
    return {};
  }

  ReasonTemplates templates(const std::vector<ReasonText>& texts) {
    ReasonTemplates reasons;
    for (const ReasonText& text : texts) {
      Result<TextTemplate> en = TextTemplate::parse(text.text.en);
      Result<TextTemplate> fr = TextTemplate::parse(text.text.fr);
      if (!en) mistakes_.add(text.place + ".en", en.error().message);
      if (!fr) mistakes_.add(text.place + ".fr", fr.error().message);
      if (en && fr)
        reasons.emplace(text.key, ReasonTemplate{std::move(*en), std::move(*fr), text.citation,
                                                 text.depends_on_figures});
    }
    return reasons;
  }

  void refuse_other_files(const std::vector<std::string>& known, const std::string& what_it_holds) {
    for (const auto& entry : fs::directory_iterator(folder_)) {
      const std::string name = entry.path().filename().string();
      if (!name.starts_with('.') && std::ranges::find(known, name) == known.end())
        mistakes_.add(name, "does not belong here; the folder " + what_it_holds);
    }
  }

  fs::path folder_;
  fs::path holidays_;
  std::map<std::string, std::string> files_;
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
  const Result<std::string> text = read_file(file, file.string());
  if (!text) return text.error();
  const Result<Node> node = read_yaml(file.string(), *text);
  if (!node) return node.error();
  Mistakes mistakes;
  std::vector<Day> days = read_holidays(*node, mistakes);
  if (!mistakes.none()) return mistakes.failure();
  return Holidays(std::move(days));
}

}  // namespace guichet::rules
