#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "rules/feel/expr.h"

namespace guichet::feel {

/// One way to write a name: single spaces between words, none around other characters, so that
/// "a + b" and "a+b" are one name.
std::string canonical_name(std::string_view name);

/// What expressions of a model see besides their own variables. Filled while a model is read; the
/// expressions keep nothing of it.
struct Environment {
  struct Global {
    std::size_t index;  // what Evaluation::global is asked for
    Type type;
  };
  std::map<std::string, Global, std::less<>> globals;  // by canonical name
  std::map<std::string, Type, std::less<>> types;      // item definitions, by canonical name
  /// Names that entries of contexts have anywhere in the model, by canonical name: they tell where
  /// a name with spaces ends where the type of a context is not known.
  std::map<std::string, std::string, std::less<>> members;

  void add_member(std::string_view name) { members.emplace(canonical_name(name), name); }
};

/// The names of one function's or decision's logic, while it is read. Every name that is declared
/// has a slot among its locals.
class Scope {
 public:
  explicit Scope(Environment& environment, Scope* outer = nullptr)
      : environment_(environment), outer_(outer) {}
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;

  std::size_t declare(std::string_view name, Type type);
  std::size_t new_slot() { return slots_++; }
  /// From here on the entries of the item in `slot` are names too.
  void open_item(std::size_t slot, Type type);

  /// Names declared after mark() are gone after release().
  std::size_t mark() const { return names_.size(); }
  void release(std::size_t mark) { names_.resize(mark); }

  /// What a canonical name stands for; null where nothing has it.
  ExprPtr resolve(const std::string& name);
  bool knows(const std::string& name) const;
  /// Whether names may stand for entries that are not known before evaluation.
  bool inside_open_item() const;

  Environment& environment() const { return environment_; }
  std::size_t slots() const { return slots_; }
  std::vector<ExprPtr> take_captured() { return std::move(captured_); }

 private:
  struct Name {
    bool item = false;  // its entries are names
    std::string name;
    std::size_t slot;
    Type type;
  };
  ExprPtr resolve_outside(const std::string& name);
  const std::string& written(const std::string& name) const;

  Environment& environment_;
  Scope* outer_;
  std::vector<Name> names_;
  std::size_t slots_ = 0;
  std::vector<ExprPtr> captured_;
  std::map<std::string, std::pair<std::size_t, Type>> captured_names_;
};

}  // namespace guichet::feel
