#include "rules/dmn/compiler.h"

#include <algorithm>

#include "rules/dmn/run.h"
#include "rules/feel/nodes.h"

namespace guichet::dmn {

using feel::Type;
using feel::Value;
using Kind = ElementInfo::Kind;

namespace {

std::string described(const Element& element) {
  static constexpr const char* kKinds[] = {"input", "decision", "knowledge model", "service"};
  return std::string(kKinds[static_cast<int>(element.kind)]) + " '" + element.name + "'";
}

}  // namespace

void Compiler::problem(const Element& element, const std::string& message) {
  const std::string text = described(element) + ", " + message;
  if (!problems_) throw CompileError{text};
  problems_->push_back(text);
}

std::size_t Compiler::add_source(Definitions definitions, unsigned depth) {
  const std::string name_space = definitions.name_space;
  if (const auto known = by_name_space_.find(name_space); known != by_name_space_.end())
    return known->second;
  if (depth > kMaxImportDepth || sources_.size() >= kMaxImports)
    throw CompileError{"too many models are imported"};
  const std::size_t index = sources_.size();
  by_name_space_.emplace(name_space, index);
  sources_.push_back(std::make_unique<Source>());
  Source& source = *sources_.back();
  source.definitions = std::move(definitions);
  for (const Import& import : source.definitions.imports) {
    if (import.type.find("omg.org/spec/DMN") == std::string::npos) continue;
    auto xml = importer_ ? importer_(import.name_space, import.location) : std::nullopt;
    if (!xml)
      throw CompileError{"import '" + import.name + "': no model of namespace '" +
                         import.name_space + "' is found"};
    auto read = read_definitions(*xml);
    if (!read) throw CompileError{"import '" + import.name + "': " + read.error().message};
    if (read->name_space != import.name_space)
      throw CompileError{"import '" + import.name + "': the model found has another namespace"};
    source.imports.emplace_back(import.name, add_source(*std::move(read), depth + 1));
  }
  return index;
}

void Compiler::add_elements() {
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    const Definitions& definitions = sources_[i]->definitions;
    for (const Element& element : definitions.elements) {
      const std::size_t index = work_.size();
      if (index >= kMaxModelElements)
        throw CompileError{"a model and its imports have at most " +
                           std::to_string(kMaxModelElements) + " elements"};
      work_.push_back({i, &element});
      if (!element.id.empty() &&
          !by_id_.emplace(std::pair(definitions.name_space, element.id), index).second)
        throw CompileError{"two elements have the id '" + element.id + "'"};
      Variable variable;
      variable.kind = element.kind;
      variable.name = element.name;
      variable.name_hash = feel::Shape::hash_name(element.name);
      model_->variables_.push_back(std::move(variable));
      model_->elements_.push_back({element.kind, element.name, element.type});
    }
    if (i == 0) model_->own_ = work_.size();
  }
}

/// Types of imported models stand under the name of the import.
void Compiler::name_types(std::size_t index) {
  Source& source = *sources_[index];
  for (const auto& [name, imported] : source.imports) {
    for (const auto& [type_name, type] : sources_[imported]->environment.types)
      source.environment.types.emplace(
          name.empty() ? type_name : feel::canonical_name(name + "." + type_name), type);
    for (const auto& member : sources_[imported]->environment.members)
      source.environment.members.insert(member);
  }
  add_types(source.definitions.types, source.environment);
  for (const Element& element : source.definitions.elements)
    if (element.logic) add_members(*element.logic, source.environment);
}

std::size_t Compiler::find(const Reference& reference, const Source& from,
                           const Element& element) const {
  const std::string& name_space =
      reference.name_space.empty() ? from.definitions.name_space : reference.name_space;
  const auto found = by_id_.find({name_space, reference.id});
  if (found == by_id_.end())
    throw CompileError{described(element) + " refers to '" + reference.id +
                       "', which the model does not have"};
  return found->second;
}

std::string Compiler::visible_name(std::size_t variable, std::size_t from) const {
  const std::string& name = work_[variable].element->name;
  if (work_[variable].source == from) return name;
  for (const auto& [import, source] : sources_[from]->imports)
    if (source == work_[variable].source && !import.empty()) return import + "." + name;
  return name;
}

void Compiler::build(std::size_t index) {
  Work& work = work_[index];
  if (work.state == State::done) return;
  const Element& element = *work.element;
  if (work.state == State::under_way) {
    // Functions may call one another in circles; values may not depend on themselves.
    if (element.kind == Kind::knowledge) return;
    throw CompileError{described(element) + " requires itself, directly or by others"};
  }
  work.state = State::under_way;
  const Source& source = *sources_[work.source];
  std::vector<Reference> needed = element.requires_;
  for (const auto* more :
       {&element.outputs, &element.encapsulated, &element.input_decisions, &element.inputs})
    needed.insert(needed.end(), more->begin(), more->end());
  for (const auto& reference : needed) build(find(reference, source, element));
  try {
    build_element(index);
  } catch (const CompileError& error) {
    problem(element, error.message);
    model_->variables_[index].code = {feel::nodes::constant(Value()), 0};
  }
  work.state = State::done;
}

void Compiler::build_element(std::size_t index) {
  Variable& variable = model_->variables_[index];
  const Work& work = work_[index];
  const Element& element = *work.element;
  Source& source = *sources_[work.source];
  feel::Environment& environment = source.environment;
  if (!element.type.empty()) variable.type = resolve_type(element.type, environment);
  environment.globals.clear();
  for (const auto& reference : element.requires_) {
    const std::size_t other = find(reference, source, element);
    environment.globals[feel::canonical_name(visible_name(other, work.source))] = {
        other, model_->variables_[other].type};
  }
  switch (element.kind) {
    case Kind::input:
      break;
    case Kind::decision: {
      if (!element.logic) break;
      feel::Scope scope(environment);
      variable.code.root = compile_expression(*element.logic, scope);
      variable.code.slots = scope.slots();
      break;
    }
    case Kind::knowledge: {
      if (!element.logic) break;
      // The type of its variable is the function's, or, in older files, that of its result.
      const Type result =
          variable.type.is(feel::Kind::function) ? variable.type.result() : variable.type;
      const auto function = compile_function(*element.logic, environment, nullptr, result);
      variable.function = *function->constant();
      variable.type = Type::function({}, variable.function.function()->result_type());
      break;
    }
    case Kind::service:
      build_service(variable, work);
      break;
  }
}

void Compiler::build_service(Variable& variable, const Work& work) {
  const Element& element = *work.element;
  const Source& source = *sources_[work.source];
  std::vector<feel::Parameter> parameters;
  const auto add = [&](const std::vector<Reference>& references) {
    for (const auto& reference : references) {
      const std::size_t index = find(reference, source, element);
      variable.parameters.push_back(index);
      parameters.push_back({model_->variables_[index].name, model_->variables_[index].type});
    }
  };
  add(element.inputs);
  add(element.input_decisions);
  std::vector<std::string> names;
  for (const auto& reference : element.outputs) {
    const std::size_t index = find(reference, source, element);
    variable.outputs.push_back(index);
    names.push_back(model_->variables_[index].name);
  }
  if (names.size() > 1) variable.output_shape = feel::Shape(std::move(names));
  if (variable.type.is(feel::Kind::function)) variable.type = variable.type.result();
  Type result = variable.type;
  if (result.is_any() && variable.outputs.size() == 1) {
    const Variable& output = model_->variables_[variable.outputs[0]];
    result = output.type.is_any() && output.code.root ? output.code.root->type() : output.type;
  }
  const auto self = static_cast<std::size_t>(&variable - model_->variables_.data());
  variable.function = Value::function(
      std::make_shared<ServiceFunction>(self, std::move(parameters), std::move(result)));
}

std::shared_ptr<CompiledModel> Compiler::compile(Definitions definitions) {
  model_ = std::make_shared<CompiledModel>();
  model_->name_ = definitions.name;
  model_->name_space_ = definitions.name_space;
  add_source(std::move(definitions), 0);
  // What is imported comes later in the list: its types are named first.
  for (std::size_t i = sources_.size(); i-- > 0;) name_types(i);
  add_elements();
  for (std::size_t i = 0; i < work_.size(); ++i) build(i);
  return model_;
}

Result<std::shared_ptr<const Model>> compile_model(std::string_view xml,
                                                   const Model::Importer& importer,
                                                   std::vector<std::string>* problems) {
  auto definitions = read_definitions(xml);
  if (!definitions) return definitions.error();
  try {
    return std::shared_ptr<const Model>(
        Compiler(importer, problems).compile(*std::move(definitions)));
  } catch (const CompileError& error) {
    return Failure{error.message};
  }
}

}  // namespace guichet::dmn
