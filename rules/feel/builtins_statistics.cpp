// DMN 1.5, 10.3.4.4: functions that make one value of a list.
#include <algorithm>

#include "rules/feel/builtin.h"

namespace guichet::feel {

namespace {

using Args = std::span<Value>;
using Items = std::span<const Value>;

/// Each of these takes one list, or its items one by one.
template <Value (*of)(Evaluation&, Items)>
Value of_list(Evaluation& evaluation, Args args) {
  return of(evaluation, args[0].list());
}
template <Value (*of)(Evaluation&, Items)>
Value of_each(Evaluation& evaluation, Args args) {
  return of(evaluation, args);
}

Value count(Evaluation&, Items items) {
  return Value(Number(static_cast<std::int64_t>(items.size())));
}

template <bool largest>
Value extreme(Evaluation& evaluation, Items items) {
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
std::optional<std::vector<Number>> numbers(Evaluation& evaluation, Items items) {
  evaluation.spend(items.size());
  std::vector<Number> result;
  result.reserve(items.size());
  for (const Value& item : items) {
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

std::optional<Value> sum_of_durations(Items items) {
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

Value sum(Evaluation& evaluation, Items items) {
  if (const auto durations = sum_of_durations(items)) return *durations;
  if (items.empty()) return Value();
  evaluation.spend(items.size());
  std::optional<Number> result = Number();
  for (const Value& item : items) {
    if (!item.is(Kind::number)) return nothing(evaluation, "a list of numbers is needed");
    result = *result + item.number();
    if (!result) return Value();
  }
  return Value(*result);
}

std::optional<Number> mean_of(const std::vector<Number>& all) {
  const auto sum = total(all);
  if (!sum || all.empty()) return std::nullopt;
  return *sum / Number(static_cast<std::int64_t>(all.size()));
}

Value mean(Evaluation& evaluation, Items items) {
  const auto all = numbers(evaluation, items);
  return all ? Value::maybe(mean_of(*all)) : Value();
}

Value product(Evaluation& evaluation, Items items) {
  const auto all = numbers(evaluation, items);
  if (!all || all->empty()) return Value();
  std::optional<Number> result = Number(1);
  for (const Number& number : *all) {
    result = *result * number;
    if (!result) return Value();
  }
  return Value(*result);
}

Value median(Evaluation& evaluation, Items items) {
  auto all = numbers(evaluation, items);
  if (!all || all->empty()) return Value();
  std::sort(all->begin(), all->end());
  const std::size_t middle = all->size() / 2;
  if (all->size() % 2 == 1) return Value((*all)[middle]);
  const auto sum = (*all)[middle - 1] + (*all)[middle];
  return sum ? Value::maybe(*sum / Number(2)) : Value();
}

Value stddev(Evaluation& evaluation, Items items) {
  const auto all = numbers(evaluation, items);
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

Value mode(Evaluation& evaluation, Items items) {
  auto all = numbers(evaluation, items);
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
Value junction(Evaluation& evaluation, Items items) {
  evaluation.spend(items.size());
  bool open = false;
  for (const Value& item : items) {
    if (!item.is(Kind::boolean))
      open = true;
    else if (item.boolean() == decisive)
      return Value(decisive);
  }
  return open ? Value() : Value(!decisive);
}

constexpr BuiltinForm kForms[] = {
    {"count", "list:list", of_list<count>},
    {"min", "list:list", of_list<extreme<false>>},
    {"min", "c:any...", of_each<extreme<false>>},
    {"max", "list:list", of_list<extreme<true>>},
    {"max", "c:any...", of_each<extreme<true>>},
    {"sum", "list:list", of_list<sum>},
    {"sum", "n:any...", of_each<sum>},
    {"mean", "list:list", of_list<mean>},
    {"mean", "n:any...", of_each<mean>},
    {"product", "list:list", of_list<product>},
    {"product", "n:any...", of_each<product>},
    {"median", "list:list", of_list<median>},
    {"median", "n:any...", of_each<median>},
    {"stddev", "list:list", of_list<stddev>},
    {"stddev", "n:any...", of_each<stddev>},
    {"mode", "list:list", of_list<mode>},
    {"mode", "n:any...", of_each<mode>},
    {"all", "list:list", of_list<junction<false>>},
    {"all", "b:any...", of_each<junction<false>>},
    {"any", "list:list", of_list<junction<true>>},
    {"any", "b:any...", of_each<junction<true>>},
};

}  // namespace

std::span<const BuiltinForm> statistics_builtins() {
  return kForms;
}

}  // namespace guichet::feel
