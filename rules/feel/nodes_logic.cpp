#include "rules/feel/nodes.h"
#include "rules/feel/ranges.h"

namespace guichet::feel::nodes {

namespace {

/// and, or: three-valued logic (DMN 1.5, table 50).
class Junction : public Expr {
 public:
  Junction(bool decisive, ExprPtr a, ExprPtr b)
      : decisive_(decisive), a_(std::move(a)), b_(std::move(b)) {
    foldable_ = true;
    has(*a_);
    has(*b_);
    type_ = Type::of(Kind::boolean);
  }
  Value eval(Frame& frame) const override {
    const Value a = a_->eval(frame);
    if (a.is(Kind::boolean) && a.boolean() == decisive_) return a;
    const Value b = b_->eval(frame);
    if (b.is(Kind::boolean) && b.boolean() == decisive_) return b;
    if (a.is(Kind::boolean) && b.is(Kind::boolean)) return a;
    return Value();
  }

 private:
  bool decisive_;
  ExprPtr a_, b_;
};

std::optional<bool> holds(Comparison op, const Value& a, const Value& b) {
  if (op == Comparison::equal) return equal(a, b);
  if (op == Comparison::not_equal) {
    const auto same = equal(a, b);
    return same ? std::optional(!*same) : std::nullopt;
  }
  const auto order = compare(a, b);
  if (!order) return std::nullopt;
  switch (op) {
    case Comparison::less:
      return *order < 0;
    case Comparison::less_equal:
      return *order <= 0;
    case Comparison::greater:
      return *order > 0;
    default:
      return *order >= 0;
  }
}

class ComparisonExpr : public Expr {
 public:
  ComparisonExpr(Comparison op, ExprPtr a, ExprPtr b)
      : op_(op), a_(std::move(a)), b_(std::move(b)) {
    foldable_ = true;
    has(*a_);
    has(*b_);
    type_ = Type::of(Kind::boolean);
  }
  Value eval(Frame& frame) const override {
    const Value a = a_->eval(frame);
    const Value b = b_->eval(frame);
    if (const auto result = holds(op_, a, b)) return Value(*result);
    if (frame.evaluation.noting() && !a.is_null() && !b.is_null())
      frame.evaluation.note("cannot compare " + std::string(name_of(a.kind())) + " and " +
                            std::string(name_of(b.kind())));
    return Value();
  }

 private:
  Comparison op_;
  ExprPtr a_, b_;
};

class Between : public Expr {
 public:
  Between(ExprPtr value, ExprPtr low, ExprPtr high)
      : value_(std::move(value)), low_(std::move(low)), high_(std::move(high)) {
    foldable_ = true;
    has(*value_);
    has(*low_);
    has(*high_);
    type_ = Type::of(Kind::boolean);
  }
  Value eval(Frame& frame) const override {
    const Value value = value_->eval(frame);
    const auto low = compare(value, low_->eval(frame));
    const auto high = compare(value, high_->eval(frame));
    if (!low || !high) return Value();
    return Value(*low >= 0 && *high <= 0);
  }

 private:
  ExprPtr value_, low_, high_;
};

class InstanceOf : public Expr {
 public:
  InstanceOf(ExprPtr value, Type wanted) : value_(std::move(value)), wanted_(std::move(wanted)) {
    has(*value_);
    type_ = Type::of(Kind::boolean);
  }
  Value eval(Frame& frame) const override {
    const Value value = value_->eval(frame);
    if (value.is_null() && wanted_.is_any()) return Value(false);
    return Value(wanted_.describes(value));
  }

 private:
  ExprPtr value_;
  Type wanted_;
};

/// Value `in` test, where the test is a value (DMN 1.5, table 55).
std::optional<bool> within(Evaluation& evaluation, const Value& value, const Value& test) {
  if (test.is(Kind::range)) {
    if (value.is(Kind::range)) {
      const auto both = equal(value, test);
      return both;
    }
    return contains(test.range(), value);
  }
  if (test.is(Kind::list)) {
    if (value.is(Kind::list) && equal(value, test).value_or(false)) return true;
    evaluation.spend(test.list().size());
    for (const Value& item : test.list())
      if (item.is(Kind::range) ? contains(item.range(), value).value_or(false)
                               : equal(value, item).value_or(false))
        return true;
    return false;
  }
  if (value.is(Kind::list) && !test.is_null()) {
    evaluation.spend(value.list().size());
    return value.list().size() == 1 && equal(value.list()[0], test).value_or(false);
  }
  return equal(value, test);
}

class IsIn : public Expr {
 public:
  IsIn(std::size_t slot, ExprPtr test) : slot_(slot), test_(std::move(test)) {
    has(*test_);
    type_ = Type::of(Kind::boolean);
  }
  Value eval(Frame& frame) const override {
    const Value* fixed = test_->constant();
    const auto result =
        within(frame.evaluation, frame.locals[slot_], fixed ? *fixed : test_->eval(frame));
    return result ? Value(*result) : Value();
  }

 private:
  std::size_t slot_;
  ExprPtr test_;
};

class IsTrue : public Expr {
 public:
  explicit IsTrue(ExprPtr test) : test_(std::move(test)) {
    has(*test_);
    type_ = Type::of(Kind::boolean);
  }
  Value eval(Frame& frame) const override { return Value(test_->eval(frame).is_true()); }

 private:
  ExprPtr test_;
};

class AnyOf : public Expr {
 public:
  explicit AnyOf(std::vector<ExprPtr> tests) : tests_(std::move(tests)) {
    foldable_ = true;
    for (const auto& test : tests_) has(*test);
    type_ = Type::of(Kind::boolean);
  }
  Value eval(Frame& frame) const override {
    bool unknown = false;
    for (const auto& test : tests_) {
      Value result = test->eval(frame);
      if (result.is_true()) return result;
      unknown = unknown || !result.is_false();
    }
    return unknown ? Value() : Value(false);
  }

 private:
  std::vector<ExprPtr> tests_;
};

class NotOf : public Expr {
 public:
  explicit NotOf(ExprPtr test) : test_(std::move(test)) {
    foldable_ = true;
    has(*test_);
    type_ = Type::of(Kind::boolean);
  }
  Value eval(Frame& frame) const override {
    const Value result = test_->eval(frame);
    return result.is(Kind::boolean) ? Value(!result.boolean()) : Value(true);
  }

 private:
  ExprPtr test_;
};

class With : public Expr {
 public:
  With(std::size_t slot, ExprPtr value, ExprPtr body)
      : slot_(slot), value_(std::move(value)), body_(std::move(body)) {
    has(*value_);
    has(*body_);
    type_ = body_->type();
  }
  Value eval(Frame& frame) const override {
    frame.locals[slot_] = value_->eval(frame);
    return body_->eval(frame);
  }

 private:
  std::size_t slot_;
  ExprPtr value_, body_;
};

}  // namespace

ExprPtr conjunction(ExprPtr a, ExprPtr b) {
  return std::make_unique<Junction>(false, std::move(a), std::move(b));
}
ExprPtr disjunction(ExprPtr a, ExprPtr b) {
  return std::make_unique<Junction>(true, std::move(a), std::move(b));
}
ExprPtr comparison(Comparison op, ExprPtr a, ExprPtr b) {
  return std::make_unique<ComparisonExpr>(op, std::move(a), std::move(b));
}
ExprPtr between(ExprPtr value, ExprPtr low, ExprPtr high) {
  return std::make_unique<Between>(std::move(value), std::move(low), std::move(high));
}
ExprPtr instance_of(ExprPtr value, Type type) {
  return std::make_unique<InstanceOf>(std::move(value), std::move(type));
}
ExprPtr is_in(std::size_t slot, ExprPtr test) {
  return std::make_unique<IsIn>(slot, std::move(test));
}
ExprPtr is_true(ExprPtr test) {
  return std::make_unique<IsTrue>(std::move(test));
}
ExprPtr any_of(std::vector<ExprPtr> tests) {
  return std::make_unique<AnyOf>(std::move(tests));
}
ExprPtr not_of(ExprPtr test) {
  return std::make_unique<NotOf>(std::move(test));
}
ExprPtr with(std::size_t slot, ExprPtr value, ExprPtr body) {
  return std::make_unique<With>(slot, std::move(value), std::move(body));
}

}  // namespace guichet::feel::nodes
