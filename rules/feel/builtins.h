#pragma once

#include <string_view>

#include "rules/feel/value.h"

namespace guichet::feel {

/// A built-in function of FEEL (DMN 1.5, 10.3.4) by its name; null where there is none.
const Value* find_builtin(std::string_view name);

}  // namespace guichet::feel
