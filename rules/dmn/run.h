#pragma once

#include <string_view>
#include <vector>

#include "rules/dmn/compiled.h"
#include "rules/feel/evaluation.h"

namespace guichet::dmn {

/// One evaluation of a model: the values found so far, each variable evaluated when it is first
/// needed.
class Run : public feel::Evaluation {
 public:
  Run(const CompiledModel& model, const feel::Value& inputs, const feel::Limits& limits,
      Trace* trace, std::optional<feel::DateTime> now);

  const feel::Value& global(std::size_t index) override;
  void note(std::string text) override;
  std::optional<feel::DateTime> now() const override { return now_; }

  /// Evaluates a decision service in a world of its own, where only its parameters have values.
  feel::Value call_service(std::size_t index, std::span<feel::Value> arguments);

  void fired(const RuleInfo& rule, const feel::Value& output) {
    if (trace_ && trace_->rules.size() < Trace::kMaxRules) trace_->rules.push_back({&rule, output});
  }

 private:
  struct Slot {
    feel::Value value;
    bool known = false;
  };
  struct World {
    std::vector<Slot> slots;
    bool inputs_given = true;
  };
  World make_world(bool inputs_given) const;
  feel::Value input(const Variable& variable);
  feel::Value decide(const Variable& variable);
  feel::Value fitting(feel::Value value, const Variable& variable);

  const CompiledModel& model_;
  const feel::Value& inputs_;
  Trace* trace_;
  std::optional<feel::DateTime> now_;
  World* world_;
  World first_;
  std::string_view deciding_;
};

/// A decision service as a function.
class ServiceFunction : public feel::Callable {
 public:
  ServiceFunction(std::size_t index, std::vector<feel::Parameter> parameters, feel::Type result)
      : index_(index), parameters_(std::move(parameters)), result_(std::move(result)) {}
  const std::vector<feel::Parameter>& parameters() const override { return parameters_; }
  feel::Type result_type() const override { return result_; }
  feel::Value call(feel::Evaluation& evaluation, std::span<feel::Value> arguments) const override;

 private:
  std::size_t index_;
  std::vector<feel::Parameter> parameters_;
  feel::Type result_;
};

}  // namespace guichet::dmn
