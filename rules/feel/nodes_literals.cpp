#include "rules/feel/nodes.h"

namespace guichet::feel::nodes {

namespace {

class ListExpr : public Expr {
 public:
  explicit ListExpr(std::vector<ExprPtr> items) : items_(std::move(items)) {
    foldable_ = true;
    for (const auto& item : items_) has(*item);
    Type element = items_.empty() ? Type() : items_.front()->type();
    for (const auto& item : items_)
      if (!item->type().conforms_to(element)) element = Type();
    type_ = Type::list(element);
  }
  Value eval(Frame& frame) const override {
    std::vector<Value> values;
    values.reserve(items_.size());
    for (const auto& item : items_) values.push_back(item->eval(frame));
    return frame.evaluation.list(std::move(values));
  }

 private:
  std::vector<ExprPtr> items_;
};

class RangeExpr : public Expr {
 public:
  RangeExpr(ExprPtr low, bool low_closed, ExprPtr high, bool high_closed)
      : low_(std::move(low)),
        high_(std::move(high)),
        low_closed_(low_closed),
        high_closed_(high_closed) {
    foldable_ = true;
    if (low_) has(*low_);
    if (high_) has(*high_);
    type_ = Type::range((low_ ? low_ : high_)->type());
  }
  Value eval(Frame& frame) const override {
    RangeValue range{low_ ? low_->eval(frame) : Value(),
                     high_ ? high_->eval(frame) : Value(),
                     low_closed_,
                     high_closed_,
                     low_ != nullptr,
                     high_ != nullptr};
    const bool both = !range.low.is_null() && !range.high.is_null();
    if (both && !compare(range.low, range.high)) {
      if (frame.evaluation.noting())
        frame.evaluation.note("a range needs two ends that can be compared");
      return Value();
    }
    return frame.evaluation.range(std::move(range));
  }

 private:
  ExprPtr low_, high_;
  bool low_closed_, high_closed_;
};

class ContextExpr : public Expr {
 public:
  explicit ContextExpr(std::vector<Entry> entries) : entries_(std::move(entries)), shape_(names()) {
    Type::Members members;
    for (const auto& entry : entries_) {
      has(*entry.value);
      members.emplace_back(entry.name, entry.value->type());
    }
    type_ = Type::context(std::move(members), true);
  }
  Value eval(Frame& frame) const override {
    std::vector<Value> values;
    values.reserve(entries_.size());
    for (const auto& entry : entries_) {
      values.push_back(entry.value->eval(frame));
      frame.locals[entry.slot] = values.back();
    }
    return frame.evaluation.context(shape_, std::move(values));
  }

 private:
  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& entry : entries_) names.push_back(entry.name);
    return names;
  }
  std::vector<Entry> entries_;
  Shape shape_;
};

class FunctionExpr : public Expr {
 public:
  FunctionExpr(std::shared_ptr<const FunctionCode> code, std::vector<ExprPtr> captured)
      : code_(std::move(code)), captured_(std::move(captured)) {
    for (const auto& value : captured_) has(*value);
    std::vector<Type> parameters;
    for (const auto& parameter : code_->parameters) parameters.push_back(parameter.type);
    type_ = Type::function(std::move(parameters),
                           code_->result.is_any() ? code_->code.root->type() : code_->result);
  }
  Value eval(Frame& frame) const override {
    std::vector<Value> captured;
    captured.reserve(captured_.size());
    for (const auto& value : captured_) captured.push_back(value->eval(frame));
    return frame.evaluation.function(std::make_shared<Closure>(code_, std::move(captured)));
  }

 private:
  std::shared_ptr<const FunctionCode> code_;
  std::vector<ExprPtr> captured_;
};

}  // namespace

ExprPtr list(std::vector<ExprPtr> items) {
  return std::make_unique<ListExpr>(std::move(items));
}
ExprPtr range(ExprPtr low, bool low_closed, ExprPtr high, bool high_closed) {
  return std::make_unique<RangeExpr>(std::move(low), low_closed, std::move(high), high_closed);
}
ExprPtr context(std::vector<Entry> entries) {
  return std::make_unique<ContextExpr>(std::move(entries));
}
ExprPtr function(std::shared_ptr<const FunctionCode> code, std::vector<ExprPtr> captured) {
  return std::make_unique<FunctionExpr>(std::move(code), std::move(captured));
}

}  // namespace guichet::feel::nodes
