#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "rules/feel/expr.h"

// The parts of which expressions are made. Each file nodes_*.cpp holds what belongs together.
namespace guichet::feel::nodes {

// nodes_names.cpp
ExprPtr constant(Value value);
ExprPtr local(std::size_t slot, Type type);
ExprPtr captured(std::size_t index, Type type);
ExprPtr global(std::size_t index, Type type);
/// A name in a filter over items whose members are not known beforehand: the item's own entry, else
/// what stands outside (null where nothing does).
ExprPtr item_name(std::size_t slot, std::string name, ExprPtr outside);
ExprPtr path(ExprPtr from, std::string name);

// nodes_arithmetic.cpp
enum class Arithmetic { add, subtract, multiply, divide, power };
ExprPtr arithmetic(Arithmetic op, ExprPtr a, ExprPtr b);
ExprPtr negate(ExprPtr a);

// nodes_logic.cpp
enum class Comparison { equal, not_equal, less, less_equal, greater, greater_equal };
ExprPtr conjunction(ExprPtr a, ExprPtr b);
ExprPtr disjunction(ExprPtr a, ExprPtr b);
ExprPtr comparison(Comparison op, ExprPtr a, ExprPtr b);
ExprPtr between(ExprPtr value, ExprPtr low, ExprPtr high);
ExprPtr instance_of(ExprPtr value, Type type);
/// Whether the value in `slot` is equal to what `test` gives, is in that list or range, or, where
/// `test` names `?`, whether it is true.
ExprPtr is_in(std::size_t slot, ExprPtr test);
ExprPtr is_true(ExprPtr test);
ExprPtr any_of(std::vector<ExprPtr> tests);
ExprPtr not_of(ExprPtr test);
/// Puts `value` into `slot`, then evaluates `body`.
ExprPtr with(std::size_t slot, ExprPtr value, ExprPtr body);

// nodes_control.cpp
struct Iterator {
  std::size_t slot;
  ExprPtr from;
  ExprPtr to;  // null where `from` is what is gone through; else from..to
};
/// In boxed expressions (`strict`) a condition that is neither true nor false makes all of it null.
ExprPtr conditional(ExprPtr condition, ExprPtr then, ExprPtr otherwise, bool strict = false);
/// `partial_slot`: where the results so far are wanted.
ExprPtr loop(std::vector<Iterator> iterators, std::optional<std::size_t> partial_slot,
             ExprPtr body);
ExprPtr quantified(bool every, std::vector<Iterator> iterators, ExprPtr body, bool strict = false);
ExprPtr filter(ExprPtr list, std::size_t item_slot, ExprPtr condition, bool strict = false);

// nodes_literals.cpp
ExprPtr list(std::vector<ExprPtr> items);
/// A missing end is not bounded.
ExprPtr range(ExprPtr low, bool low_closed, ExprPtr high, bool high_closed);
struct Entry {
  std::string name;
  std::size_t slot;  // later entries see it there
  ExprPtr value;
};
ExprPtr context(std::vector<Entry> entries);
ExprPtr function(std::shared_ptr<const FunctionCode> code, std::vector<ExprPtr> captured);

// nodes_calls.cpp
ExprPtr call(ExprPtr function, std::vector<ExprPtr> arguments);
ExprPtr call_named(ExprPtr function, std::vector<std::string> names,
                   std::vector<ExprPtr> arguments);

}  // namespace guichet::feel::nodes
