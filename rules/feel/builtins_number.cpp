// DMN 1.5, 10.3.4.5: functions on numbers; and not().
#include "rules/feel/builtin.h"

namespace guichet::feel {

namespace {

using Args = std::span<Value>;

template <Rounding how>
Value round_to(Evaluation& evaluation, Args args) {
  int scale = 0;
  if (args.size() > 1) {
    const auto digits = args[1].number().to_scaled(0, Rounding::down);
    if (!digits || *digits < -6111 || *digits > 6176)
      return nothing(evaluation, "a scale is from -6111 to 6176");
    scale = static_cast<int>(*digits);
  }
  return Value::maybe(args[0].number().round(scale, how));
}

Value absolute(Evaluation&, Args args) {
  if (args[0].is(Kind::number)) return Value(args[0].number().abs());
  if (args[0].is(Kind::months_duration)) {
    const auto months = args[0].months_duration().months;
    return Value(MonthsDuration{months < 0 ? -months : months});
  }
  const Wide total = args[0].days_duration().total();
  return Value::maybe(DaysDuration::of(total < 0 ? -total : total));
}

Value modulo(Evaluation& evaluation, Args args) {
  if (args[1].number().is_zero()) return nothing(evaluation, "modulo() by zero");
  return Value::maybe(Number::modulo(args[0].number(), args[1].number()));
}

Value square_root(Evaluation& evaluation, Args args) {
  if (args[0].number().is_negative()) return nothing(evaluation, "sqrt() of a negative number");
  return Value::maybe(args[0].number().sqrt());
}

Value logarithm(Evaluation& evaluation, Args args) {
  if (args[0].number().is_negative() || args[0].number().is_zero())
    return nothing(evaluation, "log() of a number that is not positive");
  return Value::maybe(args[0].number().log());
}

Value exponential(Evaluation&, Args args) {
  return Value::maybe(args[0].number().exp());
}

template <bool wanted>
Value is_odd(Evaluation& evaluation, Args args) {
  const auto rest = Number::modulo(args[0].number(), Number(2));
  if (!rest || !rest->is_whole())
    return nothing(evaluation, "odd() and even() need a whole number");
  return Value(rest->is_zero() != wanted);
}

Value negation(Evaluation&, Args args) {
  return args[0].is(Kind::boolean) ? Value(!args[0].boolean()) : Value();
}

constexpr BuiltinForm kForms[] = {
    {"decimal", "n:number, scale:number", round_to<Rounding::half_even>},
    {"floor", "n:number, scale:number?", round_to<Rounding::floor>},
    {"ceiling", "n:number, scale:number?", round_to<Rounding::ceiling>},
    {"round up", "n:number, scale:number", round_to<Rounding::up>},
    {"round down", "n:number, scale:number", round_to<Rounding::down>},
    {"round half up", "n:number, scale:number", round_to<Rounding::half_up>},
    {"round half down", "n:number, scale:number", round_to<Rounding::half_down>},
    {"abs", "n:number|days|months", absolute},
    {"modulo", "dividend:number, divisor:number", modulo},
    {"sqrt", "number:number", square_root},
    {"log", "number:number", logarithm},
    {"exp", "number:number", exponential},
    {"odd", "number:number", is_odd<true>},
    {"even", "number:number", is_odd<false>},
    {"not", "negand:any", negation},
};

}  // namespace

std::span<const BuiltinForm> number_builtins() {
  return kForms;
}

}  // namespace guichet::feel
