#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/dmn/model.h"

// A model as its file says it, before names are resolved: plain data, one struct per element of DMN
// 1.5's schema. What a tool wants to know of a model that it does not evaluate, it reads here.
namespace guichet::dmn {

struct Expression;

struct NamedType {
  std::string name;
  std::string type;  // typeRef; empty: Any
};

struct Binding {     // an entry of a context, a binding of an invocation
  std::string name;  // empty: a context's result
  std::string type;
  std::shared_ptr<Expression> value;
};

enum class HitPolicy { unique, first, priority, any, collect, rule_order, output_order };
enum class Aggregation { none, sum, count, min, max };

struct TableInput {
  std::string label;
  std::string text;
  std::string type;
  std::string allowed;  // unary tests
};
struct TableOutput {
  std::string name;
  std::string type;
  std::string allowed;   // unary tests; in their order for priorities
  std::string fallback;  // defaultOutputEntry
};
struct TableRule {
  RuleInfo info;
  std::vector<std::string> inputs;
  std::vector<std::string> outputs;
};
struct Table {
  HitPolicy policy = HitPolicy::unique;
  Aggregation aggregation = Aggregation::none;
  std::vector<TableInput> inputs;
  std::vector<TableOutput> outputs;
  std::vector<TableRule> rules;
};

/// A boxed expression.
struct Expression {
  enum class Kind {
    literal,
    table,
    context,
    invocation,
    list,
    relation,
    function,
    conditional,
    filter,
    loop,
    some,
    every,
  };
  Kind kind = Kind::literal;
  std::string id;
  std::string type;
  std::string text;      // of a literal
  bool foreign = false;  // a function or literal in another language than FEEL
  std::string iterator;  // the variable of a for, some, every
  Table table;
  std::vector<Binding> entries;                    // of a context, an invocation
  std::vector<NamedType> columns;                  // of a relation; a function's parameters
  std::vector<std::shared_ptr<Expression>> parts;  // what else it is made of, in the file's order
};

struct ItemDefinition {
  std::string name;
  std::string type;  // typeRef
  bool collection = false;
  std::string allowed;     // unary tests of each item
  std::string constraint;  // unary tests of the whole (typeConstraint)
  std::vector<ItemDefinition> components;
  bool function = false;
  std::vector<NamedType> parameters;  // of a function; `type` is what it gives
};

struct Reference {
  std::string name_space;  // empty: this model's
  std::string id;
};

struct Element {
  ElementInfo::Kind kind = ElementInfo::Kind::input;
  std::string id;
  std::string name;
  std::string type;  // of its variable
  std::vector<Reference> requires_;
  std::shared_ptr<Expression> logic;  // of a decision; a knowledge model's function. May be missing
  // Of a decision service:
  std::vector<Reference> outputs, input_decisions, inputs, encapsulated;
};

struct Import {
  std::string name, name_space, location, type;
};

struct Definitions {
  std::string name, name_space;
  std::vector<Import> imports;
  std::vector<ItemDefinition> types;
  std::vector<Element> elements;
};

// What reading accepts.
inline constexpr std::size_t kMaxModelSize = 8'000'000;  // bytes of XML
inline constexpr unsigned kMaxModelNesting = 64;         // boxed expressions, types in one another
inline constexpr std::size_t kMaxModelElements = 20'000;
inline constexpr std::size_t kMaxTableCells = 500'000;  // of one model

/// Reads DMN 1.1 to 1.5. Document types and entities of their own are refused.
Result<Definitions> read_definitions(std::string_view xml);

}  // namespace guichet::dmn
