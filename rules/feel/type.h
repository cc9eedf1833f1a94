#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rules/feel/value.h"

namespace guichet::feel {

/// What a type allows beyond its kind, such as an item definition's allowed values.
class Constraint {
 public:
  virtual ~Constraint() = default;
  virtual bool allows(const Value& value) const = 0;
};

/// A FEEL type (DMN 1.5, 10.3.2.1): Any, a kind, or a kind with what stands in it. Cheap to copy;
/// never changes.
class Type {
 public:
  using Members = std::vector<std::pair<std::string, Type>>;

  Type() = default;  // Any
  static Type of(Kind kind);
  static Type list(Type element);
  static Type range(Type element);
  /// `open`: contexts may well have more than these, as far as is known.
  static Type context(Members members, bool open = false);
  static Type function(std::vector<Type> parameters, Type result);
  /// The same type, but only for values that `constraint` allows.
  Type with(std::shared_ptr<const Constraint> constraint) const;

  /// One of FEEL's own names ("days and time duration", "Any"); nothing where it is not one.
  static std::optional<Type> named(std::string_view name);

  bool is_any() const { return data_ == nullptr; }
  bool is(Kind kind) const { return data_ && !data_->any && data_->kind == kind; }
  /// What stands in a list or range; Any where that is not known.
  Type element() const { return data_ && data_->element ? *data_->element : Type(); }
  /// The members of a context, or null where they are not known.
  const Members* members() const {
    return is(Kind::context) && data_->listed ? &data_->members : nullptr;
  }
  const Type* member(std::string_view name) const;
  bool is_open() const { return !is(Kind::context) || data_->open; }
  /// What a function gives; Any where that is not known.
  Type result() const { return is(Kind::function) && data_->element ? *data_->element : Type(); }

  /// Null fits every type.
  bool fits(const Value& value) const {
    return is_any() || value.is_null() ||
           (data_->simple ? value.kind() == data_->kind : fits_parts(value));
  }
  /// FEEL's `instance of`: by kinds alone, without constraints; null is only of type Any and null.
  bool describes(const Value& value) const;
  /// Whether every value of this type is one of the other.
  bool conforms_to(const Type& other) const;
  std::string to_string() const;

 private:
  struct Data {
    std::uint64_t number = 0;  // no other type has it
    bool any = false;          // any value that the constraints allow
    Kind kind = Kind::null;
    bool simple = false;                  // a value's kind says it all
    std::shared_ptr<const Type> element;  // of a list, range; what a function gives
    bool open = false;
    bool listed = false;                // members or parameters are known
    Members members;                    // of a context; parameters of a function, without names
    std::vector<std::uint32_t> hashes;  // of the members' names
    std::vector<std::shared_ptr<const Constraint>> constraints;
  };
  static std::shared_ptr<Data> make();
  static std::shared_ptr<Data> make(const Data& like);
  bool fits_parts(const Value& value) const;
  bool fits_shape(const Value& value, bool constrained) const;
  std::shared_ptr<const Data> data_;
};

/// The implicit conversions of DMN 1.5, 10.3.2.9.4: as it is, to or from a list of one, a date to a
/// date and time. Nothing where the value does not fit after all.
std::optional<Value> convert(Value value, const Type& type);

}  // namespace guichet::feel
