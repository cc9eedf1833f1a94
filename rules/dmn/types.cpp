#include <functional>
#include <set>

#include "rules/dmn/compile.h"
#include "rules/feel/parser.h"

namespace guichet::dmn {

using feel::Environment;
using feel::Type;

namespace {

/// The allowed values of a type: unary tests.
class Allowed : public feel::Constraint {
 public:
  explicit Allowed(feel::Code code) : code_(std::move(code)) {}
  bool allows(const feel::Value& value) const override {
    try {
      feel::Evaluation evaluation(feel::Limits{});
      evaluation.spend(code_.root->size());
      feel::Evaluation::Locals locals(evaluation, code_.slots);
      locals.begin()[0] = value;
      feel::Frame frame{evaluation, locals.begin(), {}};
      return code_.root->eval(frame).is_true();
    } catch (const feel::LimitReached&) {
      return false;
    }
  }

 private:
  feel::Code code_;  // the value stands in its first local
};

class Types {
 public:
  Types(const std::vector<ItemDefinition>& definitions, Environment& environment)
      : environment_(environment) {
    for (const auto& definition : definitions)
      by_name_.emplace(feel::canonical_name(definition.name), &definition);
  }

  void add_all() {
    for (const auto& [name, definition] : by_name_) define(name);
  }

 private:
  Type define(const std::string& name) {
    if (const auto known = environment_.types.find(name); known != environment_.types.end())
      return known->second;
    const auto found = by_name_.find(name);
    if (found == by_name_.end()) return resolve_type(name, environment_);
    if (!open_.insert(name).second) throw CompileError{"type '" + name + "' is made of itself"};
    Type type = make(*found->second, found->second->name);
    open_.erase(name);
    environment_.types.emplace(name, type);
    return type;
  }

  Type reference(const std::string& name) {
    return name.empty() ? Type() : define(feel::canonical_name(name));
  }

  Type make(const ItemDefinition& definition, const std::string& where) {
    Type type;
    if (definition.function) {
      std::vector<Type> parameters;
      for (const auto& parameter : definition.parameters)
        parameters.push_back(reference(parameter.type));
      type = Type::function(std::move(parameters), reference(definition.type));
    } else if (!definition.components.empty()) {
      Type::Members members;
      for (const auto& component : definition.components) {
        environment_.add_member(component.name);
        members.emplace_back(component.name, make(component, where + "." + component.name));
      }
      type = Type::context(std::move(members));
    } else {
      type = reference(definition.type);
    }
    type = constrained(std::move(type), definition.allowed, where);
    if (definition.collection) type = Type::list(std::move(type));
    return constrained(std::move(type), definition.constraint, where);
  }

  Type constrained(Type type, const std::string& tests, const std::string& where) {
    if (tests.empty()) return type;
    feel::Scope scope(environment_);
    const std::size_t slot = scope.new_slot();
    auto root = feel::parse_unary_tests(tests, scope, slot, type);
    if (!root) throw CompileError{"type '" + where + "', allowed values: " + root.error().message};
    return type.with(std::make_shared<Allowed>(feel::Code{std::move(*root), scope.slots()}));
  }

  std::map<std::string, const ItemDefinition*> by_name_;
  std::set<std::string> open_;
  Environment& environment_;
};

}  // namespace

Type resolve_type(const std::string& name, const Environment& environment) {
  const std::string canonical = feel::canonical_name(name);
  if (const auto known = environment.types.find(canonical); known != environment.types.end())
    return known->second;
  if (const auto builtin = Type::named(canonical)) return *builtin;
  auto parsed = feel::parse_type(name, environment);
  if (parsed) return *std::move(parsed);
  throw CompileError{"type '" + name + "' is not known"};
}

void add_types(const std::vector<ItemDefinition>& definitions, Environment& environment) {
  Types(definitions, environment).add_all();
}

}  // namespace guichet::dmn
