#include "rules/dmn/tck.h"

#include <algorithm>
#include <pugixml.hpp>
#include <string_view>
#include <vector>

#include "rules/dmn/compiled.h"
#include "rules/dmn/files.h"

namespace guichet::dmn {

using feel::Kind;
using feel::Number;
using feel::Value;
namespace fs = std::filesystem;

namespace {

std::string_view local_name(const char* name) {
  const std::string_view full = name;
  const auto colon = full.rfind(':');
  return colon == std::string_view::npos ? full : full.substr(colon + 1);
}

pugi::xml_node child(const pugi::xml_node& node, std::string_view name) {
  for (const auto& each : node.children())
    if (local_name(each.name()) == name) return each;
  return {};
}

std::string attribute(const pugi::xml_node& node, std::string_view name) {
  for (const auto& each : node.attributes())
    if (local_name(each.name()) == name) return each.value();
  return {};
}

Value scalar(const pugi::xml_node& node) {
  if (attribute(node, "nil") == "true") return Value();
  const std::string text = node.text().get();
  const std::string type_text = attribute(node, "type");
  const auto type = local_name(type_text.c_str());
  if (type == "boolean") return Value(text == "true" || text == "1");
  if (type == "decimal" || type == "double" || type == "integer" || type == "int" ||
      type == "long" || type == "float")
    return Value::maybe(Number::parse(text));
  if (type == "date") return Value::maybe(feel::Date::parse(text));
  if (type == "time") return Value::maybe(feel::Time::parse(text));
  if (type == "dateTime") return Value::maybe(feel::DateTime::parse(text));
  if (type == "duration") {
    if (const auto days = feel::DaysDuration::parse(text)) return Value(*days);
    return Value::maybe(feel::MonthsDuration::parse(text));
  }
  return Value::string(text);
}

/// The value in an inputNode, <expected>, <item> or <component>.
Value read_value(const pugi::xml_node& node) {
  if (attribute(node, "nil") == "true") return Value();
  std::vector<std::pair<std::string, Value>> entries;
  bool components = false;
  for (const auto& part : node.children()) {
    const auto name = local_name(part.name());
    if (name == "value") return scalar(part);
    if (name == "list") {
      if (attribute(part, "nil") == "true") return Value();
      std::vector<Value> items;
      for (const auto& item : part.children())
        if (local_name(item.name()) == "item") items.push_back(read_value(item));
      return Value::list(std::move(items));
    }
    if (name == "component") {
      components = true;
      entries.emplace_back(attribute(part, "name"), read_value(part));
    }
  }
  return components ? Value::context(std::move(entries)) : Value();
}

bool near(const Number& a, const Number& b) {
  const auto difference = a - b;
  return difference && difference->abs() <= Number::scaled(1, 8);
}

bool agrees(const Value& expected, const Value& got) {
  if (expected.kind() != got.kind()) return false;
  switch (expected.kind()) {
    case Kind::number:
      return near(expected.number(), got.number());
    case Kind::list: {
      const auto a = expected.list(), b = got.list();
      return std::equal(a.begin(), a.end(), b.begin(), b.end(), agrees);
    }
    case Kind::context: {
      if (expected.shape().size() != got.shape().size()) return false;
      for (std::size_t i = 0; i < expected.shape().size(); ++i) {
        const auto& name = expected.shape().name(i);
        const Value* other = got.find(name, feel::Shape::hash_name(name));
        if (!other || !agrees(expected.entries()[i], *other)) return false;
      }
      return true;
    }
    default:
      return feel::same(expected, got);
  }
}

class TckFile {
 public:
  TckFile(const fs::path& file, std::string shown, std::ostream& out)
      : file_(file), shown_(std::move(shown)), out_(out) {}

  TckTally::Count run() {
    pugi::xml_document document;
    const auto text = read_text(file_);
    if (!text || !document.load_buffer(text->data(), text->size(),
                                       pugi::parse_default | pugi::parse_ws_pcdata_single))
      return {};
    const auto root = document.document_element();
    if (local_name(root.name()) != "testCases") return {};
    load_model(child(root, "modelName").text().get());
    TckTally::Count count;
    for (const auto& test : root.children()) {
      if (local_name(test.name()) != "testCase") continue;
      ++count.total;
      if (run_case(test)) ++count.passed;
    }
    return count;
  }

 private:
  void load_model(const std::string& name) {
    const fs::path path = file_.parent_path() / name;
    auto xml = read_text(path);
    if (!xml) {
      problems_.push_back(xml.error().message);
      return;
    }
    auto model = compile_model(*xml, importer_beside(path), &problems_);
    if (model)
      model_ = *std::move(model);
    else
      problems_.push_back(model.error().message);
  }

  bool run_case(const pugi::xml_node& test) {
    std::vector<std::pair<std::string, Value>> inputs;
    for (const auto& node : test.children())
      if (local_name(node.name()) == "inputNode")
        inputs.emplace_back(attribute(node, "name"), read_value(node));
    const Value context = Value::context(std::move(inputs));
    const bool service = attribute(test, "type") == "decisionService";
    bool passed = true;
    for (const auto& node : test.children()) {
      if (local_name(node.name()) != "resultNode") continue;
      const std::string name = attribute(node, "name");
      Trace trace;
      const std::string invoked = service ? attribute(test, "invocableName") : name;
      const auto got = evaluate(invoked, service, context, trace);
      const bool error = attribute(node, "errorResult") == "true";
      const Value expected = read_value(child(node, "expected"));
      if (got && agrees_as(service, name, expected, *got)) continue;
      if (error && (!got || got->is_null())) continue;
      passed = false;
      out_ << shown_ << " " << attribute(test, "id") << " " << name << ": expected "
           << feel::to_literal(expected, 200) << ", got "
           << (got ? feel::to_literal(*got, 200) : got.error().message) << reason(name, trace)
           << "\n";
    }
    return passed;
  }

  Result<Value> evaluate(const std::string& name, bool service, const Value& inputs, Trace& trace) {
    if (!model_) return Failure{"no model"};
    const auto what = service ? model_->find_service(name) : model_->find(name);
    if (!what) return Failure{"the model has no such decision"};
    // The kit asks only that they are a date; any day will do.
    const auto now = feel::DateTime::parse("2026-01-01T12:00:00Z");
    return model_->evaluate(*what, inputs, {}, &trace, now);
  }

  /// A service of several outputs gives a context of them; a result may be one of these.
  static bool agrees_as(bool service, const std::string& name, const Value& expected,
                        const Value& got) {
    if (agrees(expected, got)) return true;
    const Value* part = service ? got.find(name, feel::Shape::hash_name(name)) : nullptr;
    return part && agrees(expected, *part);
  }

  std::string reason(const std::string& name, const Trace& trace) const {
    for (const auto& problem : problems_)
      if (!model_ || problem.find("'" + name + "'") != std::string::npos)
        return " (" + problem + ")";
    return trace.notes.empty() ? "" : " (" + trace.notes.front().text + ")";
  }

  fs::path file_;
  std::string shown_;
  std::ostream& out_;
  std::shared_ptr<const Model> model_;
  std::vector<std::string> problems_;
};

}  // namespace

TckTally run_tck_cases(const fs::path& folder, std::ostream& out) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::recursive_directory_iterator it(folder, error), end; it != end; it.increment(error)) {
    if (error) break;
    if (it->path().extension() == ".xml") files.push_back(it->path());
  }
  std::sort(files.begin(), files.end());
  TckTally tally;
  for (const auto& file : files) {
    const auto shown = file.lexically_relative(folder);
    const auto count = TckFile(file, shown.string(), out).run();
    tally.passed += count.passed;
    tally.total += count.total;
    auto& level = tally.by_level[shown.has_parent_path() ? shown.begin()->string() : "."];
    level.passed += count.passed;
    level.total += count.total;
  }
  return tally;
}

int run_tck(const fs::path& folder, std::ostream& out) {
  const TckTally tally = run_tck_cases(folder, out);
  if (tally.total == 0) {
    out << folder.string() << ": no test cases of the DMN kit are there\n";
    return 2;
  }
  if (tally.by_level.size() > 1)
    for (const auto& [level, count] : tally.by_level)
      out << level << ": passed " << count.passed << " of " << count.total << "\n";
  out << "passed " << tally.passed << " of " << tally.total << "\n";
  return tally.passed == tally.total ? 0 : 1;
}

}  // namespace guichet::dmn
