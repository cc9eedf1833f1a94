#include "rules/dmn/table.h"

#include <algorithm>

#include "rules/dmn/run.h"
#include "rules/feel/builtins.h"

namespace guichet::dmn {

using feel::Evaluation;
using feel::Frame;
using feel::Value;

namespace {

class TableExpr : public feel::Expr {
 public:
  explicit TableExpr(CompiledTable table) : table_(std::move(table)), shape_(names(table_)) {
    for (const auto& input : table_.inputs) {
      has(*input.value);
      if (input.allowed) has(*input.allowed);
    }
    for (const auto& rule : table_.rules) {
      for (const auto& test : rule.tests)
        if (test) has(*test);
      for (const auto& output : rule.outputs) has(*output);
    }
    for (const auto& output : table_.outputs)
      if (output.fallback) has(*output.fallback);
    type_ = result_type();
  }

  Value eval(Frame& frame) const override {
    for (std::size_t i = 0; i < table_.inputs.size(); ++i) {
      const auto& input = table_.inputs[i];
      frame.locals[input.slot] = input.value->eval(frame);
      if (input.allowed && !input.allowed->eval(frame).is_true())
        return nothing(frame,
                       "input " + std::to_string(i + 1) + " of the table is not an allowed value");
    }
    switch (table_.policy) {
      case HitPolicy::unique:
        return unique(frame);
      case HitPolicy::first:
        return first(frame);
      case HitPolicy::any:
        return any(frame);
      default:
        return many(frame);
    }
  }

 private:
  using Rule = CompiledTable::Rule;
  struct Hit {
    const Rule* rule;
    Value output;
  };

  static std::vector<std::string> names(const CompiledTable& table) {
    std::vector<std::string> names;
    for (const auto& output : table.outputs) names.push_back(output.name);
    return names;
  }

  feel::Type result_type() const {
    feel::Type one;
    if (table_.outputs.size() == 1) {
      one = table_.outputs[0].type;
    } else {
      feel::Type::Members members;
      for (const auto& output : table_.outputs) members.emplace_back(output.name, output.type);
      one = feel::Type::context(std::move(members));
    }
    switch (table_.policy) {
      case HitPolicy::collect:
        return table_.aggregation == Aggregation::none ? feel::Type::list(one)
                                                       : feel::Type::of(feel::Kind::number);
      case HitPolicy::rule_order:
      case HitPolicy::output_order:
        return feel::Type::list(one);
      default:
        return one;
    }
  }

  static Value nothing(Frame& frame, const std::string& why) {
    if (frame.evaluation.noting()) frame.evaluation.note(why);
    return Value();
  }

  bool matches(const Rule& rule, Frame& frame) const {
    for (const auto& test : rule.tests)
      if (test && !test->eval(frame).is_true()) return false;
    return true;
  }

  Value convert(Value value, std::size_t column, Frame& frame) const {
    const auto& type = table_.outputs[column].type;
    if (type.fits(value)) return value;
    auto converted = feel::convert(std::move(value), type);
    if (converted) return *std::move(converted);
    return nothing(frame, "output " + std::to_string(column + 1) + " of the table must be a " +
                              type.to_string());
  }

  Value output_of(const Rule& rule, Frame& frame) const {
    if (rule.outputs.size() == 1) return convert(rule.outputs[0]->eval(frame), 0, frame);
    std::vector<Value> values;
    values.reserve(rule.outputs.size());
    for (std::size_t i = 0; i < rule.outputs.size(); ++i)
      values.push_back(convert(rule.outputs[i]->eval(frame), i, frame));
    return frame.evaluation.context(shape_, std::move(values));
  }

  /// What stands where no rule fits.
  Value fallback(Frame& frame) const {
    const bool any = std::any_of(table_.outputs.begin(), table_.outputs.end(),
                                 [](const auto& output) { return output.fallback != nullptr; });
    if (!any) return Value();
    std::vector<Value> values;
    for (const auto& output : table_.outputs)
      values.push_back(output.fallback ? output.fallback->eval(frame) : Value());
    if (values.size() == 1) return std::move(values[0]);
    return frame.evaluation.context(shape_, std::move(values));
  }

  static Value fire(const Rule& rule, Value output, Frame& frame) {
    static_cast<Run&>(frame.evaluation).fired(rule.info, output);
    return output;
  }

  Value first(Frame& frame) const {
    for (const Rule& rule : table_.rules)
      if (matches(rule, frame)) return fire(rule, output_of(rule, frame), frame);
    return fallback(frame);
  }

  Value unique(Frame& frame) const {
    const Rule* hit = nullptr;
    for (const Rule& rule : table_.rules) {
      if (!matches(rule, frame)) continue;
      if (hit)
        return nothing(frame, "rules " + std::to_string(hit->info.number) + " and " +
                                  std::to_string(rule.info.number) +
                                  " both apply, where only one may");
      hit = &rule;
    }
    return hit ? fire(*hit, output_of(*hit, frame), frame) : fallback(frame);
  }

  Value any(Frame& frame) const {
    std::vector<Hit> hits = all(frame);
    if (hits.empty()) return fallback(frame);
    for (const Hit& hit : hits)
      if (!feel::equal(hit.output, hits[0].output).value_or(false))
        return nothing(frame, "rules " + std::to_string(hits[0].rule->info.number) + " and " +
                                  std::to_string(hit.rule->info.number) +
                                  " apply and give different results");
    for (const Hit& hit : hits) fire(*hit.rule, hit.output, frame);
    return hits[0].output;
  }

  std::vector<Hit> all(Frame& frame) const {
    std::vector<Hit> hits;
    hits.reserve(table_.rules.size());
    for (const Rule& rule : table_.rules)
      if (matches(rule, frame)) hits.push_back({&rule, output_of(rule, frame)});
    return hits;
  }

  /// The place of an output's value among its priorities; last where it is not among them.
  std::size_t rank(const Value& output, std::size_t column) const {
    const Value& value = table_.outputs.size() == 1 ? output : output.entries()[column];
    const auto& order = table_.outputs[column].priorities;
    const auto found = std::find_if(order.begin(), order.end(), [&](const Value& each) {
      return feel::equal(each, value).value_or(false);
    });
    return static_cast<std::size_t>(found - order.begin());
  }

  void by_priority(std::vector<Hit>& hits) const {
    std::stable_sort(hits.begin(), hits.end(), [&](const Hit& a, const Hit& b) {
      for (std::size_t column = 0; column < table_.outputs.size(); ++column) {
        const std::size_t x = rank(a.output, column), y = rank(b.output, column);
        if (x != y) return x < y;
      }
      return false;
    });
  }

  Value many(Frame& frame) const {
    std::vector<Hit> hits = all(frame);
    if (table_.policy == HitPolicy::priority || table_.policy == HitPolicy::output_order)
      by_priority(hits);
    if (hits.empty()) {
      Value value = fallback(frame);
      if (!value.is_null() || table_.policy == HitPolicy::priority) return value;
    }
    if (table_.policy == HitPolicy::priority)
      return fire(*hits[0].rule, std::move(hits[0].output), frame);
    std::vector<Value> values;
    values.reserve(hits.size());
    for (Hit& hit : hits) values.push_back(fire(*hit.rule, std::move(hit.output), frame));
    Value list = frame.evaluation.list(std::move(values));
    static constexpr const char* kFunctions[] = {"", "sum", "count", "min", "max"};
    if (table_.policy != HitPolicy::collect || table_.aggregation == Aggregation::none) return list;
    const Value* function = feel::find_builtin(kFunctions[static_cast<int>(table_.aggregation)]);
    return function->function()->call(frame.evaluation, {&list, 1});
  }

  CompiledTable table_;
  feel::Shape shape_;
};

}  // namespace

feel::ExprPtr make_table(CompiledTable table) {
  return std::make_unique<TableExpr>(std::move(table));
}

}  // namespace guichet::dmn
