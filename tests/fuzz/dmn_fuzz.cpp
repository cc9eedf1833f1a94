// A DMN model from anybody: it compiles or is refused; each of its decisions and services evaluates
// within the limits, and gives the same each time.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "rules/dmn/json.h"
#include "rules/dmn/model.h"
#include "tests/fuzz/check.h"
#include "tests/fuzz/limits.h"

namespace guichet::dmn {
namespace {

std::string decide(const Model& model, Invocable what, const feel::Value& inputs) {
  Trace trace;
  const auto value = model.evaluate(what, inputs, feel::fuzz_limits(), &trace);
  FUZZ_CHECK(trace.notes.size() <= Trace::kMaxNotes && trace.rules.size() <= Trace::kMaxRules);
  return value ? feel::to_literal(*value) : "stopped: " + value.error().message;
}

/// Something for every input data, of a kind that depends on its place.
feel::Value inputs_of(const Model& model) {
  std::vector<std::pair<std::string, feel::Value>> inputs;
  for (const ElementInfo& element : model.elements()) {
    if (element.kind != ElementInfo::Kind::input) continue;
    const bool number = inputs.size() % 2 == 0;
    inputs.emplace_back(element.name,
                        number ? feel::Value(feel::Number(7)) : feel::Value::string("NB"));
  }
  return feel::Value::context(std::move(inputs));
}

void evaluate_all(const Model& model) {
  constexpr int kMostDecisions = 16;
  const feel::Value inputs = inputs_of(model);
  int decided = 0;
  for (const ElementInfo& element : model.elements()) {
    const auto what = model.find(element.name);
    if (!what || ++decided > kMostDecisions) continue;
    const std::string once = decide(model, *what, inputs);
    FUZZ_CHECK(decide(model, *what, inputs) == once);
  }
}

}  // namespace
}  // namespace guichet::dmn

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace guichet::dmn;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto model = Model::compile(text);
  if (model)
    evaluate_all(**model);
  else
    FUZZ_CHECK(!model.error().message.empty());
  if (const auto value = from_json(text)) to_json(*value);
  return 0;
}
