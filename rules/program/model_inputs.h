#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "guichet/v1/determination.pb.h"
#include "rules/feel/value.h"
#include "schemas/values/dates.h"
#include "schemas/values/result.h"

namespace guichet::rules {

/// The facts as a program's model reads them: those of its inputs, which rules_program.h lists, and
/// no others. Never changes; any thread.
class ModelInputs {
 public:
  ModelInputs() = default;
  /// The failure says which inputs a model may have.
  static Result<ModelInputs> of(const std::vector<std::string>& names);

  /// A context with a value for each name. `adult` is the one whose line is determined, and null
  /// where the line is the household's.
  feel::Value values(const v1::Facts& facts, Day effective, const feel::Value& parameters,
                     const v1::Adult* adult) const;

 private:
  feel::Shape shape_{std::vector<std::string>{}};
  std::vector<std::size_t> inputs_;  // which of all that a model may have
};

}  // namespace guichet::rules
