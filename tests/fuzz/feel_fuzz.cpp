// FEEL: any text compiles or is refused; what compiles is evaluated within its limits, and gives
// the same each time.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "rules/feel/parser.h"
#include "tests/fuzz/check.h"
#include "tests/fuzz/limits.h"

namespace guichet::feel {
namespace {

std::string run(const Code& code) {
  Evaluation evaluation(fuzz_limits());
  try {
    return to_literal(code.run(evaluation));
  } catch (const LimitReached& limit) {
    FUZZ_CHECK(!limit.what.empty());
    return "stopped: " + limit.what;
  }
}

void expression(std::string_view text) {
  const auto code = compile(text);
  if (!code) {
    FUZZ_CHECK(!code.error().message.empty());
    return;
  }
  const std::string once = run(*code);
  FUZZ_CHECK(run(*code) == once);
  const auto again = compile(text);
  FUZZ_CHECK(again && run(*again) == once);
}

/// As in a cell of a decision table, of several values.
void unary_tests(std::string_view text) {
  Environment environment;
  Scope scope(environment);
  const std::size_t slot = scope.declare("?", Type());
  auto root = parse_unary_tests(text, scope, slot, Type());
  if (!root) return;
  for (const Value& value :
       {Value(), Value(Number(3)), Value::string("a"), Value::list({Value(Number(1)), Value()})}) {
    Evaluation evaluation(fuzz_limits());
    try {
      Evaluation::Deeper deeper(evaluation, (*root)->levels());
      Evaluation::Locals locals(evaluation, scope.slots());
      locals.begin()[slot] = value;
      Frame frame{evaluation, locals.begin(), {}};
      const Value result = (*root)->eval(frame);
      FUZZ_CHECK(result.is_null() || result.is(Kind::boolean));
    } catch (const LimitReached&) {
    }
  }
}

}  // namespace
}  // namespace guichet::feel

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  guichet::feel::expression(text);
  guichet::feel::unary_tests(text);
  guichet::feel::parse_type(text, {});
  return 0;
}
