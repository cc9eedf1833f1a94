// DMN 1.5, 10.3.4.10: functions on contexts.
#include "rules/feel/builtin.h"

namespace guichet::feel {

namespace {

using Args = std::span<Value>;
using Entries = std::vector<std::pair<std::string, Value>>;

Entries entries_of(const Value& context) {
  Entries entries;
  for (std::size_t i = 0; i < context.shape().size(); ++i)
    entries.emplace_back(context.shape().name(i), context.entries()[i]);
  return entries;
}

Value get_value(Evaluation&, Args args) {
  return args[0].get(args[1].string());
}

Value get_value_by_path(Evaluation& evaluation, Args args) {
  Value at = args[0];
  for (const Value& key : args[1].list()) {
    if (!key.is(Kind::string)) return nothing(evaluation, "get value() needs names");
    at = Value(at.get(key.string()));
  }
  return at;
}

Value get_entries(Evaluation& evaluation, Args args) {
  static const auto* const kShape = new Shape({"key", "value"});  // for the life of the process
  std::vector<Value> items;
  for (auto& [name, value] : entries_of(args[0]))
    items.push_back(evaluation.context(*kShape, {Value::string(name), value}));
  return evaluation.list(std::move(items));
}

Value context_of(Evaluation& evaluation, Args args) {
  Entries entries;
  for (const Value& entry : args[0].list()) {
    const Value* key = entry.find("key", Shape::hash_name("key"));
    const Value* value = entry.find("value", Shape::hash_name("value"));
    if (!key || !value || !key->is(Kind::string))
      return nothing(evaluation, "context() needs a list of contexts with a key and a value");
    for (const auto& other : entries)
      if (other.first == key->string())
        return nothing(evaluation, "context() was given one key twice");
    evaluation.spend(1 + entries.size() / 16);
    entries.emplace_back(key->string(), *value);
  }
  return evaluation.context(std::move(entries));
}

Value context_put(Evaluation& evaluation, Args args) {
  Entries entries = entries_of(args[0]);
  entries.emplace_back(args[1].string(), args[2]);
  return evaluation.context(std::move(entries));
}

Value put_at(Evaluation& evaluation, const Value& into, std::span<const Value> keys,
             const Value& value) {
  if (!into.is(Kind::context) || !keys[0].is(Kind::string))
    return nothing(evaluation, "context put() needs the names of contexts within one another");
  Entries entries = entries_of(into);
  const std::string& name = keys[0].string();
  if (keys.size() == 1) {
    entries.emplace_back(name, value);
  } else {
    Value inner = put_at(evaluation, into.get(name), keys.subspan(1), value);
    if (inner.is_null()) return inner;
    entries.emplace_back(name, std::move(inner));
  }
  return evaluation.context(std::move(entries));
}

Value context_put_at(Evaluation& evaluation, Args args) {
  const auto keys = args[1].list();
  if (keys.empty() || keys.size() > kMaxValueDepth)
    return nothing(evaluation, "context put() needs at least one name");
  return put_at(evaluation, args[0], keys, args[2]);
}

Value context_merge(Evaluation& evaluation, Args args) {
  Entries entries;
  for (const Value& context : args[0].list()) {
    if (!context.is(Kind::context)) return nothing(evaluation, "context merge() needs contexts");
    for (auto& entry : entries_of(context)) entries.push_back(std::move(entry));
    evaluation.check_list(entries.size());
  }
  return evaluation.context(std::move(entries));
}

constexpr BuiltinForm kForms[] = {
    {"get value", "m:context, key:string", get_value},
    {"get value", "m:context, keys:list", get_value_by_path},
    {"get entries", "m:context", get_entries},
    {"context", "entries:list", context_of},
    {"context put", "context:context, key:string, value:any", context_put},
    {"context put", "context:context, keys:list, value:any", context_put_at},
    {"context merge", "contexts:list", context_merge},
};

}  // namespace

std::span<const BuiltinForm> context_builtins() {
  return kForms;
}

}  // namespace guichet::feel
