#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "rules/dmn/compile.h"
#include "rules/dmn/compiled.h"

namespace guichet::dmn {

/// Makes one CompiledModel of a model and what it imports.
class Compiler {
 public:
  Compiler(const Model::Importer& importer, std::vector<std::string>* problems)
      : importer_(importer), problems_(problems) {}

  /// Throws CompileError.
  std::shared_ptr<CompiledModel> compile(Definitions definitions);

 private:
  /// One file: the model itself, or an imported one.
  struct Source {
    Definitions definitions;
    feel::Environment environment;
    std::vector<std::pair<std::string, std::size_t>> imports;  // name, source
  };
  enum class State { open, under_way, done };
  struct Work {
    std::size_t source;
    const Element* element;
    State state = State::open;
  };

  std::size_t add_source(Definitions definitions, unsigned depth);
  void add_elements();
  void name_types(std::size_t source);
  std::size_t find(const Reference& reference, const Source& from, const Element& element) const;
  std::string visible_name(std::size_t variable, std::size_t from) const;
  void build(std::size_t variable);
  void build_element(std::size_t variable);
  void build_service(Variable& variable, const Work& work);
  void problem(const Element& element, const std::string& message);

  static constexpr unsigned kMaxImportDepth = 20;
  static constexpr std::size_t kMaxImports = 200;
  const Model::Importer& importer_;
  std::vector<std::string>* problems_;
  std::vector<std::unique_ptr<Source>> sources_;
  std::map<std::string, std::size_t> by_name_space_;
  std::vector<Work> work_;  // beside the model's variables
  std::map<std::pair<std::string, std::string>, std::size_t> by_id_;  // name space, id
  std::shared_ptr<CompiledModel> model_;
};

}  // namespace guichet::dmn
