#pragma once

#include <string_view>

#include "rules/feel/expr.h"
#include "rules/feel/scope.h"
#include "schemas/values/result.h"

namespace guichet::feel {

/// Reads and resolves a FEEL expression. The failure says where in the text, and what is allowed.
/// Names that it declares are released at its end; their slots stay the scope's.
Result<ExprPtr> parse_expression(std::string_view text, Scope& scope);

/// Unary tests, as in a cell of a decision table, of the value in `slot`, which they may also call
/// `?`. The result is true, false or null.
Result<ExprPtr> parse_unary_tests(std::string_view text, Scope& scope, std::size_t slot,
                                  const Type& type);

/// A name of a type: FEEL's own, an item definition's, or one made of others ("list<number>").
Result<Type> parse_type(std::string_view text, const Environment& environment);

/// The expression alone, without variables.
Result<Code> compile(std::string_view text);

}  // namespace guichet::feel
