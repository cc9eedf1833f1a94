#include <algorithm>
#include <pugixml.hpp>

#include "rules/dmn/definitions.h"

namespace guichet::dmn {

namespace {

struct ReadError {
  std::string message;
};

std::string_view local_name(const char* name) {
  const std::string_view full = name;
  const auto colon = full.rfind(':');
  return colon == std::string_view::npos ? full : full.substr(colon + 1);
}
std::string_view local_name(const pugi::xml_node& node) {
  return local_name(node.name());
}

pugi::xml_node child(const pugi::xml_node& node, std::string_view name) {
  for (const auto& found : node.children())
    if (local_name(found) == name) return found;
  return {};
}

std::vector<pugi::xml_node> children(const pugi::xml_node& node, std::string_view name) {
  std::vector<pugi::xml_node> found;
  for (const auto& each : node.children())
    if (local_name(each) == name) found.push_back(each);
  return found;
}

std::string trim(std::string_view text) {
  const auto space = [](char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; };
  while (!text.empty() && space(text.front())) text.remove_prefix(1);
  while (!text.empty() && space(text.back())) text.remove_suffix(1);
  return std::string(text);
}

std::string attribute(const pugi::xml_node& node, const char* name) {
  return node.attribute(name).value();
}

std::string content(const pugi::xml_node& node) {
  std::string text;
  for (const auto& part : node.children())
    if (part.type() == pugi::node_pcdata || part.type() == pugi::node_cdata) text += part.value();
  return text;
}

/// The <text> of a cell or expression.
std::string text_of(const pugi::xml_node& node) {
  return trim(content(child(node, "text")));
}

std::string type_of(const pugi::xml_node& node) {
  std::string type = attribute(node, "typeRef");
  if (type.empty()) type = trim(content(child(node, "typeRef")));
  return type.starts_with("feel:") ? type.substr(5) : type;  // as DMN 1.1 wrote it
}

Reference reference(const pugi::xml_node& node) {
  const std::string href = attribute(node, "href");
  const auto hash = href.find('#');
  if (hash == std::string::npos) return {"", href};
  return {href.substr(0, hash), href.substr(hash + 1)};
}

class Reader {
 public:
  Definitions read(const pugi::xml_node& root) {
    Definitions result;
    result.name = attribute(root, "name");
    result.name_space = attribute(root, "namespace");
    for (const auto& node : root.children()) {
      const auto kind = local_name(node);
      if (kind == "import") result.imports.push_back(import(node));
      if (kind == "itemDefinition") result.types.push_back(item_definition(node, 0));
      if (auto found = element(node, kind)) {
        if (result.elements.size() >= kMaxModelElements)
          throw ReadError{"a model has at most " + std::to_string(kMaxModelElements) + " elements"};
        result.elements.push_back(*std::move(found));
      }
    }
    return result;
  }

 private:
  static Import import(const pugi::xml_node& node) {
    return {attribute(node, "name"), attribute(node, "namespace"), attribute(node, "locationURI"),
            attribute(node, "importType")};
  }

  ItemDefinition item_definition(const pugi::xml_node& node, unsigned depth) {
    if (depth > kMaxModelNesting) throw ReadError{"types stand too deep in one another"};
    ItemDefinition item;
    item.name = attribute(node, "name");
    item.type = type_of(node);
    item.collection = node.attribute("isCollection").as_bool();
    item.allowed = text_of(child(node, "allowedValues"));
    item.constraint = text_of(child(node, "typeConstraint"));
    for (const auto& component : children(node, "itemComponent"))
      item.components.push_back(item_definition(component, depth + 1));
    if (const auto function = child(node, "functionItem")) {
      item.function = true;
      item.type = attribute(function, "outputTypeRef");
      if (item.type.empty()) item.type = trim(content(child(function, "outputTypeRef")));
      for (const auto& parameter : children(function, "parameters"))
        item.parameters.push_back({attribute(parameter, "name"), type_of(parameter)});
    }
    return item;
  }

  std::optional<Element> element(const pugi::xml_node& node, std::string_view kind) {
    Element result;
    if (kind == "inputData")
      result.kind = ElementInfo::Kind::input;
    else if (kind == "decision")
      result.kind = ElementInfo::Kind::decision;
    else if (kind == "businessKnowledgeModel")
      result.kind = ElementInfo::Kind::knowledge;
    else if (kind == "decisionService")
      result.kind = ElementInfo::Kind::service;
    else
      return std::nullopt;
    result.id = attribute(node, "id");
    result.name = attribute(node, "name");
    if (result.name.empty()) throw ReadError{"an element '" + result.id + "' has no name"};
    where_ = std::string(kind) + " '" + result.name + "'";
    element_ = result.name;
    result.type = type_of(child(node, "variable"));
    for (const auto& part : node.children()) {
      const auto name = local_name(part);
      if (name == "informationRequirement" || name == "knowledgeRequirement")
        for (const auto& target : part.children())
          if (local_name(target).starts_with("required"))
            result.requires_.push_back(reference(target));
      if (name == "outputDecision") result.outputs.push_back(reference(part));
      if (name == "encapsulatedDecision") result.encapsulated.push_back(reference(part));
      if (name == "inputDecision") result.input_decisions.push_back(reference(part));
      if (name == "inputData") result.inputs.push_back(reference(part));
      if (result.kind == ElementInfo::Kind::decision)
        if (const auto kind_of = expression_kind(name))
          result.logic = expression(part, *kind_of, 0);
      if (name == "encapsulatedLogic")
        result.logic = expression(part, Expression::Kind::function, 0);
    }
    return result;
  }

  static std::optional<Expression::Kind> expression_kind(std::string_view name) {
    using Kind = Expression::Kind;
    static constexpr std::pair<std::string_view, Kind> kKinds[] = {
        {"literalExpression", Kind::literal},
        {"decisionTable", Kind::table},
        {"context", Kind::context},
        {"invocation", Kind::invocation},
        {"list", Kind::list},
        {"relation", Kind::relation},
        {"functionDefinition", Kind::function},
        {"conditional", Kind::conditional},
        {"filter", Kind::filter},
        {"for", Kind::loop},
        {"some", Kind::some},
        {"every", Kind::every}};
    for (const auto& [known, kind] : kKinds)
      if (known == name) return kind;
    return std::nullopt;
  }

  using Part = std::shared_ptr<Expression>;

  /// The boxed expressions right under a node.
  std::vector<Part> parts_of(const pugi::xml_node& node, unsigned depth) {
    std::vector<Part> parts;
    for (const auto& part : node.children())
      if (const auto kind = expression_kind(local_name(part)))
        parts.push_back(expression(part, *kind, depth + 1));
    return parts;
  }

  Part one(const pugi::xml_node& node, unsigned depth) {
    auto parts = parts_of(node, depth);
    return parts.empty() ? nullptr : std::move(parts.front());
  }

  /// The expression in a node such as <if>, <in>, <match>.
  void add_child(Expression& to, const pugi::xml_node& node, const char* name, unsigned depth) {
    Part part = one(child(node, name), depth);
    if (!part) throw ReadError{where_ + ": <" + name + "> has no expression"};
    to.parts.push_back(std::move(part));
  }

  Part expression(const pugi::xml_node& node, Expression::Kind kind, unsigned depth) {
    using Kind = Expression::Kind;
    if (depth > kMaxModelNesting)
      throw ReadError{where_ + ": more than " + std::to_string(kMaxModelNesting) +
                      " expressions stand in one another"};
    auto result = std::make_shared<Expression>();
    result->kind = kind;
    result->id = attribute(node, "id");
    result->type = type_of(node);
    switch (kind) {
      case Kind::literal: {
        result->text = text_of(node);
        const std::string language = attribute(node, "expressionLanguage");
        result->foreign = !language.empty() && language.find("FEEL") == std::string::npos &&
                          language.find("feel") == std::string::npos;
        break;
      }
      case Kind::table:
        result->table = table(node);
        break;
      case Kind::context:
        for (const auto& entry : children(node, "contextEntry")) {
          const auto variable = child(entry, "variable");
          result->entries.push_back(
              {attribute(variable, "name"), type_of(variable), one(entry, depth)});
        }
        break;
      case Kind::invocation:
        result->parts = parts_of(node, depth);
        if (result->parts.empty()) throw ReadError{where_ + ": an invocation names no function"};
        for (const auto& binding : children(node, "binding")) {
          const auto parameter = child(binding, "parameter");
          result->entries.push_back(
              {attribute(parameter, "name"), type_of(parameter), one(binding, depth)});
        }
        break;
      case Kind::list:
        result->parts = parts_of(node, depth);
        break;
      case Kind::relation:
        for (const auto& column : children(node, "column"))
          result->columns.push_back({attribute(column, "name"), type_of(column)});
        for (const auto& row : children(node, "row")) {
          auto cells = std::make_shared<Expression>();
          cells->kind = Kind::list;
          cells->parts = parts_of(row, depth);
          result->parts.push_back(std::move(cells));
        }
        break;
      case Kind::function: {
        for (const auto& parameter : children(node, "formalParameter"))
          result->columns.push_back({attribute(parameter, "name"), type_of(parameter)});
        const std::string language = attribute(node, "kind");
        result->foreign = !language.empty() && language != "FEEL";
        if (Part body = one(node, depth)) result->parts.push_back(std::move(body));
        break;
      }
      case Kind::conditional:
        for (const char* name : {"if", "then", "else"}) add_child(*result, node, name, depth);
        break;
      case Kind::filter:
        for (const char* name : {"in", "match"}) add_child(*result, node, name, depth);
        break;
      case Kind::loop:
      case Kind::some:
      case Kind::every:
        result->iterator = attribute(node, "iteratorVariable");
        add_child(*result, node, "in", depth);
        add_child(*result, node, kind == Kind::loop ? "return" : "satisfies", depth);
        break;
    }
    return result;
  }

  Table table(const pugi::xml_node& node) {
    Table result;
    result.policy = policy(attribute(node, "hitPolicy"));
    result.aggregation = aggregation(attribute(node, "aggregation"));
    for (const auto& input : children(node, "input")) {
      const auto source = child(input, "inputExpression");
      result.inputs.push_back({attribute(input, "label"), text_of(source), type_of(source),
                               text_of(child(input, "inputValues"))});
    }
    for (const auto& output : children(node, "output"))
      result.outputs.push_back({attribute(output, "name"), type_of(output),
                                text_of(child(output, "outputValues")),
                                text_of(child(output, "defaultOutputEntry"))});
    std::vector<std::string> annotations;
    for (const auto& annotation : children(node, "annotation"))
      annotations.push_back(attribute(annotation, "name"));
    for (const auto& rule : children(node, "rule"))
      result.rules.push_back(table_rule(rule, annotations, result));
    return result;
  }

  TableRule table_rule(const pugi::xml_node& node, const std::vector<std::string>& annotations,
                       const Table& table) {
    TableRule rule;
    rule.info.table = element_;
    rule.info.number = table.rules.size() + 1;
    rule.info.id = attribute(node, "id");
    rule.info.label = attribute(node, "label");
    rule.info.description = trim(content(child(node, "description")));
    for (const auto& cell : children(node, "inputEntry")) rule.inputs.push_back(text_of(cell));
    for (const auto& cell : children(node, "outputEntry")) rule.outputs.push_back(text_of(cell));
    std::size_t i = 0;
    for (const auto& cell : children(node, "annotationEntry")) {
      rule.info.annotations.emplace_back(i < annotations.size() ? annotations[i] : "",
                                         text_of(cell));
      ++i;
    }
    cells_ += rule.inputs.size() + rule.outputs.size();
    if (cells_ > kMaxTableCells)
      throw ReadError{"the tables of a model have at most " + std::to_string(kMaxTableCells) +
                      " cells"};
    if (rule.inputs.size() != table.inputs.size() || rule.outputs.size() != table.outputs.size())
      throw ReadError{where_ + ": rule " + std::to_string(rule.info.number) +
                      " has not as many cells as the table has columns"};
    return rule;
  }

  HitPolicy policy(const std::string& text) const {
    static constexpr std::pair<std::string_view, HitPolicy> kPolicies[] = {
        {"", HitPolicy::unique},
        {"UNIQUE", HitPolicy::unique},
        {"FIRST", HitPolicy::first},
        {"PRIORITY", HitPolicy::priority},
        {"ANY", HitPolicy::any},
        {"COLLECT", HitPolicy::collect},
        {"RULE ORDER", HitPolicy::rule_order},
        {"OUTPUT ORDER", HitPolicy::output_order}};
    for (const auto& [name, policy] : kPolicies)
      if (name == text) return policy;
    throw ReadError{where_ +
                    ": a hit policy is UNIQUE, FIRST, PRIORITY, ANY, COLLECT, RULE ORDER " +
                    "or OUTPUT ORDER, not '" + text + "'"};
  }

  Aggregation aggregation(const std::string& text) const {
    static constexpr std::pair<std::string_view, Aggregation> kAggregations[] = {
        {"", Aggregation::none},
        {"SUM", Aggregation::sum},
        {"COUNT", Aggregation::count},
        {"MIN", Aggregation::min},
        {"MAX", Aggregation::max}};
    for (const auto& [name, aggregation] : kAggregations)
      if (name == text) return aggregation;
    throw ReadError{where_ + ": an aggregation is SUM, COUNT, MIN or MAX, not '" + text + "'"};
  }

  std::string where_ = "the model";
  std::string element_;
  std::size_t cells_ = 0;
};

}  // namespace

Result<Definitions> read_definitions(std::string_view xml) {
  if (xml.size() > kMaxModelSize)
    return Failure{"a model has at most " + std::to_string(kMaxModelSize) + " bytes"};
  pugi::xml_document document;
  const auto status =
      document.load_buffer(xml.data(), xml.size(), pugi::parse_default | pugi::parse_doctype);
  if (!status)
    return Failure{"not XML: " + std::string(status.description()) + " at byte " +
                   std::to_string(status.offset)};
  for (const auto& node : document.children())
    if (node.type() == pugi::node_doctype)
      return Failure{
          "a model has no document type (<!DOCTYPE …>): it is refused, with its entities"};
  const auto root = document.document_element();
  if (local_name(root) != "definitions")
    return Failure{"the root of a DMN model is <definitions>, not <" + std::string(root.name()) +
                   ">"};
  const bool known = std::any_of(root.attributes_begin(), root.attributes_end(), [](const auto& a) {
    const std::string_view name = a.name(), value = a.value();
    return name.starts_with("xmlns") && value.find("omg.org/spec/DMN/") != std::string_view::npos &&
           value.find("DMNDI") == std::string_view::npos;
  });
  if (!known)
    return Failure{"not a DMN model: no namespace http(s)://www.omg.org/spec/DMN/… is declared"};
  try {
    return Reader().read(root);
  } catch (const ReadError& error) {
    return Failure{error.message};
  }
}

}  // namespace guichet::dmn
