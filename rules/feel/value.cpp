#include "rules/feel/value.h"

#include <algorithm>

#include "rules/feel/callable.h"
#include "schemas/values/invariant.h"

namespace guichet::feel {

namespace {

struct StringNode : Node {
  std::string text;
};
struct DateTimeNode : Node {
  DateTime value;
};
struct RangeNode : Node {
  RangeValue value;
};
struct FunctionNode : Node {
  std::shared_ptr<const Callable> function;
};

/// Notes in a node what the values in it are.
void contain(Node& node, std::span<const Value> values) {
  unsigned deepest = 0;
  for (const Value& value : values) {
    deepest = std::max(deepest, value.depth());
    node.holds_function = node.holds_function || value.holds_function();
  }
  GUICHET_INVARIANT(deepest < kMaxValueDepth);
  node.depth = static_cast<std::uint16_t>(deepest + 1);
}

}  // namespace

std::string_view name_of(Kind kind) {
  switch (kind) {
    case Kind::null:
      return "null";
    case Kind::boolean:
      return "boolean";
    case Kind::number:
      return "number";
    case Kind::date:
      return "date";
    case Kind::time:
      return "time";
    case Kind::days_duration:
      return "days and time duration";
    case Kind::months_duration:
      return "years and months duration";
    case Kind::string:
      return "string";
    case Kind::date_time:
      return "date and time";
    case Kind::list:
      return "list";
    case Kind::context:
      return "context";
    case Kind::range:
      return "range";
    case Kind::function:
      return "function";
  }
  return "";
}

Shape::Shape(std::vector<std::string> names) {
  auto data = std::make_shared<Data>();
  data->hashes.reserve(names.size());
  for (const auto& name : names) data->hashes.push_back(hash_name(name));
  data->names = std::move(names);
  data_ = std::move(data);
}

Shape::Shape(std::initializer_list<std::string_view> names)
    : Shape(std::vector<std::string>(names.begin(), names.end())) {}

std::uint32_t Shape::hash_name(std::string_view name) {
  std::uint32_t hash = 2'166'136'261;  // FNV-1a
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 16'777'619;
  return hash;
}

Value::Value(const DateTime& value) : kind_(Kind::date_time) {
  auto* node = new DateTimeNode;
  node->value = value;
  u_.node = node;
}

Value Value::string(std::string text) {
  auto* node = new StringNode;
  node->text = std::move(text);
  Value value;
  value.kind_ = Kind::string;
  value.u_.node = node;
  return value;
}

Value Value::list(std::vector<Value> items) {
  auto node = std::make_unique<ListNode>();
  contain(*node, items);
  node->items = std::move(items);
  Value value;
  value.kind_ = Kind::list;
  value.u_.node = node.release();
  return value;
}

Value Value::context(const Shape& shape, std::vector<Value> values) {
  GUICHET_INVARIANT(shape.size() == values.size());
  auto node = std::make_unique<ContextNode>(shape);
  contain(*node, values);
  node->values = std::move(values);
  Value value;
  value.kind_ = Kind::context;
  value.u_.node = node.release();
  return value;
}

Value Value::context(std::vector<std::pair<std::string, Value>> entries) {
  std::vector<std::string> names;
  std::vector<Value> values;
  std::vector<std::uint32_t> hashes;
  for (auto& [name, value] : entries) {
    const auto hash = Shape::hash_name(name);
    std::size_t i = 0;
    while (i < names.size() && (hashes[i] != hash || names[i] != name)) ++i;
    if (i < names.size()) {
      values[i] = std::move(value);
      continue;
    }
    names.push_back(std::move(name));
    values.push_back(std::move(value));
    hashes.push_back(hash);
  }
  return context(Shape(std::move(names)), std::move(values));
}

Value Value::range(RangeValue range) {
  auto node = std::make_unique<RangeNode>();
  const Value ends[] = {range.low, range.high};
  contain(*node, ends);
  node->value = std::move(range);
  Value value;
  value.kind_ = Kind::range;
  value.u_.node = node.release();
  return value;
}

Value Value::function(std::shared_ptr<const Callable> function) {
  auto* node = new FunctionNode;
  node->holds_function = true;
  node->depth = static_cast<std::uint16_t>(function->depth());
  node->function = std::move(function);
  Value value;
  value.kind_ = Kind::function;
  value.u_.node = node;
  return value;
}

void Value::release() noexcept {
  if (u_.node->references.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  switch (kind_) {
    case Kind::string:
      delete static_cast<StringNode*>(u_.node);
      break;
    case Kind::date_time:
      delete static_cast<DateTimeNode*>(u_.node);
      break;
    case Kind::list:
      delete static_cast<ListNode*>(u_.node);
      break;
    case Kind::context:
      delete static_cast<ContextNode*>(u_.node);
      break;
    case Kind::range:
      delete static_cast<RangeNode*>(u_.node);
      break;
    case Kind::function:
      delete static_cast<FunctionNode*>(u_.node);
      break;
    default:
      break;
  }
}

const std::string& Value::string() const {
  GUICHET_INVARIANT(kind_ == Kind::string);
  return static_cast<const StringNode*>(u_.node)->text;
}
const Time& Value::time() const {
  GUICHET_INVARIANT(kind_ == Kind::time);
  return u_.time;
}
const DateTime& Value::date_time() const {
  GUICHET_INVARIANT(kind_ == Kind::date_time);
  return static_cast<const DateTimeNode*>(u_.node)->value;
}
const DaysDuration& Value::days_duration() const {
  GUICHET_INVARIANT(kind_ == Kind::days_duration);
  return u_.days;
}
const MonthsDuration& Value::months_duration() const {
  GUICHET_INVARIANT(kind_ == Kind::months_duration);
  return u_.months;
}
const Shape& Value::shape() const {
  GUICHET_INVARIANT(kind_ == Kind::context);
  return static_cast<const ContextNode*>(u_.node)->shape;
}
std::span<const Value> Value::entries() const {
  GUICHET_INVARIANT(kind_ == Kind::context);
  return static_cast<const ContextNode*>(u_.node)->values;
}
const RangeValue& Value::range() const {
  GUICHET_INVARIANT(kind_ == Kind::range);
  return static_cast<const RangeNode*>(u_.node)->value;
}
const std::shared_ptr<const Callable>& Value::function() const {
  GUICHET_INVARIANT(kind_ == Kind::function);
  return static_cast<const FunctionNode*>(u_.node)->function;
}

const Value& Value::get(std::string_view name, std::uint32_t hash) const {
  static const Value kNull;
  const Value* found = find(name, hash);
  return found ? *found : kNull;
}

}  // namespace guichet::feel
