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
}

Run::World Run::make_world(bool inputs_given) const {
  const std::size_t size = model_.variables().size();
  return {std::vector<Value>(size), std::vector<State>(size, State::open), inputs_given};
}

void Run::note(std::string text) {
  if (trace_ && trace_->notes.size() < Trace::kMaxNotes)
    trace_->notes.push_back({deciding_, std::move(text)});
}

const Value& Run::global(std::size_t index) {
  const Variable& variable = model_.variables()[index];
  if (variable.kind == ElementInfo::Kind::knowledge || variable.kind == ElementInfo::Kind::service)
    return variable.function;
  World& world = *world_;
  if (world.states[index] == State::open) {
    world.values[index] =
        variable.kind == ElementInfo::Kind::input ? input(variable) : decide(variable);
    world.states[index] = State::known;
  }
  return world.values[index];
}

Value Run::fitting(Value value, const Variable& variable) {
  if (variable.type.is_any()) return value;
  auto converted = feel::convert(value, variable.type);
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
    auto converted = feel::convert(arguments[i], parameter.type);
    if (!converted) {
      if (noting())
        note("parameter '" + parameter.name + "' must be a " + parameter.type.to_string());
      return Value();
    }
    world.values[service.parameters[i]] = *std::move(converted);
    world.states[service.parameters[i]] = State::known;
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

Result<Value> CompiledModel::evaluate(Invocable what, const Value& inputs,
                                      const feel::Limits& limits, Trace* trace,
                                      std::optional<feel::DateTime> now) const {
  const std::size_t index = index_of(what);
  const Variable& variable = variables_.at(index);
  try {
    Run run(*this, inputs, limits, trace, std::move(now));
    if (variable.kind != ElementInfo::Kind::service) return run.global(index);
    std::vector<Value> arguments;
    for (const std::size_t parameter : variable.parameters)
      arguments.push_back(inputs.get(variables_[parameter].name));
    return run.call_service(index, arguments);
  } catch (const feel::LimitReached& limit) {
    return Failure{"'" + variable.name + "' was stopped: " + limit.what};
  }
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
