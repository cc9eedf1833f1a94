#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "schemas/values/result.h"

namespace guichet::dmn {

/// Evaluates every decision of a model for one set of inputs: a JSON object by the names of the
/// model's input data; dates, times and durations are strings. Gives a JSON object:
///
///   {"decisions": {"Annual amount": 7997, …},
///    "rules": [{"table": "Base amount", "rule": 1, "id": "…", "annotations": {…}, "output":
///    7997}], "notes": [{"decision": "…", "text": "cannot add number and string"}]}
///
/// The failure says what is wrong with the model or the inputs.
Result<std::string> evaluate_file(const std::filesystem::path& model, std::string_view input_json);

}  // namespace guichet::dmn
