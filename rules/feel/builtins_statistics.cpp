// DMN 1.5, 10.3.4.4: functions that make one value of a list.
#include <algorithm>

#include "rules/feel/builtin.h"

namespace guichet::feel {

namespace {

using Args = std::span<Value>;

Value count(Evaluation&, Args args) {
  return Value(Number(static_cast<std::int64_t>(args[0].list().size())));
}

template <bool largest>
Value extreme(Evaluation& evaluation, Args args) {
  const auto items = args[0].list();
  evaluation.spend(items.size());
  if (items.empty()) return Value();
  const Value* best = &items[0];
  for (const Value& item : items) {
    const auto order = compare(item, *best);
    if (!order) return nothing(evaluation, "min() and max() need values of one kind");
    if (largest ? *order > 0 : *order < 0) best = &item;
  }
  return *best;
}

/// The numbers of a list; nothing where something else is among them.
std::optional<std::vector<Number>> numbers(Evaluation& evaluation, const Value& list) {
  evaluation.spend(list.list().size());
  std::vector<Number> result;
  result.reserve(list.list().size());
  for (const Value& item : list.list()) {
    if (!item.is(Kind::number)) {
      nothing(evaluation, "a list of numbers is needed");
      return std::nullopt;
    }
    result.push_back(item.number());
  }
  return result;
}

std::optional<Number> total(const std::vector<Number>& numbers) {
  std::optional<Number> result = Number();
  for (const Number& number : numbers) {
    result = *result + number;
    if (!result) return std::nullopt;
  }
  return result;
}

std::optional<Value> sum_of_durations(const Value& list) {
  const auto items = list.list();
  if (items.empty()) return std::nullopt;
  const Kind kind = items[0].kind();
  if (kind != Kind::days_duration && kind != Kind::months_duration) return std::nullopt;
  Wide nanos = 0, months = 0;
  for (const Value& item : items) {
    if (item.kind() != kind) return Value();
    if (kind == Kind::days_duration)
      nanos += item.days_duration().total();
    else
      months += item.months_duration().months;
  }
  if (kind == Kind::days_duration) return Value::maybe(DaysDuration::of(nanos));
  return Value(MonthsDuration{static_cast<std::int64_t>(months)});
}

Value sum(Evaluation& evaluation, Args args) {
  if (const auto durations = sum_of_durations(args[0])) return *durations;
  const auto all = numbers(evaluation, args[0]);
  if (!all || all->empty()) return Value();
  return Value::maybe(total(*all));
}

std::optional<Number> mean_of(const std::vector<Number>& all) {
  const auto sum = total(all);
  if (!sum || all.empty()) return std::nullopt;
  return *sum / Number(static_cast<std::int64_t>(all.size()));
}

Value mean(Evaluation& evaluation, Args args) {
  const auto all = numbers(evaluation, args[0]);
  return all ? Value::maybe(mean_of(*all)) : Value();
}

Value product(Evaluation& evaluation, Args args) {
  const auto all = numbers(evaluation, args[0]);
  if (!all || all->empty()) return Value();
  std::optional<Number> result = Number(1);
  for (const Number& number : *all) {
    result = *result * number;
    if (!result) return Value();
  }
  return Value(*result);
}

Value median(Evaluation& evaluation, Args args) {
  auto all = numbers(evaluation, args[0]);
  if (!all || all->empty()) return Value();
  std::sort(all->begin(), all->end());
  const std::size_t middle = all->size() / 2;
  if (all->size() % 2 == 1) return Value((*all)[middle]);
  const auto sum = (*all)[middle - 1] + (*all)[middle];
  return sum ? Value::maybe(*sum / Number(2)) : Value();
}

Value stddev(Evaluation& evaluation, Args args) {
  const auto all = numbers(evaluation, args[0]);
  if (!all) return Value();
  if (all->size() < 2) return nothing(evaluation, "stddev() needs two numbers");
  const auto average = mean_of(*all);
  if (!average) return Value();
  std::optional<Number> squares = Number();
  for (const Number& number : *all) {
    const auto off = number - *average;
    if (!off) return Value();
    const auto square = *off * *off;
    if (!square) return Value();
    squares = *squares + *square;
    if (!squares) return Value();
  }
  const auto variance = *squares / Number(static_cast<std::int64_t>(all->size()) - 1);
  return variance ? Value::maybe(variance->sqrt()) : Value();
}

Value mode(Evaluation& evaluation, Args args) {
  auto all = numbers(evaluation, args[0]);
  if (!all) return Value();
  std::sort(all->begin(), all->end());
  std::vector<Value> most;
  std::size_t best = 0;
  for (std::size_t i = 0; i < all->size();) {
    std::size_t j = i;
    while (j < all->size() && (*all)[j] == (*all)[i]) ++j;
    if (j - i > best) {
      best = j - i;
      most.clear();
    }
    if (j - i == best) most.push_back(Value((*all)[i]));
    i = j;
  }
  return evaluation.list(std::move(most));
}

/// all(), any(): `decisive` decides at once; null or what is no boolean leaves it open.
template <bool decisive>
Value junction(Evaluation& evaluation, Args args) {
  evaluation.spend(args[0].list().size());
  bool open = false;
  for (const Value& item : args[0].list()) {
    if (!item.is(Kind::boolean))
      open = true;
    else if (item.boolean() == decisive)
      return Value(decisive);
  }
  return open ? Value() : Value(!decisive);
}

constexpr BuiltinForm kForms[] = {
    {"count", "list:list", count},
    {"min", "list:list", extreme<false>},
    {"min", "c:any...", extreme<false>},
    {"max", "list:list", extreme<true>},
    {"max", "c:any...", extreme<true>},
    {"sum", "list:list", sum},
    {"sum", "n:any...", sum},
    {"mean", "list:list", mean},
    {"mean", "n:any...", mean},
    {"product", "list:list", product},
    {"product", "n:any...", product},
    {"median", "list:list", median},
    {"median", "n:any...", median},
    {"stddev", "list:list", stddev},
    {"stddev", "n:any...", stddev},
    {"mode", "list:list", mode},
    {"mode", "n:any...", mode},
    {"all", "list:list", junction<false>},
    {"all", "b:any...", junction<false>},
    {"any", "list:list", junction<true>},
    {"any", "b:any...", junction<true>},
};

}  // namespace

std::span<const BuiltinForm> statistics_builtins() {
  return kForms;
}

}  // namespace guichet::feel
