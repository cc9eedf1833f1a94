// DMN 1.5, 10.3.4.4 and 10.3.4.7: functions on lists.
#include <algorithm>

#include "rules/feel/builtin.h"

namespace guichet::feel {

namespace {

using Args = std::span<Value>;
using Items = std::vector<Value>;

Items items_of(const Value& list) {
  return Items(list.list().begin(), list.list().end());
}

/// Place n of a list counted from 1, or from the end where negative; nothing where outside.
std::optional<std::size_t> place(const Value& at, std::size_t size) {
  const auto n = at.number().to_scaled(0, Rounding::down);
  if (!n || *n == 0) return std::nullopt;
  const auto from_start = *n > 0 ? *n - 1 : static_cast<std::int64_t>(size) + *n;
  if (from_start < 0 || from_start >= static_cast<std::int64_t>(size)) return std::nullopt;
  return static_cast<std::size_t>(from_start);
}

Value list_contains(Evaluation& evaluation, Args args) {
  evaluation.spend(args[0].list().size());
  for (const Value& item : args[0].list())
    if (equal(item, args[1]).value_or(false)) return Value(true);
  return Value(false);
}

Value sublist(Evaluation& evaluation, Args args) {
  const auto items = args[0].list();
  const auto start = place(args[1], items.size());
  if (!start) return nothing(evaluation, "sublist() starts outside the list");
  std::size_t length = items.size() - *start;
  if (args.size() > 2) {
    const auto wanted = args[2].number().to_int();
    if (!wanted || *wanted < 1 || static_cast<std::uint64_t>(*wanted) > length)
      return nothing(evaluation, "sublist() ends outside the list");
    length = static_cast<std::size_t>(*wanted);
  }
  const auto part = items.subspan(*start, length);
  return evaluation.list(Items(part.begin(), part.end()));
}

Value append(Evaluation& evaluation, Args args) {
  Items items = items_of(args[0]);
  items.insert(items.end(), args.begin() + 1, args.end());
  evaluation.spend(items.size());
  return evaluation.list(std::move(items));
}

Value concatenate(Evaluation& evaluation, Args args) {
  Items items;
  for (const Value& list : args) {
    items.insert(items.end(), list.list().begin(), list.list().end());
    evaluation.check_list(items.size());
  }
  evaluation.spend(items.size());
  return evaluation.list(std::move(items));
}

Value insert_before(Evaluation& evaluation, Args args) {
  Items items = items_of(args[0]);
  const auto at = place(args[1], items.size());
  if (!at) return nothing(evaluation, "insert before() points outside the list");
  items.insert(items.begin() + static_cast<std::ptrdiff_t>(*at), args[2]);
  evaluation.spend(items.size());
  return evaluation.list(std::move(items));
}

Value remove(Evaluation& evaluation, Args args) {
  Items items = items_of(args[0]);
  const auto at = place(args[1], items.size());
  if (!at) return nothing(evaluation, "remove() points outside the list");
  items.erase(items.begin() + static_cast<std::ptrdiff_t>(*at));
  evaluation.spend(items.size());
  return evaluation.list(std::move(items));
}

Value replace_at(Evaluation& evaluation, Args args) {
  Items items = items_of(args[0]);
  const auto at = place(args[1], items.size());
  if (!at) return nothing(evaluation, "list replace() points outside the list");
  items[*at] = args[2];
  evaluation.spend(items.size());
  return evaluation.list(std::move(items));
}

Value replace_where(Evaluation& evaluation, Args args) {
  Items items = items_of(args[0]);
  const Callable& match = *args[1].function();
  if (match.parameters().size() != 2)
    return nothing(evaluation, "list replace() needs a function of the item and the new item");
  for (Value& item : items) {
    Value both[] = {item, args[2]};
    const Value result = match.call(evaluation, both);
    if (!result.is(Kind::boolean))
      return nothing(evaluation, "the function of list replace() must give true or false");
    if (result.boolean()) item = args[2];
  }
  return evaluation.list(std::move(items));
}

Value reverse(Evaluation& evaluation, Args args) {
  Items items = items_of(args[0]);
  std::reverse(items.begin(), items.end());
  evaluation.spend(items.size());
  return evaluation.list(std::move(items));
}

Value index_of(Evaluation& evaluation, Args args) {
  const auto items = args[0].list();
  evaluation.spend(items.size());
  Items places;
  for (std::size_t i = 0; i < items.size(); ++i)
    if (equal(items[i], args[1]).value_or(false))
      places.push_back(Value(Number(static_cast<std::int64_t>(i + 1))));
  return evaluation.list(std::move(places));
}

Value distinct(Evaluation& evaluation, std::span<const Value> items) {
  Items kept;
  for (const Value& item : items) {
    evaluation.spend(1 + kept.size());
    if (std::none_of(kept.begin(), kept.end(),
                     [&](const Value& other) { return equal(item, other).value_or(false); }))
      kept.push_back(item);
  }
  return evaluation.list(std::move(kept));
}

Value distinct_values(Evaluation& evaluation, Args args) {
  return distinct(evaluation, args[0].list());
}

Value united(Evaluation& evaluation, Args args) {
  const Value all = concatenate(evaluation, args);
  return distinct(evaluation, all.list());
}

void flatten_into(Evaluation& evaluation, const Value& list, Items& out) {
  evaluation.spend(list.list().size());
  for (const Value& item : list.list()) {
    if (item.is(Kind::list))
      flatten_into(evaluation, item, out);
    else
      out.push_back(item);
    evaluation.check_list(out.size());
  }
}

Value flatten(Evaluation& evaluation, Args args) {
  Items items;
  flatten_into(evaluation, args[0], items);
  return evaluation.list(std::move(items));
}

/// Merge sort: it ends whatever order the function claims, and keeps equal items in their order.
bool merge_sort(Evaluation& evaluation, const Callable& precedes, std::span<Value> items,
                std::span<Value> spare) {
  if (items.size() < 2) return true;
  const std::size_t half = items.size() / 2;
  if (!merge_sort(evaluation, precedes, items.first(half), spare.first(half)) ||
      !merge_sort(evaluation, precedes, items.subspan(half), spare.subspan(half)))
    return false;
  std::size_t left = 0, right = half;
  for (auto& next : spare) {
    bool take_right = left == half;
    if (!take_right && right < items.size()) {
      Value both[] = {items[right], items[left]};
      const Value result = precedes.call(evaluation, both);
      if (!result.is(Kind::boolean)) return false;
      take_right = result.boolean();
    }
    next = items[take_right ? right++ : left++];
  }
  std::move(spare.begin(), spare.end(), items.begin());
  return true;
}

Value sort(Evaluation& evaluation, Args args) {
  Items items = items_of(args[0]), spare(items.size());
  evaluation.spend(items.size());
  if (!merge_sort(evaluation, *args[1].function(), items, spare))
    return nothing(evaluation, "the function of sort() must give true or false");
  return evaluation.list(std::move(items));
}

bool in_order(const Value& a, const Value& b, bool& comparable) {
  const auto order = compare(a, b);
  if (!order) comparable = false;
  return order && *order < 0;
}

Value sort_naturally(Evaluation& evaluation, Args args) {
  Items items = items_of(args[0]);
  evaluation.spend(items.size() * 20);
  bool comparable = true;
  for (std::size_t i = 1; i < items.size(); ++i) in_order(items[0], items[i], comparable);
  if (!comparable) return nothing(evaluation, "sort() needs values of one kind, or a function");
  std::stable_sort(items.begin(), items.end(),
                   [&](const Value& a, const Value& b) { return in_order(a, b, comparable); });
  return evaluation.list(std::move(items));
}

constexpr BuiltinForm kForms[] = {
    {"list contains", "list:list, element:any", list_contains},
    {"sublist", "list:list, start position:number, length:number?", sublist},
    {"append", "list:list, item:any...", append},
    {"concatenate", "list:list...", concatenate},
    {"insert before", "list:list, position:number, newItem:any", insert_before},
    {"remove", "list:list, position:number", remove},
    {"list replace", "list:list, position:number, newItem:any", replace_at},
    {"list replace", "list:list, match:function, newItem:any", replace_where},
    {"reverse", "list:list", reverse},
    {"index of", "list:list, match:any", index_of},
    {"union", "list:list...", united},
    {"distinct values", "list:list", distinct_values},
    {"flatten", "list:list", flatten},
    {"sort", "list:list, precedes:function", sort},
    {"sort", "list:list", sort_naturally},
};

}  // namespace

std::span<const BuiltinForm> list_builtins() {
  return kForms;
}

}  // namespace guichet::feel
