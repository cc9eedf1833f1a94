#include "rules/dmn/compile.h"
#include "rules/dmn/table.h"
#include "rules/feel/nodes.h"
#include "rules/feel/parser.h"

namespace guichet::dmn {

namespace nodes = feel::nodes;
using feel::ExprPtr;
using feel::Scope;
using feel::Type;
using feel::Value;

namespace {

template <class T>
T got(Result<T> result, const std::string& where) {
  if (!result) throw CompileError{where + ": " + result.error().message};
  return *std::move(result);
}

std::string quoted(const std::string& text) {
  constexpr std::size_t kShown = 60;
  return "\"" + (text.size() > kShown ? text.substr(0, kShown) + "…" : text) + "\"";
}

ExprPtr literal(const std::string& text, Scope& scope, const std::string& where) {
  if (text.empty()) return nodes::constant(Value());
  return got(feel::parse_expression(text, scope), where + " " + quoted(text));
}

/// Its value as a type wants it, else null.
class Typed : public feel::Expr {
 public:
  Typed(ExprPtr value, Type type, std::string name)
      : value_(std::move(value)), name_(std::move(name)) {
    has(*value_);
    type_ = std::move(type);
  }
  Value eval(feel::Frame& frame) const override {
    Value value = value_->eval(frame);
    if (type_.fits(value)) return value;
    auto converted = feel::convert(std::move(value), type_);
    if (converted) return *std::move(converted);
    if (frame.evaluation.noting())
      frame.evaluation.note("'" + name_ + "' must be a " + type_.to_string());
    return Value();
  }

 private:
  ExprPtr value_;
  std::string name_;
};

ExprPtr typed(ExprPtr value, const std::string& type, const std::string& name, Scope& scope) {
  if (type.empty()) return value;
  Type resolved = resolve_type(type, scope.environment());
  if (resolved.is_any()) return value;
  return std::make_unique<Typed>(std::move(value), std::move(resolved), name);
}

ExprPtr entry_value(const Binding& entry, Scope& scope) {
  ExprPtr value = entry.value ? compile_expression(*entry.value, scope) : nodes::constant(Value());
  return typed(std::move(value), entry.type, entry.name, scope);
}

ExprPtr context(const Expression& expression, Scope& scope) {
  const std::size_t mark = scope.mark();
  std::vector<nodes::Entry> entries;
  ExprPtr result;
  for (const Binding& entry : expression.entries) {
    if (entry.name.empty()) {
      result = entry_value(entry, scope);
      break;
    }
    nodes::Entry made{};
    made.name = entry.name;
    made.value = entry_value(entry, scope);
    made.slot = scope.declare(entry.name, made.value->type());
    entries.push_back(std::move(made));
  }
  scope.release(mark);
  if (!result) return nodes::context(std::move(entries));
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry)
    result = nodes::with(entry->slot, std::move(entry->value), std::move(result));
  return result;
}

ExprPtr invocation(const Expression& expression, Scope& scope) {
  ExprPtr function = compile_expression(*expression.parts[0], scope);
  std::vector<std::string> names;
  std::vector<ExprPtr> values;
  for (const Binding& binding : expression.entries) {
    names.push_back(binding.name);
    values.push_back(entry_value(binding, scope));
  }
  if (names.empty()) return nodes::call(std::move(function), {});
  return nodes::call_named(std::move(function), std::move(names), std::move(values));
}

std::vector<ExprPtr> all(const std::vector<std::shared_ptr<Expression>>& parts, Scope& scope) {
  std::vector<ExprPtr> result;
  for (const auto& part : parts) result.push_back(compile_expression(*part, scope));
  return result;
}

ExprPtr relation(const Expression& expression, Scope& scope) {
  std::vector<ExprPtr> rows;
  for (const auto& row : expression.parts) {
    std::vector<nodes::Entry> entries;
    for (std::size_t i = 0; i < expression.columns.size(); ++i) {
      const auto& column = expression.columns[i];
      ExprPtr value = i < row->parts.size() ? compile_expression(*row->parts[i], scope)
                                            : nodes::constant(Value());
      entries.push_back({column.name, scope.new_slot(),
                         typed(std::move(value), column.type, column.name, scope)});
    }
    rows.push_back(nodes::context(std::move(entries)));
  }
  return nodes::list(std::move(rows));
}

ExprPtr filter(const Expression& expression, Scope& scope) {
  ExprPtr list = compile_expression(*expression.parts[0], scope);
  const Type type = list->type().is(feel::Kind::list) ? list->type().element() : Type();
  const std::size_t mark = scope.mark();
  const std::size_t slot = scope.declare("item", type);
  scope.open_item(slot, type);
  ExprPtr condition = compile_expression(*expression.parts[1], scope);
  scope.release(mark);
  return nodes::filter(std::move(list), slot, std::move(condition), true);
}

ExprPtr iteration(const Expression& expression, Scope& scope) {
  const std::size_t mark = scope.mark();
  std::vector<nodes::Iterator> iterators(1);
  iterators[0].from = compile_expression(*expression.parts[0], scope);
  const Type& domain = iterators[0].from->type();
  iterators[0].slot =
      scope.declare(expression.iterator, domain.is(feel::Kind::list) ? domain.element() : Type());
  const bool loop = expression.kind == Expression::Kind::loop;
  std::optional<std::size_t> partial;
  if (loop) partial = scope.declare("partial", Type::of(feel::Kind::list));
  ExprPtr body = compile_expression(*expression.parts[1], scope);
  scope.release(mark);
  if (loop) return nodes::loop(std::move(iterators), partial, std::move(body));
  return nodes::quantified(expression.kind == Expression::Kind::every, std::move(iterators),
                           std::move(body), true);
}

bool any_value(const std::string& cell) {
  return cell.empty() || cell == "-";
}

std::vector<Value> priorities(const TableOutput& output, Scope& scope) {
  if (output.allowed.empty()) return {};
  const auto list = feel::parse_expression("[" + output.allowed + "]", scope);
  const Value* fixed = list ? (*list)->constant() : nullptr;
  if (!fixed) return {};
  return {fixed->list().begin(), fixed->list().end()};
}

ExprPtr table(const Table& source, Scope& scope) {
  CompiledTable result;
  result.policy = source.policy;
  result.aggregation = source.aggregation;
  if (source.outputs.empty()) throw CompileError{"a decision table needs an output"};
  if (source.aggregation != Aggregation::none && source.outputs.size() > 1)
    throw CompileError{"an aggregation needs a single output"};
  const std::size_t mark = scope.mark();
  for (std::size_t i = 0; i < source.inputs.size(); ++i) {
    const TableInput& input = source.inputs[i];
    const std::string where = "input " + std::to_string(i + 1);
    CompiledTable::Input made{};
    made.value = literal(input.text, scope, where);
    made.slot = scope.new_slot();
    if (!input.allowed.empty())
      made.allowed =
          got(feel::parse_unary_tests(input.allowed, scope, made.slot, made.value->type()),
              where + ", allowed values " + quoted(input.allowed));
    result.inputs.push_back(std::move(made));
  }
  for (const TableOutput& output : source.outputs) {
    CompiledTable::Output made{};
    made.name = output.name;
    if (!output.type.empty()) made.type = resolve_type(output.type, scope.environment());
    made.priorities = priorities(output, scope);
    if (!output.fallback.empty()) made.fallback = literal(output.fallback, scope, "default output");
    result.outputs.push_back(std::move(made));
  }
  for (const TableRule& rule : source.rules) {
    const std::string where = "rule " + std::to_string(rule.info.number);
    CompiledTable::Rule made{rule.info, {}, {}};
    for (std::size_t i = 0; i < rule.inputs.size(); ++i) {
      const auto& input = result.inputs[i];
      made.tests.push_back(
          any_value(rule.inputs[i])
              ? nullptr
              : got(feel::parse_unary_tests(rule.inputs[i], scope, input.slot, input.value->type()),
                    where + ", input " + std::to_string(i + 1) + " " + quoted(rule.inputs[i])));
    }
    for (std::size_t i = 0; i < rule.outputs.size(); ++i)
      made.outputs.push_back(
          literal(rule.outputs[i], scope, where + ", output " + std::to_string(i + 1)));
    result.rules.push_back(std::move(made));
  }
  scope.release(mark);
  return make_table(std::move(result));
}

}  // namespace

ExprPtr compile_function(const Expression& expression, feel::Environment& environment, Scope* outer,
                         const Type& result) {
  auto code = std::make_shared<feel::FunctionCode>();
  Scope inner(environment, outer);
  for (const NamedType& parameter : expression.columns) {
    Type type = parameter.type.empty() ? Type() : resolve_type(parameter.type, environment);
    inner.declare(parameter.name, type);
    code->parameters.push_back({parameter.name, std::move(type)});
  }
  // A function in another language gives null: nothing foreign is run.
  code->code.root = expression.foreign || expression.parts.empty()
                        ? nodes::constant(Value())
                        : compile_expression(*expression.parts[0], inner);
  code->code.slots = inner.slots();
  code->result = result;
  if (result.is_any() && !expression.parts.empty() && !expression.parts[0]->type.empty())
    code->result = resolve_type(expression.parts[0]->type, environment);
  auto captured = inner.take_captured();
  if (captured.empty())
    return nodes::constant(Value::function(std::make_shared<feel::Closure>(std::move(code))));
  return nodes::function(std::move(code), std::move(captured));
}

ExprPtr compile_expression(const Expression& expression, Scope& scope) {
  using Kind = Expression::Kind;
  switch (expression.kind) {
    case Kind::literal:
      if (expression.foreign) throw CompileError{"only FEEL is understood in expressions"};
      return literal(expression.text, scope, "expression");
    case Kind::table:
      return table(expression.table, scope);
    case Kind::context:
      return context(expression, scope);
    case Kind::invocation:
      return invocation(expression, scope);
    case Kind::list:
      return nodes::list(all(expression.parts, scope));
    case Kind::relation:
      return relation(expression, scope);
    case Kind::function:
      return compile_function(expression, scope.environment(), &scope, Type());
    case Kind::conditional: {
      auto parts = all(expression.parts, scope);
      return nodes::conditional(std::move(parts[0]), std::move(parts[1]), std::move(parts[2]),
                                true);
    }
    case Kind::filter:
      return filter(expression, scope);
    case Kind::loop:
    case Kind::some:
    case Kind::every:
      return iteration(expression, scope);
  }
  throw CompileError{"an expression of an unknown kind"};
}

void add_members(const Expression& expression, feel::Environment& environment) {
  for (const auto& entry : expression.entries) {
    if (!entry.name.empty()) environment.add_member(entry.name);
    if (entry.value) add_members(*entry.value, environment);
  }
  for (const auto& column : expression.columns) environment.add_member(column.name);
  for (const auto& output : expression.table.outputs)
    if (!output.name.empty()) environment.add_member(output.name);
  for (const auto& part : expression.parts) add_members(*part, environment);
}

}  // namespace guichet::dmn
