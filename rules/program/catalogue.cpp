#include <algorithm>

#include "rules/program/program.h"
#include "schemas/values/invariant.h"

namespace guichet::rules {

Catalogue::Catalogue(std::vector<std::shared_ptr<const Program>> programs)
    : programs_(std::move(programs)) {
  const auto id = [](const auto& program) -> const std::string& { return program->manifest().id; };
  std::ranges::sort(programs_, {}, id);
  GUICHET_INVARIANT(std::ranges::adjacent_find(programs_, {}, id) == programs_.end());
}

std::shared_ptr<const Program> Catalogue::find(const std::string& id) const {
  const auto of = [](const auto& program) -> const std::string& { return program->manifest().id; };
  const auto at = std::ranges::lower_bound(programs_, id, {}, of);
  return at != programs_.end() && of(*at) == id ? *at : nullptr;
}

std::shared_ptr<const Program> Catalogue::find(const std::string& id,
                                               const std::string& version) const {
  auto program = find(id);
  return program && program->manifest().version == version ? program : nullptr;
}

std::vector<std::string> Catalogue::ids() const {
  std::vector<std::string> ids;
  for (const auto& program : programs_) ids.push_back(program->manifest().id);
  return ids;
}

}  // namespace guichet::rules
