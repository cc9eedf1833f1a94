#pragma once

#include <atomic>
#include <compare>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rules/feel/number.h"
#include "rules/feel/temporal.h"
#include "schemas/values/invariant.h"

namespace guichet::feel {

class Value;
class Callable;
struct RangeValue;

enum class Kind : std::uint8_t {
  null,
  boolean,
  number,
  date,
  time,
  days_duration,    // days and time duration
  months_duration,  // years and months duration
  string,           // from here on a value's content is shared by its copies
  date_time,
  list,
  context,
  range,
  function,
};
std::string_view name_of(Kind kind);  // as FEEL writes it: "days and time duration"

/// How deep lists and contexts may stand in one another. Evaluation ends with a failure there.
inline constexpr unsigned kMaxValueDepth = 512;

/// What shared, immutable parts of a value begin with. Counted by reference, from any thread.
struct Node {
  std::atomic<std::uint32_t> references{1};
  std::uint16_t depth = 0;               // lists, contexts and ranges in one another
  bool holds_function = false;           // somewhere in it
  std::atomic<std::uint64_t> fitted{0};  // the type that it was last found to fit; 0: none
};

/// The names of a context's entries, in order; shared by all contexts made with it, so that making
/// one costs no more than its values.
///
///   static const Shape kChild({"date_of_birth", "disability_tax_credit"});
///   Value child = Value::context(kChild, {born, Value(false)});
class Shape {
 public:
  /// Names are unique.
  explicit Shape(std::vector<std::string> names);
  Shape(std::initializer_list<std::string_view> names);

  std::size_t size() const { return data_->names.size(); }
  const std::string& name(std::size_t index) const { return data_->names[index]; }
  std::optional<std::size_t> find(std::string_view name) const {
    return find(name, hash_name(name));
  }
  std::optional<std::size_t> find(std::string_view name, std::uint32_t hash) const {
    const std::vector<std::uint32_t>& hashes = data_->hashes;
    for (std::size_t i = 0; i < hashes.size(); ++i)
      if (hashes[i] == hash && data_->names[i] == name) return i;
    return std::nullopt;
  }
  friend bool operator==(const Shape& a, const Shape& b) { return a.data_ == b.data_; }

  static std::uint32_t hash_name(std::string_view name);

 private:
  struct Data {
    std::vector<std::string> names;
    std::vector<std::uint32_t> hashes;
  };
  std::shared_ptr<const Data> data_;
};

/// A FEEL value (DMN 1.5, 10.3.2.2): 24 bytes, cheap to copy, never changes. Any thread may read
/// and copy one at the same time as others.
///
///   Value facts = Value::context({{"income", Value(Number(46610))}, {"since", Value(day)}});
///   facts.get("income").number().to_string();   // "46610"
class Value {
 public:
  Value() = default;                     // null
  template <std::same_as<bool> Boolean>  // so that no pointer or integer becomes a boolean
  explicit Value(Boolean boolean) : kind_(Kind::boolean) {
    u_.boolean = boolean;
  }
  explicit Value(const Number& number) : kind_(Kind::number) { u_.number = number; }
  explicit Value(const Date& date) : kind_(Kind::date) { u_.date = date; }
  explicit Value(const Time& time) : kind_(Kind::time) { u_.time = time; }
  explicit Value(const DateTime& value);
  explicit Value(const DaysDuration& value) : kind_(Kind::days_duration) { u_.days = value; }
  explicit Value(const MonthsDuration& value) : kind_(Kind::months_duration) { u_.months = value; }
  static Value string(std::string text);  // UTF-8
  static Value list(std::vector<Value> items);
  static Value context(const Shape& shape, std::vector<Value> values);  // as many as names
  /// Of entries with one name the last one counts.
  static Value context(std::vector<std::pair<std::string, Value>> entries);
  static Value range(RangeValue range);
  static Value function(std::shared_ptr<const Callable> function);
  /// Null where there is nothing.
  template <class T>
  static Value maybe(const std::optional<T>& value) {
    return value ? Value(*value) : Value();
  }

  Value(const Value& other) noexcept : kind_(other.kind_), u_(other.u_) {
    if (shared()) u_.node->references.fetch_add(1, std::memory_order_relaxed);
  }
  Value(Value&& other) noexcept : kind_(other.kind_), u_(other.u_) { other.kind_ = Kind::null; }
  Value& operator=(const Value& other) noexcept {
    Value copy(other);
    swap(copy);
    return *this;
  }
  Value& operator=(Value&& other) noexcept {
    swap(other);
    return *this;
  }
  ~Value() {
    if (shared()) release();
  }
  void swap(Value& other) noexcept {
    std::swap(kind_, other.kind_);
    std::swap(u_, other.u_);
  }

  Kind kind() const { return kind_; }
  bool is_null() const { return kind_ == Kind::null; }
  bool is(Kind kind) const { return kind_ == kind; }
  bool is_true() const { return kind_ == Kind::boolean && u_.boolean; }
  bool is_false() const { return kind_ == Kind::boolean && !u_.boolean; }

  // Each only for its own kind; else a broken invariant.
  bool boolean() const;
  const Number& number() const;
  const std::string& string() const;
  const Date& date() const;
  const Time& time() const;
  const DateTime& date_time() const;
  const DaysDuration& days_duration() const;
  const MonthsDuration& months_duration() const;
  std::span<const Value> list() const;
  const Shape& shape() const;              // of a context
  std::span<const Value> entries() const;  // of a context, in the order of its shape
  const RangeValue& range() const;
  const std::shared_ptr<const Callable>& function() const;

  /// The entry of a context; null where there is none, and where this is no context.
  const Value& get(std::string_view name) const { return get(name, Shape::hash_name(name)); }
  const Value& get(std::string_view name, std::uint32_t hash) const;
  const Value* find(std::string_view name, std::uint32_t hash) const;  // null pointer where none

  /// How many lists and contexts stand in one another; 0 for what is neither.
  unsigned depth() const;
  /// Whether it is a function, or one stands somewhere in it.
  bool holds_function() const;

 private:
  friend class Type;
  bool shared() const { return kind_ >= Kind::string; }
  void release() noexcept;

  union Payload {
    Payload() : boolean(false) {}
    bool boolean;
    Number number;
    Date date;
    Time time;
    DaysDuration days;
    MonthsDuration months;
    Node* node;
  };
  Kind kind_ = Kind::null;
  Payload u_;
};
static_assert(sizeof(Value) == 24);

/// What lists and contexts are made of.
struct ListNode : Node {
  std::vector<Value> items;
};
struct ContextNode : Node {
  explicit ContextNode(Shape s) : shape(std::move(s)) {}
  Shape shape;
  std::vector<Value> values;
};

inline bool Value::boolean() const {
  GUICHET_INVARIANT(kind_ == Kind::boolean);
  return u_.boolean;
}
inline const Number& Value::number() const {
  GUICHET_INVARIANT(kind_ == Kind::number);
  return u_.number;
}
inline const Date& Value::date() const {
  GUICHET_INVARIANT(kind_ == Kind::date);
  return u_.date;
}
inline std::span<const Value> Value::list() const {
  GUICHET_INVARIANT(kind_ == Kind::list);
  return static_cast<const ListNode*>(u_.node)->items;
}
inline const Value* Value::find(std::string_view name, std::uint32_t hash) const {
  if (kind_ != Kind::context) return nullptr;
  const auto* node = static_cast<const ContextNode*>(u_.node);
  const auto index = node->shape.find(name, hash);
  return index ? &node->values[*index] : nullptr;
}
inline bool Value::holds_function() const {
  return kind_ >= Kind::list && u_.node->holds_function;
}
inline unsigned Value::depth() const {
  return kind_ >= Kind::list ? u_.node->depth : 0;
}

/// From `low` to `high`. An end that is not bounded ("(> 10)") is null and lies beyond everything;
/// a bounded end that is null makes the range one that nothing can be compared with.
struct RangeValue {
  Value low;
  Value high;
  bool low_closed = true;
  bool high_closed = true;
  bool low_bounded = true;
  bool high_bounded = true;
  /// "(= 10)" and "(!= 10)" have both ends at 10; the second holds everything but it.
  enum class Form : std::uint8_t { interval, equal, not_equal };
  Form form = Form::interval;
};

/// Equality as FEEL's `=` has it: nothing where the two kinds cannot be compared.
std::optional<bool> equal(const Value& a, const Value& b);
/// The same as `equal`, but the exact same value: times with other zones differ ("is").
bool same(const Value& a, const Value& b);
/// Less, equal or greater; nothing where there is no order between the two.
std::optional<std::weak_ordering> compare(const Value& a, const Value& b);

/// As FEEL's string(): text as it is, everything else as its literal.
std::string to_string(const Value& value);
/// As a literal, strings in quotation marks: for messages and traces. Cut at `limit` characters.
std::string to_literal(const Value& value, std::size_t limit = 2000);

}  // namespace guichet::feel
