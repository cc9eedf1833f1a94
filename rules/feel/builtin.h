#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "rules/feel/callable.h"
#include "rules/feel/evaluation.h"

namespace guichet::feel {

/// A built-in function's one form. Where a name has several forms, the first that the arguments fit
/// is called.
///
///   {"substring", "string:string, start position:number, length:number?", substring}
///
/// A parameter is `name:type`; several types with `|`; `any` takes null too, as does a type with
/// `~`.
/// `?` at the end: may be left out (the function then sees fewer arguments); `...`: one or more.
struct BuiltinForm {
  std::string_view name;
  std::string_view parameters;
  Value (*function)(Evaluation&, std::span<Value>);
  bool pure = true;
};

// Each file builtins_*.cpp holds what belongs together.
std::span<const BuiltinForm> number_builtins();
std::span<const BuiltinForm> string_builtins();
std::span<const BuiltinForm> list_builtins();
std::span<const BuiltinForm> statistics_builtins();
std::span<const BuiltinForm> temporal_builtins();
std::span<const BuiltinForm> range_builtins();
std::span<const BuiltinForm> context_builtins();

/// Null, and why.
inline Value nothing(Evaluation& evaluation, std::string_view why) {
  if (evaluation.noting()) evaluation.note(std::string(why));
  return Value();
}

}  // namespace guichet::feel
