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

  /// The same with the arguments' names.
  virtual Value call_named(Evaluation& evaluation, std::span<const std::string> names,
                           std::span<Value> arguments) const;

  /// How deep the values that it has taken from around it stand in one another.
  virtual unsigned depth() const { return 0; }

  /// Whether it is one of FEEL's own, whose types are not written down.
  virtual bool builtin() const { return false; }
};

}  // namespace guichet::feel
