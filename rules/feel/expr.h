#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "rules/feel/callable.h"
#include "rules/feel/evaluation.h"
#include "rules/feel/type.h"

namespace guichet::feel {

/// A resolved part of an expression: names are places, constants are values. Never changes once
/// built; any number of threads evaluate it, each with its own Frame.
class Expr {
 public:
  virtual ~Expr() = default;
  virtual Value eval(Frame& frame) const = 0;
  /// The same without a copy, where the value stands somewhere already, else in `room`. Good as
  /// long as `room` and the variables that the expression sees are what they are.
  virtual const Value& look(Frame& frame, Value& room) const { return room = eval(frame); }
  /// The value, where it is the same in every evaluation.
  virtual const Value* constant() const { return nullptr; }

  const Type& type() const { return type_; }        // Any where it is not known
  std::uint32_t levels() const { return levels_; }  // of parts within one another
  std::uint32_t size() const { return size_; }      // number of parts: the steps it costs
  /// Whether it depends on nothing but constants, so that it can be evaluated while compiling.
  bool foldable() const { return foldable_; }

 protected:
  /// Takes notice of a part, in the constructor.
  void has(const Expr& part) {
    levels_ = std::max(levels_, part.levels() + 1);
    size_ += part.size();
    if (!part.constant()) foldable_ = false;
  }
  Type type_;
  bool foldable_ = false;

 private:
  std::uint32_t levels_ = 1;
  std::uint32_t size_ = 1;
};
using ExprPtr = std::unique_ptr<const Expr>;

/// The logic of a decision, an entry of a table, or a function: an expression and how many local
/// variables it needs.
struct Code {
  ExprPtr root;
  std::size_t slots = 0;

  Value run(Evaluation& evaluation) const {
    evaluation.spend(root->size());
    Evaluation::Deeper deeper(evaluation, root->levels());
    Evaluation::Locals locals(evaluation, slots);
    Frame frame{evaluation, locals.begin(), {}};
    return root->eval(frame);
  }
};

/// A function's definition, shared by every closure made of it.
struct FunctionCode {
  std::vector<Parameter> parameters;  // the first locals of `code`
  Type result;                        // what it must give, where that is said
  Code code;
};

/// A function with the values that it took from around it.
class Closure : public Callable {
 public:
  explicit Closure(std::shared_ptr<const FunctionCode> code, std::vector<Value> captured = {})
      : code_(std::move(code)), captured_(std::move(captured)) {}
  const std::vector<Parameter>& parameters() const override { return code_->parameters; }
  Type result_type() const override {
    return code_->result.is_any() ? code_->code.root->type() : code_->result;
  }
  Value call(Evaluation& evaluation, std::span<Value> arguments) const override;
  unsigned depth() const override;

 private:
  std::shared_ptr<const FunctionCode> code_;
  std::vector<Value> captured_;
};

}  // namespace guichet::feel
