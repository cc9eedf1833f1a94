#include "rules/feel/type.h"

#include <algorithm>
#include <array>
#include <atomic>

#include "rules/feel/callable.h"

namespace guichet::feel {

namespace {

constexpr std::array kNamedKinds = {
    Kind::null,     Kind::boolean,       Kind::number,          Kind::date,
    Kind::time,     Kind::days_duration, Kind::string,          Kind::date_time,
    Kind::list,     Kind::context,       Kind::months_duration, Kind::range,
    Kind::function,
};

}  // namespace

std::shared_ptr<Type::Data> Type::make() {
  return make(Data());
}

std::shared_ptr<Type::Data> Type::make(const Data& like) {
  static std::atomic<std::uint64_t> made{0};
  auto data = std::make_shared<Data>(like);
  data->number = ++made;
  return data;
}

Type Type::of(Kind kind) {
  Type type;
  auto data = make();
  data->kind = kind;
  data->simple = true;
  type.data_ = std::move(data);
  return type;
}

Type Type::list(Type element) {
  Type type;
  auto data = make();
  data->kind = Kind::list;
  data->element = std::make_shared<const Type>(std::move(element));
  type.data_ = std::move(data);
  return type;
}

Type Type::range(Type element) {
  Type type;
  auto data = make();
  data->kind = Kind::range;
  data->element = std::make_shared<const Type>(std::move(element));
  type.data_ = std::move(data);
  return type;
}

Type Type::context(Members members, bool open) {
  Type type;
  auto data = make();
  data->kind = Kind::context;
  data->listed = true;
  data->open = open;
  for (const auto& member : members) data->hashes.push_back(Shape::hash_name(member.first));
  data->members = std::move(members);
  type.data_ = std::move(data);
  return type;
}

Type Type::function(std::vector<Type> parameters, Type result) {
  Type type;
  auto data = make();
  data->kind = Kind::function;
  data->listed = true;
  for (auto& parameter : parameters) data->members.emplace_back("", std::move(parameter));
  data->element = std::make_shared<const Type>(std::move(result));
  type.data_ = std::move(data);
  return type;
}

Type Type::with(std::shared_ptr<const Constraint> constraint) const {
  Type type;
  auto data = data_ ? make(*data_) : make();
  if (!data_) data->any = true;
  data->simple = false;
  data->constraints.push_back(std::move(constraint));
  type.data_ = std::move(data);
  return type;
}

std::optional<Type> Type::named(std::string_view name) {
  if (name == "Any") return Type();
  if (name == "Null") return of(Kind::null);
  if (name == "day time duration" || name == "dayTimeDuration") return of(Kind::days_duration);
  if (name == "year month duration" || name == "yearMonthDuration")
    return of(Kind::months_duration);
  if (name == "dateTime") return of(Kind::date_time);
  for (const Kind kind : kNamedKinds)
    if (name_of(kind) == name) return of(kind);
  return std::nullopt;
}

const Type* Type::member(std::string_view name) const {
  if (!is(Kind::context)) return nullptr;
  for (const auto& member : data_->members)
    if (member.first == name) return &member.second;
  return nullptr;
}

bool Type::fits_parts(const Value& value) const {
  // Neither a value nor a type changes: what fitted once fits, and large values are checked once.
  std::atomic<std::uint64_t>* const fitted = value.shared() ? &value.u_.node->fitted : nullptr;
  if (fitted && fitted->load(std::memory_order_relaxed) == data_->number) return true;
  if (!fits_shape(value, true)) return false;
  for (const auto& constraint : data_->constraints)
    if (!constraint->allows(value)) return false;
  if (fitted) fitted->store(data_->number, std::memory_order_relaxed);
  return true;
}

bool Type::describes(const Value& value) const {
  return !data_ || fits_shape(value, false);
}

bool Type::fits_shape(const Value& value, bool constrained) const {
  if (data_->any) return true;
  if (value.kind() != data_->kind) return false;
  const auto part_fits = [constrained](const Type& type, const Value& part) {
    return constrained ? type.fits(part) : part.is_null() || type.describes(part);
  };
  switch (data_->kind) {
    case Kind::list:
      if (!data_->element || data_->element->is_any()) return true;
      return std::all_of(value.list().begin(), value.list().end(),
                         [&](const Value& item) { return part_fits(*data_->element, item); });
    case Kind::range:
      return !data_->element || (part_fits(*data_->element, value.range().low) &&
                                 part_fits(*data_->element, value.range().high));
    case Kind::context:
      for (std::size_t i = 0; i < data_->members.size(); ++i) {
        const auto& [name, type] = data_->members[i];
        const Value* found = value.find(name, data_->hashes[i]);
        if (!found || !part_fits(type, *found)) return false;
      }
      return true;
    case Kind::function: {
      if (!data_->listed) return true;
      const auto& function = *value.function();
      const auto& parameters = function.parameters();
      if (function.builtin()) return true;
      if (parameters.size() != data_->members.size()) return false;
      for (std::size_t i = 0; i < parameters.size(); ++i)
        if (!data_->members[i].second.conforms_to(parameters[i].type)) return false;
      return function.result_type().conforms_to(*data_->element);
    }
    default:
      return true;
  }
}

bool Type::conforms_to(const Type& other) const {
  if (other.is_any() || data_ == other.data_) return true;
  if (is(Kind::null)) return true;
  if (!data_ || data_->any || other.data_->any || data_->kind != other.data_->kind) return false;
  switch (data_->kind) {
    case Kind::list:
    case Kind::range:
      return element().conforms_to(other.element());
    case Kind::context:
      return std::all_of(other.data_->members.begin(), other.data_->members.end(),
                         [&](const auto& wanted) {
                           const Type* mine = member(wanted.first);
                           return mine && mine->conforms_to(wanted.second);
                         });
    case Kind::function: {
      if (!other.data_->listed) return true;
      if (!data_->listed || data_->members.size() != other.data_->members.size()) return false;
      for (std::size_t i = 0; i < data_->members.size(); ++i)
        if (!other.data_->members[i].second.conforms_to(data_->members[i].second)) return false;
      return result().conforms_to(other.result());
    }
    default:
      return true;
  }
}

std::string Type::to_string() const {
  if (!data_ || data_->any) return "Any";
  std::string text(name_of(data_->kind));
  if (data_->kind == Kind::function) {
    text += "<";
    for (std::size_t i = 0; i < data_->members.size(); ++i)
      text += (i == 0 ? "" : ", ") + data_->members[i].second.to_string();
    text += ">";
    if (data_->element) text += " -> " + data_->element->to_string();
  } else if (data_->element) {
    text += "<" + data_->element->to_string() + ">";
  } else if (data_->listed) {
    text += "<";
    for (std::size_t i = 0; i < data_->members.size(); ++i)
      text += (i == 0 ? "" : ", ") + data_->members[i].first + ": " +
              data_->members[i].second.to_string();
    text += ">";
  }
  return text;
}

std::optional<Value> convert(Value value, const Type& type) {
  if (type.fits(value)) return value;
  if (value.is(Kind::list) && value.list().size() == 1 && type.fits(value.list()[0]))
    return value.list()[0];
  if (type.is(Kind::list) && !value.is(Kind::list)) {
    if (value.depth() + 1 < kMaxValueDepth) {
      const Value wrapped = Value::list({value});
      if (type.fits(wrapped)) return wrapped;
    }
  }
  if (type.is(Kind::date_time) && value.is(Kind::date)) {
    const Value widened(DateTime{value.date(), Time{0, *Zone::at(0)}});
    if (type.fits(widened)) return widened;
  }
  return std::nullopt;
}

}  // namespace guichet::feel
