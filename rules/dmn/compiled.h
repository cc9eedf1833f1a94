#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "rules/dmn/model.h"
#include "rules/feel/expr.h"

namespace guichet::dmn {

/// A model's element, ready to be evaluated; its place in CompiledModel::variables is what
/// expressions know it by.
struct Variable {
  ElementInfo::Kind kind = ElementInfo::Kind::input;
  std::string name;
  std::uint32_t name_hash = 0;
  feel::Type type;
  feel::Code code;                          // of a decision
  feel::Value function;                     // of a knowledge model or service
  std::vector<std::size_t> parameters;      // of a service: the variables that its arguments set
  std::vector<std::size_t> outputs;         // of a service
  std::optional<feel::Shape> output_shape;  // of a service with several outputs
};

class CompiledModel : public Model {
 public:
  const std::string& name() const override { return name_; }
  const std::string& name_space() const override { return name_space_; }
  const std::vector<ElementInfo>& elements() const override { return elements_; }
  Result<feel::Value> evaluate(Invocable what, const feel::Value& inputs,
                               const feel::Limits& limits, Trace* trace,
                               std::optional<feel::DateTime> now) const override;

  std::unique_ptr<Inquiry> inquire(const feel::Value& inputs, const feel::Limits& limits,
                                   Trace* trace) const override;

  /// Every decision of the model itself, by its name.
  Result<feel::Value> evaluate_all(const feel::Value& inputs, const feel::Limits& limits,
                                   Trace* trace) const;

  const std::vector<Variable>& variables() const { return variables_; }

 private:
  friend class Compiler;
  class RunInquiry;
  std::string name_, name_space_;
  std::vector<ElementInfo> elements_;  // the model's own, then what it imports
  std::vector<Variable> variables_;    // in the order of elements_
  std::size_t own_ = 0;                // how many of them are the model's own
};

/// As Model::compile; but where `problems` is given, what is wrong with an element goes there and
/// the element is null, so that the others can be used.
Result<std::shared_ptr<const Model>> compile_model(std::string_view xml,
                                                   const Model::Importer& importer,
                                                   std::vector<std::string>* problems);

}  // namespace guichet::dmn
