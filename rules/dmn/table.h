#pragma once

#include <string>
#include <vector>

#include "rules/dmn/definitions.h"
#include "rules/feel/expr.h"

namespace guichet::dmn {

/// A decision table, its cells compiled.
struct CompiledTable {
  struct Input {
    feel::ExprPtr value;
    std::size_t slot;       // where its cells find it
    feel::ExprPtr allowed;  // may be missing
  };
  struct Output {
    std::string name;
    feel::Type type;
    std::vector<feel::Value> priorities;  // the most wanted first
    feel::ExprPtr fallback;               // may be missing
  };
  struct Rule {
    RuleInfo info;
    std::vector<feel::ExprPtr> tests;  // null where anything fits
    std::vector<feel::ExprPtr> outputs;
  };
  HitPolicy policy = HitPolicy::unique;
  Aggregation aggregation = Aggregation::none;
  std::vector<Input> inputs;
  std::vector<Output> outputs;
  std::vector<Rule> rules;
};

feel::ExprPtr make_table(CompiledTable table);

}  // namespace guichet::dmn
