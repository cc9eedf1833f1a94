#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "rules/feel/type.h"
#include "rules/feel/value.h"

namespace guichet::feel {

class Evaluation;

struct Parameter {
  std::string name;
  Type type;
};

/// What a value of kind function can do. Never changes; any thread.
class Callable {
 public:
  virtual ~Callable() = default;
  virtual const std::vector<Parameter>& parameters() const = 0;
  virtual Type result_type() const { return {}; }

  /// Whether the result depends on the arguments alone, so that it can be found while compiling.
  virtual bool pure() const { return false; }

  /// Null, with a note, where the arguments do not fit.
  virtual Value call(Evaluation& evaluation, std::span<Value> arguments) const = 0;

  /// For an invocation by names: the place of each of them. Nothing where they do not fit.
  virtual std::optional<std::vector<std::size_t>> places(std::span<const std::string> names) const;
};

}  // namespace guichet::feel
