#include "rules/dmn/eval.h"

#include <algorithm>

#include "rules/dmn/compiled.h"
#include "rules/dmn/files.h"
#include "rules/dmn/json.h"

namespace guichet::dmn {

using feel::Kind;
using feel::Value;
using Entries = std::vector<std::pair<std::string, Value>>;

namespace {

/// The inputs, each as its type wants it; the failure names what the model does not have.
Result<Value> read_inputs(const CompiledModel& model, std::string_view json) {
  const auto given = from_json(json);
  if (!given) return given.error();
  if (!given->is(Kind::context))
    return Failure{"the inputs are a JSON object, by the names of the model's input data"};
  Entries inputs;
  std::string names;
  for (const Variable& variable : model.variables()) {
    if (variable.kind != ElementInfo::Kind::input) continue;
    names += (names.empty() ? "'" : ", '") + variable.name + "'";
    const Value value = typed_from_text(given->get(variable.name), variable.type);
    if (!feel::convert(value, variable.type))
      return Failure{"input '" + variable.name + "' must be a " + variable.type.to_string()};
    inputs.emplace_back(variable.name, value);
  }
  for (std::size_t i = 0; i < given->shape().size(); ++i) {
    const auto& name = given->shape().name(i);
    if (std::none_of(inputs.begin(), inputs.end(),
                     [&](const auto& in) { return in.first == name; }))
      return Failure{"the model has no input '" + name + "'; it has " +
                     (names.empty() ? "none" : names)};
  }
  return Value::context(std::move(inputs));
}

Value text(std::string_view value) {
  return Value::string(std::string(value));
}

Value rules_of(const Trace& trace) {
  std::vector<Value> rules;
  for (const auto& fired : trace.rules) {
    const RuleInfo& info = *fired.rule;
    Entries rule{{"table", text(info.table)},
                 {"rule", Value(feel::Number(static_cast<std::int64_t>(info.number)))}};
    if (!info.id.empty()) rule.emplace_back("id", text(info.id));
    if (!info.label.empty()) rule.emplace_back("label", text(info.label));
    if (!info.description.empty()) rule.emplace_back("description", text(info.description));
    Entries annotations;
    for (const auto& [column, note] : info.annotations)
      annotations.emplace_back(column, text(note));
    if (!annotations.empty())
      rule.emplace_back("annotations", Value::context(std::move(annotations)));
    rule.emplace_back("output", fired.output);
    rules.push_back(Value::context(std::move(rule)));
  }
  return Value::list(std::move(rules));
}

Value notes_of(const Trace& trace) {
  std::vector<Value> notes;
  for (const auto& note : trace.notes)
    notes.push_back(
        Value::context(Entries{{"decision", text(note.decision)}, {"text", text(note.text)}}));
  return Value::list(std::move(notes));
}

}  // namespace

Result<std::string> evaluate_file(const std::filesystem::path& path, std::string_view input_json) {
  const auto read = Model::read_file(path);
  if (!read) return read.error();
  const auto& model = static_cast<const CompiledModel&>(**read);
  const auto inputs = read_inputs(model, input_json);
  if (!inputs) return inputs.error();
  Trace trace;
  auto decided = model.evaluate_all(*inputs, {}, &trace);
  if (!decided) return decided.error();
  const Value result = Value::context(
      Entries{{"decisions", *decided}, {"rules", rules_of(trace)}, {"notes", notes_of(trace)}});
  return Result<std::string>(boost::system::in_place_value, to_json(result));
}

}  // namespace guichet::dmn
