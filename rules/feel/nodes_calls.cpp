#include <array>

#include "rules/feel/nodes.h"

namespace guichet::feel {

Value Callable::call_named(Evaluation& evaluation, std::span<const std::string> names,
                           std::span<Value> arguments) const {
  const auto& known = parameters();
  std::vector<Value> ordered(known.size());
  std::vector<bool> given(known.size());
  for (std::size_t n = 0; n < names.size(); ++n) {
    std::size_t i = 0;
    while (i < known.size() && known[i].name != names[n]) ++i;
    if (i == known.size() || given[i]) {
      if (evaluation.noting()) evaluation.note("the function has no parameter '" + names[n] + "'");
      return Value();
    }
    given[i] = true;
    ordered[i] = std::move(arguments[n]);
  }
  if (names.size() != known.size()) {
    if (evaluation.noting()) evaluation.note("a parameter of the function is missing");
    return Value();
  }
  return call(evaluation, ordered);
}

unsigned Closure::depth() const {
  unsigned deepest = 0;
  for (const Value& value : captured_) deepest = std::max(deepest, value.depth());
  return deepest + 1;
}

Value Closure::call(Evaluation& evaluation, std::span<Value> arguments) const {
  const FunctionCode& code = *code_;
  if (arguments.size() != code.parameters.size()) {
    if (evaluation.noting())
      evaluation.note("a function of " + std::to_string(code.parameters.size()) +
                      " parameters was given " + std::to_string(arguments.size()));
    return Value();
  }
  evaluation.spend(code.code.root->size());
  Evaluation::Deeper deeper(evaluation, code.code.root->levels());
  Evaluation::Locals locals(evaluation, code.code.slots);
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    auto converted = convert(std::move(arguments[i]), code.parameters[i].type);
    if (!converted) {
      if (evaluation.noting())
        evaluation.note("parameter '" + code.parameters[i].name + "' must be a " +
                        code.parameters[i].type.to_string());
      return Value();
    }
    locals.begin()[i] = *std::move(converted);
  }
  Frame frame{evaluation, locals.begin(), captured_};
  auto converted = convert(code.code.root->eval(frame), code.result);
  if (!converted && evaluation.noting())
    evaluation.note("a function must give a " + code.result.to_string());
  return converted ? *std::move(converted) : Value();
}

namespace nodes {

namespace {

class Call : public Expr {
 public:
  Call(ExprPtr function, std::vector<ExprPtr> arguments)
      : function_(std::move(function)), arguments_(std::move(arguments)) {
    const Value* fixed = function_->constant();
    foldable_ = fixed && fixed->is(Kind::function) && fixed->function()->pure();
    has(*function_);
    for (const auto& argument : arguments_) has(*argument);
    type_ = function_->type().result();
  }

  Value eval(Frame& frame) const override {
    const Value* fixed = function_->constant();
    const Value function = fixed ? Value() : function_->eval(frame);
    const Value& callee = fixed ? *fixed : function;
    if (!callee.is(Kind::function)) {
      if (frame.evaluation.noting())
        frame.evaluation.note("a " + std::string(name_of(callee.kind())) + " is not a function");
      return Value();
    }
    constexpr std::size_t kFew = 4;
    if (arguments_.size() <= kFew) {
      std::array<Value, kFew> values;
      return call(frame, callee, std::span(values).first(arguments_.size()));
    }
    std::vector<Value> values(arguments_.size());
    return call(frame, callee, values);
  }

 private:
  Value call(Frame& frame, const Value& callee, std::span<Value> values) const {
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = arguments_[i]->eval(frame);
    return callee.function()->call(frame.evaluation, values);
  }

  ExprPtr function_;
  std::vector<ExprPtr> arguments_;
};

class CallNamed : public Expr {
 public:
  CallNamed(ExprPtr function, std::vector<std::string> names, std::vector<ExprPtr> arguments)
      : function_(std::move(function)), names_(std::move(names)), arguments_(std::move(arguments)) {
    has(*function_);
    foldable_ = false;
    for (const auto& argument : arguments_) has(*argument);
    type_ = function_->type().result();
  }

  Value eval(Frame& frame) const override {
    Evaluation& evaluation = frame.evaluation;
    const Value callee = function_->eval(frame);
    if (!callee.is(Kind::function)) {
      if (evaluation.noting())
        evaluation.note("a " + std::string(name_of(callee.kind())) + " is not a function");
      return Value();
    }
    std::vector<Value> values;
    values.reserve(arguments_.size());
    for (const auto& argument : arguments_) values.push_back(argument->eval(frame));
    return callee.function()->call_named(evaluation, names_, values);
  }

 private:
  ExprPtr function_;
  std::vector<std::string> names_;
  std::vector<ExprPtr> arguments_;
};

}  // namespace

ExprPtr call(ExprPtr function, std::vector<ExprPtr> arguments) {
  return std::make_unique<Call>(std::move(function), std::move(arguments));
}
ExprPtr call_named(ExprPtr function, std::vector<std::string> names,
                   std::vector<ExprPtr> arguments) {
  return std::make_unique<CallNamed>(std::move(function), std::move(names), std::move(arguments));
}

}  // namespace nodes
}  // namespace guichet::feel
