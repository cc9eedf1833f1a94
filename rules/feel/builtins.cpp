#include "rules/feel/builtins.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "rules/feel/builtin.h"
#include "schemas/values/invariant.h"

namespace guichet::feel {

namespace {

using KindSet = std::uint32_t;
constexpr KindSet set_of(Kind kind) {
  return KindSet{1} << static_cast<unsigned>(kind);
}
constexpr KindSet kAll = ~KindSet{0};

constexpr std::pair<std::string_view, KindSet> kTypes[] = {
    {"any", kAll},
    {"boolean", set_of(Kind::boolean)},
    {"number", set_of(Kind::number)},
    {"string", set_of(Kind::string)},
    {"date", set_of(Kind::date)},
    {"time", set_of(Kind::time)},
    {"moment", set_of(Kind::date_time)},
    {"days", set_of(Kind::days_duration)},
    {"months", set_of(Kind::months_duration)},
    {"list", set_of(Kind::list)},
    {"context", set_of(Kind::context)},
    {"range", set_of(Kind::range)},
    {"function", set_of(Kind::function)},
    {"point", set_of(Kind::number) | set_of(Kind::string) | set_of(Kind::date) |
                  set_of(Kind::time) | set_of(Kind::date_time) | set_of(Kind::days_duration) |
                  set_of(Kind::months_duration)},
};

struct FormParameter {
  std::string name;
  KindSet kinds = 0;
  bool optional = false;
};

std::string_view trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

/// One form, its description read.
struct Form {
  explicit Form(const BuiltinForm& form) : function(form.function) {
    std::string_view rest = form.parameters;
    while (!rest.empty()) {
      const auto comma = rest.find(',');
      add(trim(rest.substr(0, comma)));
      rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
    }
  }

  void add(std::string_view text) {
    FormParameter parameter;
    const auto colon = text.find(':');
    parameter.name = text.substr(0, colon);
    auto types = text.substr(colon + 1);
    if (types.ends_with("...")) {
      variadic = true;
      types.remove_suffix(3);
    }
    if (types.ends_with('?')) {
      parameter.optional = true;
      types.remove_suffix(1);
    }
    if (types.ends_with('~')) {
      parameter.kinds |= set_of(Kind::null);
      types.remove_suffix(1);
    }
    while (!types.empty()) {
      const auto bar = types.find('|');
      const auto wanted = types.substr(0, bar);
      for (const auto& [name, kinds] : kTypes)
        if (name == wanted) parameter.kinds |= kinds;
      types = bar == std::string_view::npos ? std::string_view() : types.substr(bar + 1);
    }
    GUICHET_INVARIANT(parameter.kinds != 0);
    parameters.push_back(std::move(parameter));
  }

  bool takes(std::size_t count) const {
    if (variadic) return count >= parameters.size();
    if (count > parameters.size()) return false;
    return count == parameters.size() || parameters[count].optional;
  }

  /// Arguments by name in their places; what is missing is null. False where a name is not known.
  bool place(std::span<const std::string> names, std::span<const Value> arguments,
             std::vector<Value>& ordered) const {
    std::vector<bool> given(parameters.size());
    std::size_t needed = 0;
    while (needed < parameters.size() && !parameters[needed].optional) ++needed;
    for (std::size_t n = 0; n < names.size(); ++n) {
      std::size_t i = 0;
      while (i < parameters.size() && parameters[i].name != names[n]) ++i;
      if (i == parameters.size() || given[i]) return false;
      given[i] = true;
      if (ordered.size() <= i) ordered.resize(i + 1);
      ordered[i] = arguments[n];
    }
    if (ordered.size() < needed) ordered.resize(needed);
    return true;
  }

  const FormParameter& at(std::size_t i) const {
    return parameters[std::min(i, parameters.size() - 1)];
  }

  bool fits(std::span<const Value> arguments) const {
    for (std::size_t i = 0; i < arguments.size(); ++i)
      if (!(at(i).kinds & set_of(arguments[i].kind()))) return false;
    return true;
  }

  /// Like fits(), but a list of one may stand for its element, and an element for a list of one.
  bool could_fit(std::span<const Value> arguments) const {
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      const Value& value = arguments[i];
      const KindSet kinds = at(i).kinds;
      if (kinds & set_of(value.kind())) continue;
      if (value.is(Kind::list) && value.list().size() == 1 &&
          (kinds & set_of(value.list()[0].kind())))
        continue;
      if ((kinds & set_of(Kind::list)) && !value.is_null()) continue;
      return false;
    }
    return true;
  }

  void convert(Evaluation& evaluation, std::span<Value> arguments) const {
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      Value& value = arguments[i];
      const KindSet kinds = at(i).kinds;
      if (kinds & set_of(value.kind())) continue;
      if (value.is(Kind::list) && value.list().size() == 1 &&
          (kinds & set_of(value.list()[0].kind())))
        value = Value(value.list()[0]);
      else
        value = evaluation.list({value});
    }
  }

  Value (*function)(Evaluation&, std::span<Value>);
  std::vector<FormParameter> parameters;
  bool variadic = false;
};

class Builtin : public Callable {
 public:
  explicit Builtin(std::string_view name) : name_(name) {}

  void add(const BuiltinForm& form) {
    forms_.emplace_back(form);
    pure_ = pure_ && form.pure;
    if (forms_.size() == 1)
      for (const auto& parameter : forms_[0].parameters)
        parameters_.push_back({parameter.name, Type()});
  }

  const std::vector<Parameter>& parameters() const override { return parameters_; }
  bool pure() const override { return pure_; }

  Value call(Evaluation& evaluation, std::span<Value> arguments) const override {
    for (const Form& form : forms_)
      if (form.takes(arguments.size()) && form.fits(arguments))
        return form.function(evaluation, arguments);
    for (const Form& form : forms_) {
      if (!form.takes(arguments.size()) || !form.could_fit(arguments)) continue;
      form.convert(evaluation, arguments);
      return form.function(evaluation, arguments);
    }
    if (evaluation.noting()) {
      std::string given;
      for (const Value& argument : arguments)
        given += (given.empty() ? "" : ", ") + std::string(name_of(argument.kind()));
      evaluation.note(name_ + "() does not take (" + given + ")");
    }
    return Value();
  }

  Value call_named(Evaluation& evaluation, std::span<const std::string> names,
                   std::span<Value> arguments) const override {
    for (const Form& form : forms_) {
      std::vector<Value> ordered;
      if (!form.place(names, arguments, ordered)) continue;
      if (!form.fits(ordered)) {
        if (!form.could_fit(ordered)) continue;
        form.convert(evaluation, ordered);
      }
      return form.function(evaluation, ordered);
    }
    if (evaluation.noting()) evaluation.note(name_ + "() has no such parameters");
    return Value();
  }

  bool builtin() const override { return true; }

 private:
  std::string name_;
  std::vector<Form> forms_;
  std::vector<Parameter> parameters_;
  bool pure_ = true;
};

std::map<std::string, Value, std::less<>> make_all() {
  std::map<std::string_view, std::shared_ptr<Builtin>> made;
  for (const auto forms :
       {number_builtins(), string_builtins(), list_builtins(), statistics_builtins(),
        temporal_builtins(), range_builtins(), context_builtins()}) {
    for (const auto& form : forms) {
      auto& builtin = made[form.name];
      if (!builtin) builtin = std::make_shared<Builtin>(form.name);
      builtin->add(form);
    }
  }
  std::map<std::string, Value, std::less<>> all;
  for (auto& [name, builtin] : made)
    all.emplace(name, Value::function(std::shared_ptr<const Callable>(std::move(builtin))));
  return all;
}

}  // namespace

const Value* find_builtin(std::string_view name) {
  static const auto* const kAll = new auto(make_all());  // for the life of the process
  const auto found = kAll->find(name);
  return found == kAll->end() ? nullptr : &found->second;
}

}  // namespace guichet::feel
