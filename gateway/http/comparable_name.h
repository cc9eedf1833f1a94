#pragma once

#include <string>
#include <string_view>

namespace guichet::http {

/// A name as names are compared: letters and digits only, without accents, in one case, so that
/// "ÉMOND" is "Emond" and "O'Brien" is "OBRIEN". Empty where it has none.
std::string comparable_name(std::string_view name);

}  // namespace guichet::http
