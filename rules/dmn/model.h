#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rules/feel/limits.h"
#include "rules/feel/value.h"
#include "schemas/values/result.h"

namespace guichet::dmn {

/// What a rule of a decision table says of itself; lives as long as its model.
struct RuleInfo {
  std::string table;        // name of the decision or function that holds the table
  std::size_t number = 0;   // 1 … n, from the top
  std::string id;           // as in the file; may be empty
  std::string label;        // likewise
  std::string description;  // likewise
  std::vector<std::pair<std::string, std::string>> annotations;  // column's name, text

  /// The text of an annotation column; empty where there is none.
  std::string_view annotation(std::string_view column) const;
};

/// How a result came about, in the order in which it did. The pointers and views live as long as
/// the model.
struct Trace {
  struct Fired {
    const RuleInfo* rule;
    feel::Value output;  // the rule's own outputs: one value, or a context of them
  };
  struct Decided {
    std::string_view decision;
    feel::Value value;
  };
  /// Why something came out null that was not asked to: "decision 'Tax': cannot add …".
  struct Note {
    std::string_view decision;
    std::string text;
  };
  static constexpr std::size_t kMaxNotes = 100;
  static constexpr std::size_t kMaxRules = 10'000;

  std::vector<Fired> rules;        // the first kMaxRules
  std::vector<Decided> decisions;  // each once, required ones first
  std::vector<Note> notes;         // the first kMaxNotes

  /// The value of a decision; null pointer where it was not needed.
  const feel::Value* value_of(std::string_view decision) const;
};

/// A decision or decision service of a model, found by name once.
class Invocable {
 public:
  friend bool operator==(const Invocable&, const Invocable&) = default;

 private:
  friend class Model;
  explicit Invocable(std::size_t index) : index_(index) {}
  std::size_t index_;
};

/// Decisions of a model on the same inputs, each evaluated when it is first asked for or needed,
/// and once. What it was made of outlives it. One thread.
class Inquiry {
 public:
  virtual ~Inquiry() = default;
  /// The failure is a limit reached, and stays.
  virtual Result<feel::Value> ask(Invocable what) = 0;
};

struct ElementInfo {
  enum class Kind { input, decision, knowledge, service };
  Kind kind;
  std::string name;
  std::string type;  // as written in the file; empty where none is said
};

/// A DMN 1.1–1.5 model, read, checked and compiled. Never changes; any number of threads evaluate
/// at the same time.
///
///   auto model = dmn::Model::compile(xml);                        // or read_file(path)
///   auto amount = model.value()->find("Annual amount");
///   dmn::Trace trace;
///   Result<feel::Value> v = model.value()->evaluate(*amount, facts, {}, &trace);
///
/// Only what the result needs is evaluated. An error inside FEEL (a sum of a number and a date) is
/// null in FEEL, and a note in the trace; a failure is only a limit reached.
class Model {
 public:
  virtual ~Model() = default;

  /// Gives the XML text of an imported model, by its namespace and locationURI; nothing where there
  /// is none.
  using Importer = std::function<std::optional<std::string>(std::string_view name_space,
                                                            std::string_view location)>;

  /// The failure names the element (name or id), the place in its expression, and what is allowed.
  static Result<std::shared_ptr<const Model>> compile(std::string_view xml,
                                                      const Importer& importer = {});
  /// Likewise; imports are looked for beside the file.
  static Result<std::shared_ptr<const Model>> read_file(const std::filesystem::path& path);

  virtual const std::string& name() const = 0;
  virtual const std::string& name_space() const = 0;
  virtual const std::vector<ElementInfo>& elements() const = 0;

  /// A decision or a decision service; a decision where both have the name.
  std::optional<Invocable> find(std::string_view name) const;
  std::optional<Invocable> find_decision(std::string_view name) const;
  std::optional<Invocable> find_service(std::string_view name) const;

  /// `inputs` is a context by the names of input data (of a service: of its input decisions and
  /// data). One that is missing is null; one that does not fit its type is null with a note.
  /// Entries that the model does not know are ignored. Without a trace nothing is recorded, at no
  /// cost.
  virtual Result<feel::Value> evaluate(Invocable what, const feel::Value& inputs,
                                       const feel::Limits& limits = {}, Trace* trace = nullptr,
                                       std::optional<feel::DateTime> now = {}) const = 0;
  /// The same for several decisions or services.
  virtual std::unique_ptr<Inquiry> inquire(const feel::Value& inputs, const feel::Limits& limits,
                                           Trace* trace) const = 0;

 protected:
  static Invocable invocable(std::size_t index) { return Invocable(index); }
  static std::size_t index_of(Invocable what) { return what.index_; }
};

}  // namespace guichet::dmn
