#include "rules/dmn/model.h"

#include <fstream>
#include <sstream>

#include "rules/dmn/compiled.h"
#include "rules/dmn/files.h"

namespace guichet::dmn {

std::string_view RuleInfo::annotation(std::string_view column) const {
  for (const auto& [name, text] : annotations)
    if (name == column) return text;
  return {};
}

const feel::Value* Trace::value_of(std::string_view decision) const {
  for (const auto& decided : decisions)
    if (decided.decision == decision) return &decided.value;
  return nullptr;
}

Result<std::shared_ptr<const Model>> Model::compile(std::string_view xml,
                                                    const Importer& importer) {
  return compile_model(xml, importer, nullptr);
}

Result<std::shared_ptr<const Model>> Model::read_file(const std::filesystem::path& path) {
  auto xml = read_text(path);
  if (!xml) return xml.error();
  auto model = compile(*xml, importer_beside(path));
  if (!model) return Failure{path.filename().string() + ": " + model.error().message};
  return model;
}

namespace {

std::optional<std::size_t> position(const std::vector<ElementInfo>& elements, std::string_view name,
                                    ElementInfo::Kind kind) {
  for (std::size_t i = 0; i < elements.size(); ++i)
    if (elements[i].kind == kind && elements[i].name == name) return i;
  return std::nullopt;
}

}  // namespace

std::optional<Invocable> Model::find(std::string_view name) const {
  const auto decision = find_decision(name);
  return decision ? decision : find_service(name);
}

std::optional<Invocable> Model::find_decision(std::string_view name) const {
  const auto at = position(elements(), name, ElementInfo::Kind::decision);
  return at ? std::optional(Invocable(*at)) : std::nullopt;
}

std::optional<Invocable> Model::find_service(std::string_view name) const {
  const auto at = position(elements(), name, ElementInfo::Kind::service);
  return at ? std::optional(Invocable(*at)) : std::nullopt;
}

}  // namespace guichet::dmn
