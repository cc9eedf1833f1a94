#pragma once

#include <span>
#include <string_view>

#include "guichet/v1/determination.pb.h"
#include "rules/feel/value.h"
#include "schemas/values/dates.h"

namespace guichet::rules {

/// The names of the inputs that a program's model may have.
std::span<const std::string_view> model_input_names();

/// The facts as a program's model reads them (rules_program.h lists the inputs). `adult` is the one
/// whose line is determined, and null where the line is the household's.
feel::Value model_inputs(const v1::Facts& facts, Day effective, const feel::Value& parameters,
                         const v1::Adult* adult);

}  // namespace guichet::rules
