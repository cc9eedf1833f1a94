#include "rules/feel/nodes.h"
#include "rules/feel/properties.h"

namespace guichet::feel::nodes {

namespace {

class Constant : public Expr {
 public:
  explicit Constant(Value value) : value_(std::move(value)) {
    if (!value_.is_null()) type_ = Type::of(value_.kind());
    if (value_.is(Kind::function)) type_ = Type::function({}, value_.function()->result_type());
  }
  Value eval(Frame&) const override { return value_; }
  const Value& look(Frame&, Value&) const override { return value_; }
  const Value* constant() const override { return &value_; }

 private:
  Value value_;
};

class Local : public Expr {
 public:
  Local(std::size_t slot, Type type) : slot_(slot) { type_ = std::move(type); }
  Value eval(Frame& frame) const override { return frame.locals[slot_]; }
  const Value& look(Frame& frame, Value&) const override { return frame.locals[slot_]; }

 private:
  std::size_t slot_;
};

class Captured : public Expr {
 public:
  Captured(std::size_t index, Type type) : index_(index) { type_ = std::move(type); }
  Value eval(Frame& frame) const override { return frame.captured[index_]; }
  const Value& look(Frame& frame, Value&) const override { return frame.captured[index_]; }

 private:
  std::size_t index_;
};

class Global : public Expr {
 public:
  Global(std::size_t index, Type type) : index_(index) { type_ = std::move(type); }
  Value eval(Frame& frame) const override { return frame.evaluation.global(index_); }
  const Value& look(Frame& frame, Value&) const override { return frame.evaluation.global(index_); }

 private:
  std::size_t index_;
};

class ItemName : public Expr {
 public:
  ItemName(std::size_t slot, std::string name, ExprPtr outside)
      : slot_(slot),
        name_(std::move(name)),
        hash_(Shape::hash_name(name_)),
        outside_(std::move(outside)) {
    if (outside_) has(*outside_);
    foldable_ = false;
  }
  Value eval(Frame& frame) const override {
    if (const Value* found = frame.locals[slot_].find(name_, hash_)) return *found;
    if (outside_) return outside_->eval(frame);
    if (frame.evaluation.noting()) frame.evaluation.note("an item has no entry '" + name_ + "'");
    return Value();
  }

 private:
  std::size_t slot_;
  std::string name_;
  std::uint32_t hash_;
  ExprPtr outside_;
};

class Path : public Expr {
 public:
  Path(ExprPtr from, std::string name)
      : from_(std::move(from)),
        name_(std::move(name)),
        hash_(Shape::hash_name(name_)),
        property_(find_property(name_)) {
    has(*from_);
    const Type& type = from_->type();
    if (const Type* member = type.member(name_)) type_ = *member;
    if (type.is(Kind::list)) {
      const Type element = type.element();
      if (const Type* member = element.member(name_)) type_ = Type::list(*member);
    }
  }

  Value eval(Frame& frame) const override {
    Value room;
    return look(frame, room);
  }
  const Value& look(Frame& frame, Value& room) const override {
    const Value& from = from_->look(frame, room);
    if (const Value* found = from.find(name_, hash_)) return *found;
    Value made = other(frame, from);
    return room = std::move(made);
  }

 private:
  Value other(Frame& frame, const Value& from) const {
    Evaluation& evaluation = frame.evaluation;
    if (from.is(Kind::list)) {
      evaluation.spend(from.list().size());
      std::vector<Value> items;
      items.reserve(from.list().size());
      for (const Value& item : from.list())
        items.push_back(item.is(Kind::context) ? item.get(name_, hash_) : other(frame, item));
      return evaluation.list(std::move(items));
    }
    if (property_) {
      if (auto value = property_of(from, *property_)) return *value;
    }
    if (evaluation.noting() && !from.is_null())
      evaluation.note("a " + std::string(name_of(from.kind())) + " has no '" + name_ + "'");
    return Value();
  }

  ExprPtr from_;
  std::string name_;
  std::uint32_t hash_;
  std::optional<Property> property_;
};

}  // namespace

ExprPtr constant(Value value) {
  return std::make_unique<Constant>(std::move(value));
}
ExprPtr local(std::size_t slot, Type type) {
  return std::make_unique<Local>(slot, std::move(type));
}
ExprPtr captured(std::size_t index, Type type) {
  return std::make_unique<Captured>(index, std::move(type));
}
ExprPtr global(std::size_t index, Type type) {
  return std::make_unique<Global>(index, std::move(type));
}
ExprPtr item_name(std::size_t slot, std::string name, ExprPtr outside) {
  return std::make_unique<ItemName>(slot, std::move(name), std::move(outside));
}
ExprPtr path(ExprPtr from, std::string name) {
  return std::make_unique<Path>(std::move(from), std::move(name));
}

}  // namespace guichet::feel::nodes
