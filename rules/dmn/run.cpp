#include "rules/dmn/run.h"

#include <algorithm>
#include <utility>

namespace guichet::dmn {

using feel::Kind;
using feel::Value;

Run::Run(const CompiledModel& model, const Value& inputs, const feel::Limits& limits, Trace* trace,
         std::optional<feel::DateTime> now)
    : Evaluation(limits),
      model_(model),
      inputs_(inputs),
      trace_(trace),
      now_(std::move(now)),
      world_(&first_),
      first_(make_world(true)) {
  noting_ = trace != nullptr;
  if (trace) trace->decisions.reserve(trace->decisions.size() + model.variables().size());
}

Run::World Run::make_world(bool inputs_given) const {
  return {std::vector<Slot>(model_.variables().size()), inputs_given};
}

void Run::note(std::string text) {
  if (trace_ && trace_->notes.size() < Trace::kMaxNotes)
    trace_->notes.push_back({deciding_, std::move(text)});
}

const Value& Run::global(std::size_t index) {
  const Variable& variable = model_.variables()[index];
  if (variable.kind == ElementInfo::Kind::knowledge || variable.kind == ElementInfo::Kind::service)
    return variable.function;
  Slot& slot = world_->slots[index];
  if (!slot.known) {
    slot.value = variable.kind == ElementInfo::Kind::input ? input(variable) : decide(variable);
    slot.known = true;
  }
  return slot.value;
}

Value Run::fitting(Value value, const Variable& variable) {
  if (variable.type.fits(value)) return value;
  auto converted = feel::convert(std::move(value), variable.type);
  if (converted) return *std::move(converted);
  if (noting()) note("'" + variable.name + "' must be a " + variable.type.to_string());
  return Value();
}

Value Run::input(const Variable& variable) {
  if (!world_->inputs_given) return Value();
  const Value* found = inputs_.find(variable.name, variable.name_hash);
  // A function from outside could belong to another model.
  if (!found || found->holds_function()) return Value();
  return fitting(*found, variable);
}

Value Run::decide(const Variable& variable) {
  const auto outer = std::exchange(deciding_, variable.name);
  Value value = fitting(variable.code.root ? variable.code.run(*this) : Value(), variable);
  deciding_ = outer;
  if (trace_) trace_->decisions.push_back({variable.name, value});
  return value;
}

Value Run::call_service(std::size_t index, std::span<Value> arguments) {
  const Variable& service = model_.variables()[index];
  spend(model_.variables().size());
  Deeper deeper(*this, 2);
  World world = make_world(false);
  if (arguments.size() != service.parameters.size()) {
    if (noting())
      note("'" + service.name + "' takes " + std::to_string(service.parameters.size()) +
           " parameters");
    return Value();
  }
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const Variable& parameter = model_.variables()[service.parameters[i]];
    auto converted = feel::convert(std::move(arguments[i]), parameter.type);
    if (!converted) {
      if (noting())
        note("parameter '" + parameter.name + "' must be a " + parameter.type.to_string());
      return Value();
    }
    world.slots[service.parameters[i]] = {*std::move(converted), true};
  }
  World* const outer = std::exchange(world_, &world);
  std::vector<Value> results;
  for (const std::size_t output : service.outputs) results.push_back(global(output));
  world_ = outer;
  Value result = service.output_shape ? context(*service.output_shape, std::move(results))
                 : results.empty()    ? Value()
                                      : std::move(results.front());
  return fitting(std::move(result), service);
}

Value ServiceFunction::call(feel::Evaluation& evaluation, std::span<Value> arguments) const {
  return static_cast<Run&>(evaluation).call_service(index_, arguments);
}

class CompiledModel::RunInquiry final : public Inquiry {
 public:
  RunInquiry(const CompiledModel& model, const Value& inputs, const feel::Limits& limits,
             Trace* trace, std::optional<feel::DateTime> now)
      : model_(model), inputs_(inputs), run_(model, inputs, limits, trace, std::move(now)) {}

  Result<Value> ask(Invocable what) override {
    if (stopped_) return *stopped_;
    const std::size_t index = index_of(what);
    const Variable& variable = model_.variables_.at(index);
    try {
      if (variable.kind != ElementInfo::Kind::service) return run_.global(index);
      std::vector<Value> arguments;
      for (const std::size_t parameter : variable.parameters)
        arguments.push_back(inputs_.get(model_.variables_[parameter].name));
      return run_.call_service(index, arguments);
    } catch (const feel::LimitReached& limit) {
      stopped_ = Failure{"'" + variable.name + "' was stopped: " + limit.what};
      return *stopped_;
    }
  }

 private:
  const CompiledModel& model_;
  const Value& inputs_;
  Run run_;
  std::optional<Failure> stopped_;
};

std::unique_ptr<Inquiry> CompiledModel::inquire(const Value& inputs, const feel::Limits& limits,
                                                Trace* trace) const {
  return std::make_unique<RunInquiry>(*this, inputs, limits, trace, std::nullopt);
}

Result<Value> CompiledModel::evaluate(Invocable what, const Value& inputs,
                                      const feel::Limits& limits, Trace* trace,
                                      std::optional<feel::DateTime> now) const {
  return RunInquiry(*this, inputs, limits, trace, std::move(now)).ask(what);
}

Result<Value> CompiledModel::evaluate_all(const Value& inputs, const feel::Limits& limits,
                                          Trace* trace) const {
  std::vector<std::pair<std::string, Value>> decided;
  try {
    Run run(*this, inputs, limits, trace, {});
    for (std::size_t i = 0; i < own_; ++i)
      if (variables_[i].kind == ElementInfo::Kind::decision)
        decided.emplace_back(variables_[i].name, run.global(i));
  } catch (const feel::LimitReached& limit) {
    return Failure{"the model was stopped: " + limit.what};
  }
  return Value::context(std::move(decided));
}

}  // namespace guichet::dmn
