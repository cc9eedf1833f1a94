#pragma once

#include <string>
#include <vector>

#include "rules/dmn/definitions.h"
#include "rules/feel/scope.h"

namespace guichet::dmn {

/// Thrown while a model is compiled: what is wrong, and where.
struct CompileError {
  std::string message;
};

/// A boxed expression, resolved against the scope.
feel::ExprPtr compile_expression(const Expression& expression, feel::Scope& scope);

/// A function with parameters and a body; `outer` may be missing.
feel::ExprPtr compile_function(const Expression& expression, feel::Environment& environment,
                               feel::Scope* outer, const feel::Type& result);

/// FEEL's own types, item definitions, and types made of them. Throws.
feel::Type resolve_type(const std::string& name, const feel::Environment& environment);

/// Adds the item definitions of a model to its environment. Throws.
void add_types(const std::vector<ItemDefinition>& definitions, feel::Environment& environment);

/// Adds the names that entries of contexts have in this expression.
void add_members(const Expression& expression, feel::Environment& environment);

}  // namespace guichet::dmn
