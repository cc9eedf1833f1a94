#include "rules/feel/nodes.h"

namespace guichet::feel::nodes {

namespace {

class Conditional : public Expr {
 public:
  Conditional(ExprPtr condition, ExprPtr then, ExprPtr otherwise, bool strict)
      : strict_(strict),
        condition_(std::move(condition)),
        then_(std::move(then)),
        otherwise_(std::move(otherwise)) {
    has(*condition_);
    has(*then_);
    has(*otherwise_);
    if (then_->type().conforms_to(otherwise_->type()))
      type_ = otherwise_->type();
    else if (otherwise_->type().conforms_to(then_->type()))
      type_ = then_->type();
  }
  Value eval(Frame& frame) const override {
    const Value condition = condition_->eval(frame);
    if (strict_ && !condition.is(Kind::boolean)) return Value();
    return (condition.is_true() ? then_ : otherwise_)->eval(frame);
  }

 private:
  bool strict_;
  ExprPtr condition_, then_, otherwise_;
};

/// Goes through the combinations of several iterators; `visit` says whether to go on. False where
/// something cannot be gone through.
template <class Visit>
class Walk {
 public:
  Walk(Frame& frame, const std::vector<Iterator>& iterators, std::uint64_t cost, Visit visit)
      : frame_(frame), iterators_(iterators), cost_(cost), visit_(std::move(visit)) {}

  bool run() { return from(0); }

 private:
  bool from(std::size_t i) {
    if (i == iterators_.size()) {
      frame_.evaluation.spend(cost_);
      going_ = visit_();
      return true;
    }
    const Iterator& iterator = iterators_[i];
    Value room;
    const Value& domain = iterator.from->look(frame_, room);
    frame_.evaluation.spend(1);
    if (iterator.to) return through(i, domain, iterator.to->eval(frame_));
    if (domain.is(Kind::list)) {
      for (const Value& item : domain.list()) {
        frame_.locals[iterator.slot] = item;
        if (!from(i + 1)) return false;
        if (!going_) break;
      }
      return true;
    }
    if (domain.is(Kind::range)) {
      const RangeValue& range = domain.range();
      return through(i, range.low, range.high, !range.low_closed, !range.high_closed);
    }
    if (domain.is_null()) return false;
    frame_.locals[iterator.slot] = domain;
    return from(i + 1);
  }

  bool through(std::size_t i, const Value& low, const Value& high, bool skip_first = false,
               bool skip_last = false) {
    std::int64_t a, b;
    const bool dates = low.is(Kind::date) && high.is(Kind::date);
    if (dates) {
      a = low.date().to_days();
      b = high.date().to_days();
    } else {
      if (!low.is(Kind::number) || !high.is(Kind::number)) return false;
      const auto first = low.number().to_int(), last = high.number().to_int();
      if (!first || !last) return false;
      a = *first;
      b = *last;
    }
    const bool up = a <= b;
    for (std::int64_t at = a;; at += up ? 1 : -1) {
      if (!((skip_first && at == a) || (skip_last && at == b))) {
        frame_.evaluation.spend(1);
        frame_.locals[iterators_[i].slot] =
            dates ? Value::maybe(Date::from_days(at)) : Value(Number(at));
        if (!from(i + 1)) return false;
        if (!going_) break;
      }
      if (at == b) break;
    }
    return true;
  }

  Frame& frame_;
  const std::vector<Iterator>& iterators_;
  std::uint64_t cost_;
  Visit visit_;
  bool going_ = true;
};

class Loop : public Expr {
 public:
  Loop(std::vector<Iterator> iterators, std::size_t partial_slot, ExprPtr body)
      : iterators_(std::move(iterators)), partial_(partial_slot), body_(std::move(body)) {
    for (const auto& iterator : iterators_) {
      has(*iterator.from);
      if (iterator.to) has(*iterator.to);
    }
    has(*body_);
    type_ = Type::list(body_->type());
  }
  Value eval(Frame& frame) const override {
    Evaluation& evaluation = frame.evaluation;
    std::vector<Value> results;
    results.reserve(4);  // one allocation, not three, for the lists of a household
    Walk walk(frame, iterators_, body_->size(), [&] {
      if (partial_ != kNoSlot) {
        evaluation.spend(results.size());
        frame.locals[partial_] = evaluation.list(results);
      }
      results.push_back(body_->eval(frame));
      evaluation.check_list(results.size());
      return true;
    });
    if (walk.run()) return evaluation.list(std::move(results));
    if (evaluation.noting()) evaluation.note("'for' needs a list or a range of whole numbers");
    return Value();
  }
  static constexpr std::size_t kNoSlot = static_cast<std::size_t>(-1);

 private:
  std::vector<Iterator> iterators_;
  std::size_t partial_;
  ExprPtr body_;
};

class Quantified : public Expr {
 public:
  Quantified(bool every, std::vector<Iterator> iterators, ExprPtr body, bool strict)
      : every_(every), strict_(strict), iterators_(std::move(iterators)), body_(std::move(body)) {
    for (const auto& iterator : iterators_) {
      has(*iterator.from);
      if (iterator.to) has(*iterator.to);
    }
    has(*body_);
    type_ = Type::of(Kind::boolean);
  }
  Value eval(Frame& frame) const override {
    bool decided = false, unknown = false;
    Walk walk(frame, iterators_, body_->size(), [&] {
      const Value result = body_->eval(frame);
      if (!result.is(Kind::boolean))
        unknown = true;
      else if (result.boolean() != every_)
        decided = true;
      return !decided && !(strict_ && unknown);
    });
    if (!walk.run()) {
      if (frame.evaluation.noting())
        frame.evaluation.note("'some' and 'every' need a list or a range of whole numbers");
      return Value();
    }
    if (decided) return Value(!every_);
    return unknown ? Value() : Value(every_);
  }

 private:
  bool every_, strict_;
  std::vector<Iterator> iterators_;
  ExprPtr body_;
};

class Filter : public Expr {
 public:
  Filter(ExprPtr list, std::size_t slot, ExprPtr condition, bool strict)
      : strict_(strict), list_(std::move(list)), slot_(slot), condition_(std::move(condition)) {
    has(*list_);
    has(*condition_);
    const Type& type = list_->type();
    const bool by_place = condition_->type().is(Kind::number);
    if (type.is(Kind::list) && by_place) type_ = type.element();
    if (type.is(Kind::list) && condition_->type().is(Kind::boolean)) type_ = type;
  }

  Value eval(Frame& frame) const override {
    Value room;
    const Value& list = list_->look(frame, room);
    if (list.is(Kind::list)) return choose(frame, list.list(), list);
    if (list.is_null()) return choose(frame, {}, list);
    return choose(frame, {&list, 1}, list);
  }

 private:
  Value choose(Frame& frame, std::span<const Value> items, const Value& from) const {
    Evaluation& evaluation = frame.evaluation;
    if (const Value* fixed = condition_->constant(); fixed && fixed->is(Kind::number))
      return at(items, fixed->number());
    std::vector<Value> kept;
    kept.reserve(items.size());
    for (std::size_t i = 0; i < std::max<std::size_t>(items.size(), 1); ++i) {
      evaluation.spend(condition_->size());
      frame.locals[slot_] = items.empty() ? Value() : items[i];
      const Value result = condition_->eval(frame);
      if (i == 0 && result.is(Kind::number)) return at(items, result.number());
      if (items.empty()) break;
      if (strict_ && !result.is(Kind::boolean)) return Value();
      if (result.is_true()) kept.push_back(items[i]);
    }
    if (from.is_null()) return Value::list({});
    if (from.is(Kind::list) && kept.size() == items.size()) return from;
    return evaluation.list(std::move(kept));
  }

  static Value at(std::span<const Value> items, const Number& place) {
    const auto index = place.to_int();
    const auto size = static_cast<std::int64_t>(items.size());
    if (!index || *index == 0 || *index > size || *index < -size) return Value();
    return items[static_cast<std::size_t>(*index > 0 ? *index - 1 : size + *index)];
  }

  bool strict_;
  ExprPtr list_;
  std::size_t slot_;
  ExprPtr condition_;
};

}  // namespace

ExprPtr conditional(ExprPtr condition, ExprPtr then, ExprPtr otherwise, bool strict) {
  return std::make_unique<Conditional>(std::move(condition), std::move(then), std::move(otherwise),
                                       strict);
}
ExprPtr loop(std::vector<Iterator> iterators, std::optional<std::size_t> partial_slot,
             ExprPtr body) {
  return std::make_unique<Loop>(std::move(iterators), partial_slot.value_or(Loop::kNoSlot),
                                std::move(body));
}
ExprPtr quantified(bool every, std::vector<Iterator> iterators, ExprPtr body, bool strict) {
  return std::make_unique<Quantified>(every, std::move(iterators), std::move(body), strict);
}
ExprPtr filter(ExprPtr list, std::size_t item_slot, ExprPtr condition, bool strict) {
  return std::make_unique<Filter>(std::move(list), item_slot, std::move(condition), strict);
}

}  // namespace guichet::feel::nodes
