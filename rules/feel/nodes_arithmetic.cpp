#include "rules/feel/nodes.h"

namespace guichet::feel::nodes {

namespace {

std::optional<Value> value(const std::optional<Number>& number) {
  return number ? std::optional(Value(*number)) : std::nullopt;
}
template <class T>
std::optional<Value> value(const std::optional<T>& found) {
  return found ? std::optional(Value(*found)) : std::nullopt;
}

std::optional<Value> months(Wide total) {
  if (total > 24'000'000'000 || total < -24'000'000'000) return std::nullopt;
  return Value(MonthsDuration{static_cast<std::int64_t>(total)});
}

/// A date's midnight, where no zone is said: in that of the other side.
DateTime moment(const Value& v) {
  return v.is(Kind::date) ? DateTime{v.date(), Time{0, *Zone::at(0)}} : v.date_time();
}

std::optional<Value> plus_duration(const Value& at, const Value& duration, int sign) {
  const bool days = duration.is(Kind::days_duration);
  const Wide nanos = days ? duration.days_duration().total() * sign : 0;
  const std::int64_t by_months = days ? 0 : duration.months_duration().months * sign;
  switch (at.kind()) {
    case Kind::date: {
      if (!days) return value(at.date().plus_months(by_months));
      const auto moved = plus(DateTime{at.date(), Time{}}, nanos);
      return moved ? std::optional(Value(moved->date)) : std::nullopt;
    }
    case Kind::date_time:
      return days ? value(plus(at.date_time(), nanos))
                  : value(plus_months(at.date_time(), by_months));
    case Kind::time:
      return days ? std::optional(Value(plus(at.time(), nanos))) : std::nullopt;
    default:
      return std::nullopt;
  }
}

bool is_duration(const Value& v) {
  return v.is(Kind::days_duration) || v.is(Kind::months_duration);
}
bool is_moment(const Value& v) {
  return v.is(Kind::date) || v.is(Kind::date_time);
}

std::optional<Value> add(Evaluation& evaluation, const Value& a, const Value& b) {
  if (a.is(Kind::number) && b.is(Kind::number)) return value(a.number() + b.number());
  if (a.is(Kind::string) && b.is(Kind::string)) return evaluation.string(a.string() + b.string());
  if (a.is(Kind::days_duration) && b.is(Kind::days_duration))
    return value(DaysDuration::of(a.days_duration().total() + b.days_duration().total()));
  if (a.is(Kind::months_duration) && b.is(Kind::months_duration))
    return months(Wide{a.months_duration().months} + b.months_duration().months);
  if (is_duration(b)) return plus_duration(a, b, 1);
  if (is_duration(a)) return plus_duration(b, a, 1);
  return std::nullopt;
}

std::optional<Value> subtract(const Value& a, const Value& b) {
  if (a.is(Kind::number) && b.is(Kind::number)) return value(a.number() - b.number());
  if (is_moment(a) && is_moment(b)) {
    const DateTime x = moment(a), y = moment(b);
    if ((x.time.zone.kind == Zone::Kind::none) != (y.time.zone.kind == Zone::Kind::none))
      return std::nullopt;
    return value(DaysDuration::of(instant(x) - instant(y)));
  }
  if (a.is(Kind::time) && b.is(Kind::time)) {
    if ((a.time().zone.kind == Zone::Kind::none) != (b.time().zone.kind == Zone::Kind::none))
      return std::nullopt;
    return value(DaysDuration::of(instant(a.time()) - instant(b.time())));
  }
  if (a.is(Kind::days_duration) && b.is(Kind::days_duration))
    return value(DaysDuration::of(a.days_duration().total() - b.days_duration().total()));
  if (a.is(Kind::months_duration) && b.is(Kind::months_duration))
    return months(Wide{a.months_duration().months} - b.months_duration().months);
  if (is_duration(b)) return plus_duration(a, b, -1);
  return std::nullopt;
}

/// Exact where the total in nanoseconds is.
Number total_of(const DaysDuration& duration) {
  return *(Number(duration.seconds) + Number::scaled(duration.nanos, 9));
}

std::optional<Value> scaled(const Value& duration, const std::optional<Number>& size) {
  if (!size) return std::nullopt;
  if (duration.is(Kind::months_duration)) {
    const auto whole = size->to_scaled(0, Rounding::down);
    return whole ? months(*whole) : std::nullopt;
  }
  const auto seconds = size->to_scaled(0, Rounding::floor);
  if (!seconds) return std::nullopt;
  const auto nanos = (*(*size - Number(*seconds))).to_scaled(9, Rounding::down);
  return value(DaysDuration::of(Wide{*seconds} * kNanosPerSecond + nanos.value_or(0)));
}

std::optional<Value> times(const Value& duration, const Number& factor) {
  const Number size = duration.is(Kind::months_duration) ? Number(duration.months_duration().months)
                                                         : total_of(duration.days_duration());
  return scaled(duration, size * factor);
}

std::optional<Value> multiply(const Value& a, const Value& b) {
  if (a.is(Kind::number) && b.is(Kind::number)) return value(a.number() * b.number());
  if (is_duration(a) && b.is(Kind::number)) return times(a, b.number());
  if (a.is(Kind::number) && is_duration(b)) return times(b, a.number());
  return std::nullopt;
}

std::optional<Value> divide(const Value& a, const Value& b) {
  if (a.is(Kind::number) && b.is(Kind::number)) return value(a.number() / b.number());
  if (a.is(Kind::days_duration) && b.is(Kind::days_duration))
    return value(total_of(a.days_duration()) / total_of(b.days_duration()));
  if (a.is(Kind::months_duration) && b.is(Kind::months_duration))
    return value(Number(a.months_duration().months) / Number(b.months_duration().months));
  if (is_duration(a) && b.is(Kind::number)) {
    const Number size = a.is(Kind::months_duration) ? Number(a.months_duration().months)
                                                    : total_of(a.days_duration());
    return scaled(a, size / b.number());
  }
  return std::nullopt;
}

constexpr const char* kVerbs[] = {"add", "subtract", "multiply", "divide", "raise"};

class ArithmeticExpr : public Expr {
 public:
  ArithmeticExpr(Arithmetic op, ExprPtr a, ExprPtr b)
      : op_(op), a_(std::move(a)), b_(std::move(b)) {
    foldable_ = true;
    has(*a_);
    has(*b_);
    if (a_->type().is(Kind::number) && b_->type().is(Kind::number)) type_ = Type::of(Kind::number);
  }

  Value eval(Frame& frame) const override {
    const Value a = a_->eval(frame);
    return combine(frame.evaluation, a, b_->eval(frame));
  }

 private:
  /// Apart from eval(), so that operators in one another need little of the stack.
  [[gnu::noinline]] Value combine(Evaluation& evaluation, const Value& a, const Value& b) const {
    std::optional<Value> result;
    switch (op_) {
      case Arithmetic::add:
        result = add(evaluation, a, b);
        break;
      case Arithmetic::subtract:
        result = subtract(a, b);
        break;
      case Arithmetic::multiply:
        result = multiply(a, b);
        break;
      case Arithmetic::divide:
        result = divide(a, b);
        break;
      case Arithmetic::power:
        if (a.is(Kind::number) && b.is(Kind::number))
          result = value(Number::power(a.number(), b.number()));
        break;
    }
    if (result) return *std::move(result);
    if (evaluation.noting())
      evaluation.note(std::string("cannot ") + kVerbs[static_cast<int>(op_)] + " " +
                      std::string(name_of(a.kind())) + " and " + std::string(name_of(b.kind())));
    return Value();
  }

  Arithmetic op_;
  ExprPtr a_, b_;
};

class Negate : public Expr {
 public:
  explicit Negate(ExprPtr a) : a_(std::move(a)) {
    foldable_ = true;
    has(*a_);
    type_ = a_->type();
  }
  Value eval(Frame& frame) const override {
    const Value a = a_->eval(frame);
    switch (a.kind()) {
      case Kind::number:
        return Value(-a.number());
      case Kind::days_duration:
        return Value::maybe(DaysDuration::of(-a.days_duration().total()));
      case Kind::months_duration:
        return Value(MonthsDuration{-a.months_duration().months});
      default:
        if (frame.evaluation.noting())
          frame.evaluation.note("cannot negate " + std::string(name_of(a.kind())));
        return Value();
    }
  }

 private:
  ExprPtr a_;
};

}  // namespace

ExprPtr arithmetic(Arithmetic op, ExprPtr a, ExprPtr b) {
  return std::make_unique<ArithmeticExpr>(op, std::move(a), std::move(b));
}
ExprPtr negate(ExprPtr a) {
  return std::make_unique<Negate>(std::move(a));
}

}  // namespace guichet::feel::nodes
