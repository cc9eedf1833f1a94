#pragma once

#include <string_view>

namespace guichet::http {

/// schemas/openapi.json, as it was when this was built.
std::string_view openapi_json();

}  // namespace guichet::http
